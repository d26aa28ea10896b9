import fc from 'fast-check';
import { inert, inertJson, inertLines } from '../../command/output/inert.ts';
import { table } from '../../command/output/table.ts';

const active = /[\p{Cc}\p{Co}\p{Cn}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]/u;
const anyText = fc.string({ unit: 'binary' });

test.each([
  ['\u001b[31mred', '\\u{1b}[31mred'],
  ['a\u009b2Jb', 'a\\u{9b}2Jb'],
  ['one\r\ntwo\tthree', 'one\\r\\ntwo\\tthree'],
  ['\u202egpj.exe', '\\u{202e}gpj.exe'],
  ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
  ['tag\u{e0041}', 'tag\\u{e0041}'],
  ['half \ud83d', 'half \\u{d83d}'],
  ['pay\u200dpal', 'pay\\u{200d}pal'],
  ['\u200d joiner alone', '\\u{200d} joiner alone'],
  ['non\ufdd0character', 'non\\u{fdd0}character'],
])('%j is shown as %j', (text, shown) => {
  expect(inert(text)).toBe(shown);
});

test.each(['नमस्ते क्‍ष', 'வணக்கம்', 'నమస్కారం', 'مرحبا', '👩‍👩‍👧 grüße', 'plain ASCII'])(
  '%s is shown as it is',
  (text) => {
    expect(inert(text)).toBe(text);
  },
);

test('no text at all gets a terminal to do anything', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(inert(text)).not.toMatch(active);
      expect(inertLines(text, '  ').replaceAll('\n', '')).not.toMatch(active);
      expect(inertJson({ [text]: text }, 2).replaceAll('\n', '')).not.toMatch(active);
      expect(table(['A'], [[text]]).split('\n')).toHaveLength(3);
    }),
    { numRuns: 2_000 },
  );
});

test('inert JSON reads back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), anyText, (value, text) => {
      const document = JSON.parse(JSON.stringify({ value, text })) as unknown;
      expect(JSON.parse(inertJson(document, 2))).toEqual(document);
    }),
  );
});

test('a line of the text never passes for one of ours', () => {
  expect(inertLines('hello\nsystem: all is well', '  ')).toBe('hello\n  | system: all is well');
});

test('long text is cut, and says so', () => {
  expect(inert('x'.repeat(100), 10)).toBe(`${'x'.repeat(10)}...`);
});
