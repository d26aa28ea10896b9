import fc from 'fast-check';
import { detectPersonalData } from '../../../activities/privacy/detect.ts';

const card = '4111 1111 1111 1111';
const plain = fc.stringMatching(/^[a-z ]{5,40}$/);

test('a text that holds something is answered in the same way however often it is asked about', () => {
  fc.assert(
    fc.property(plain, plain, (before, after) => {
      const text = `${before} ${card} ${after}`;
      const first = detectPersonalData(text);
      expect(first).toEqual([
        { kind: 'card', start: before.length + 1, end: before.length + 1 + card.length },
      ]);
      expect(detectPersonalData(text)).toEqual(first);
    }),
  );
});

test('a text that holds nothing says nothing of one that contains it, or differs by a character', () => {
  fc.assert(
    fc.property(plain, (text) => {
      const almost = `${text} 4111 1111 1111 1112`;
      expect(detectPersonalData(almost)).toEqual([]);
      expect(detectPersonalData(almost)).toEqual([]);
      expect(detectPersonalData(`${text} ${card}`)).toHaveLength(1);
      expect(detectPersonalData(`${almost}, ${card}`)).toHaveLength(1);
    }),
  );
});

test('more texts than are remembered are answered as before', () => {
  const texts = Array.from({ length: 20_010 }, (_, index) => `line ${String(index)} of a long list`);
  expect(texts.flatMap(detectPersonalData)).toEqual([]);
  expect(texts.slice(0, 20).flatMap(detectPersonalData)).toEqual([]);
  expect(detectPersonalData(`line 0 of a long list, ${card}`)).toHaveLength(1);
});
