import fc from 'fast-check';
import { assess } from '../../../activities/signals/assess.ts';
import type { Signals } from '../../../contract/policy/signals.ts';

function read(text: string, more: Partial<Parameters<typeof assess>[0]> = {}): Signals {
  return assess({ text, earlier: [], keywords: {}, ...more });
}

test.each([
  ['I want to speak to a human', true],
  ["I don't want a human", false],
  ['No need to transfer me to an agent', false],
  ["I don't want a bot, I want a human", true],
  ['I already spoke to your agent', false],
  ['agent', true],
  ['मुझे इंसान से बात करनी है', true],
  ['मुझे इंसान से बात नहीं करनी', false],
  ['மனிதரிடம் பேச வேண்டும்', true],
  ['மனிதரிடம் பேச வேண்டாம்', false],
  ['మనిషితో మాట్లాడాలి', true],
  ['మేనేజర్‌తో కలపవద్దు', false],
  ['manager se baat karao', true],
  ['manager se connect mat karo', false],
])('%s: asks for a human: %s', (text, expected) => {
  expect(read(text).asksForHuman).toBe(expected);
});

test.each([
  ['WHY IS NOBODY ANSWERING ME??', 0.5, 1],
  ['I am not angry', 0, 0],
  ['bilkul bekaar service hai', 0.5, 1],
  ['Please restart my router', 0, 0],
])('%s: frustration from %d to %d', (text, least, most) => {
  const { frustration } = read(text);
  expect(frustration).toBeGreaterThanOrEqual(least);
  expect(frustration).toBeLessThanOrEqual(most);
});

test('keywords are found as words, in any language, and phrases whole', () => {
  const keywords = { cancel: ['cancel my contract', 'रद्द'], loud: ['no'] };
  expect(read('Please cancel my contract now', { keywords }).keywords).toEqual(['cancel']);
  expect(read('मेरा प्लान रद्द करो', { keywords }).keywords).toEqual(['cancel']);
  expect(read('cancel the noise', { keywords }).keywords).toEqual([]);
});

test('sentiment is told from thanks and complaints', () => {
  expect(read('Thanks, that was great').sentiment).toBe(1);
  expect(read('useless').sentiment).toBe(-1);
  expect(read('my number is C-1001').sentiment).toBe(0);
});

test('any text has signals within their bounds, the same each time', () => {
  const word = fc.constantFrom(
    'not',
    'human',
    'want',
    'नहीं',
    'இல்லை',
    '!!',
    'AAAA',
    '\u200d',
    'useless',
    'मत',
    '...',
  );
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(word).map((words) => words.join(' ')),
  );
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 3 }), (said, earlier) => {
      const signals = read(said, { earlier });
      expect(signals.frustration).toBeGreaterThanOrEqual(0);
      expect(signals.frustration).toBeLessThanOrEqual(1);
      expect(Math.abs(signals.sentiment)).toBeLessThanOrEqual(1);
      expect(signals.repeats).toBeLessThanOrEqual(earlier.length);
      expect(read(said, { earlier })).toEqual(signals);
    }),
  );
});

test('a long message is read in little time', () => {
  const began = performance.now();
  read('I want not a human agent '.repeat(1_300));
  expect(performance.now() - began).toBeLessThan(2_000);
});
