import { parseCaseInput } from '../../contract/case.ts';
import { wordsOf } from '../../contract/conversation.ts';
import { parseSay } from '../../contract/message-shapes.ts';
import { messageDigest } from '../../workflows/decide/messages.ts';

const stored = {
  mediaType: 'application/pdf',
  bytes: 48_211,
  digest: 'ab'.repeat(32),
  uri: 'https://files.example.com/receipts/1',
};
const file = { name: 'रसीद (1).pdf', ...stored };
const voice = { confidence: 0.93, durationMs: 4_200, audio: { ...stored, mediaType: 'audio/ogg' } };
const spoken = { messageId: 'm', kind: 'voice', text: 'where is my money', voice };
const handed = { messageId: 'm', kind: 'file', text: '', file };

test('text, voice and file are taken as they are; what says nothing of its kind is text', () => {
  for (const message of [
    { messageId: 'm', text: 'hello' },
    { messageId: 'm', kind: 'text', text: 'x' },
    spoken,
    handed,
  ])
    expect(parseSay(message)).toEqual({ ok: true, value: message });
  expect(parseSay({ ...handed, text: undefined })).toEqual({ ok: true, value: handed });
  const { messageId: id, ...rest } = spoken;
  const opened = parseCaseInput({
    version: '1.0.0',
    team: 'desk',
    task: { definition: 'help' },
    message: { id, ...rest },
  });
  expect(opened).toMatchObject({ ok: true, value: { message: { id: 'm', kind: 'voice', voice } } });
});

test.each<readonly [string, object, string]>([
  ['an unknown kind', { ...spoken, kind: 'video' }, 'message.kind'],
  ['a voice without its particulars', { ...spoken, voice: undefined }, 'message.voice'],
  ['a transcript of nothing', { ...spoken, text: '' }, 'message.text'],
  ['more than certainty', { ...spoken, voice: { ...voice, confidence: 1.2 } }, 'message.voice.confidence'],
  ['no time at all', { ...spoken, voice: { ...voice, durationMs: 0 } }, 'message.voice.durationMs'],
  [
    'a file in its own address',
    { ...handed, file: { ...file, uri: 'data:text/plain,hi' } },
    'message.file.uri',
  ],
  ['a program', { ...handed, file: { ...file, uri: 'javascript:alert(1)' } }, 'message.file.uri'],
  ['half an address', { ...handed, file: { ...file, uri: '/etc/passwd' } }, 'message.file.uri'],
  [
    'a long address',
    { ...handed, file: { ...file, uri: `https://x/${'a'.repeat(3_000)}` } },
    'message.file.uri',
  ],
  ['a path for a name', { ...handed, file: { ...file, name: '../x' } }, 'message.file.name'],
  ['a digest that is none', { ...handed, file: { ...file, digest: 'abc' } }, 'message.file.digest'],
  ['a size below nothing', { ...handed, file: { ...file, bytes: -1 } }, 'message.file.bytes'],
  [
    'a kind of media that is none',
    { ...handed, file: { ...file, mediaType: 'pdf' } },
    'message.file.mediaType',
  ],
])('%s is refused, naming the field', (_name, message, field) => {
  expect(parseSay(message)).toMatchObject({ ok: false, failure: { code: 'INPUT_INVALID', field } });
});

test('a message id stands for all of its content', () => {
  const digests = [
    messageDigest({ text: 'x' }),
    messageDigest({ text: 'x', kind: 'voice', voice }),
    messageDigest({ text: 'x', kind: 'voice', voice: { ...voice, confidence: 0.5 } }),
    messageDigest({ text: 'x', kind: 'file', file }),
    messageDigest({ text: 'x', kind: 'file', file: { ...file, digest: 'cd'.repeat(32) } }),
  ];
  expect(new Set(digests).size).toBe(digests.length);
  expect(messageDigest({ text: 'x', kind: 'text' })).toBe(digests[0]);
});

test('in words a file is its name, kind and size', () => {
  expect(wordsOf({ text: 'my receipt', kind: 'file', file })).toBe(
    '[file रसीद (1).pdf, application/pdf, 48211 bytes] my receipt',
  );
  expect(wordsOf({ text: '', kind: 'file', file })).toMatch(/bytes\]$/);
  expect(wordsOf({ text: 'aloud', kind: 'voice', voice })).toBe('aloud');
});
