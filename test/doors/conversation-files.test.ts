import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CaseView } from '../../contract/case.ts';
import { readConversation, readConversationFile } from '../../examples/support/conversation.ts';
import { tellStory } from '../../examples/story.ts';
import { HOSTILE, tryDoor, toldBy, type Cell } from './row.ts';

let folder: string;
let good: object;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-conversations-'));
  good = await readConversation('unclear');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = async (content: string): Promise<unknown> => {
  const file = path.join(folder, 'talk.json');
  await writeFile(file, content);
  return readConversationFile(file);
};
const refused = (change: () => object, field: string): Cell => ({
  knock: () => toldBy(() => read(JSON.stringify(change()))),
  names: new RegExp(`talk\\.json.*${field}`, 's'),
});
const large = (megabytes: number): Cell =>
  refused(() => ({ ...good, opens: 'x'.repeat(megabytes * 1_000_000) }), 'has \\d+ bytes, the limit is \\d+');

tryDoor(
  'conversation files',
  {
    missing: refused(() => ({ ...good, comesOut: {} }), 'comesOut\\.outcome'),
    'wrong type': refused(() => ({ ...good, steps: 'none' }), 'steps'),
    'unknown version': refused(() => ({ ...good, version: '9.0.0' }), 'version'),
    '2.5 MB': large(2.5),
    '5 MB': large(5),
    undecodable: {
      knock: () => toldBy(() => read('{"title": ')),
      names: /talk\.json is not JSON/,
    },
    'hostile text': {
      shown: async () => {
        const told = await toldBy(() => read(JSON.stringify({ ...good, [HOSTILE]: 1 })));
        const row = {
          version: '1.0.0',
          trace: 't',
          sequence: 1,
          previous: '',
          at: '',
          kind: 'message-received',
          owner: 'triage',
          content: { messageId: 'm' },
          hash: '',
        } as const;
        const message = { id: 'm', from: { kind: 'user' }, text: HOSTILE, sequence: 1, at: '' } as const;
        const view: Pick<CaseView, 'transcript'> = { transcript: [message] };
        const story = tellStory([row], view);
        expect(story.join('')).toContain('http://evil');
        return `${told.message}${story.join('\n')}`;
      },
    },
  },
  async () => expect(await read(JSON.stringify(good))).toEqual(good),
);
