import fc from 'fast-check';
import {
  languageOfScript,
  loadLanguages,
  type DetectLanguage,
} from '../../activities/language/detect-language.ts';
import { SCHEDULED_LANGUAGES } from '../support/scheduled-languages.ts';

let detect: DetectLanguage;
beforeAll(async () => {
  detect = await loadLanguages();
});

/** Languages of Devanagari that pass for their neighbour: senders who know better give a locale. */
const TAKEN_FOR: Readonly<Record<string, readonly string[]>> = {
  brx: ['hi', 'mr'],
  doi: ['hi', 'mr'],
  kok: ['hi', 'mr'],
  mai: ['hi', 'mr'],
  sa: ['hi', 'mr'],
};

test.each(Object.entries(SCHEDULED_LANGUAGES))(
  '%s is read as itself, or as its nearest neighbour',
  (tag, text) => {
    expect(TAKEN_FOR[tag] ?? [tag]).toContain(detect(text));
  },
);

test.each([
  ['I was charged twice for my order last week', 'en'],
  ['Ich habe meine Bestellung noch nicht erhalten', 'de'],
  ['Mi pedido llegó roto y quiero una devolución', 'es'],
  ['Где мой заказ? Я жду уже две недели', 'ru'],
  ['bhai mera paisa kab milega', 'hi-Latn'],
  ['注文がまだ届いていません', 'ja'],
  ['我的订单还没有到', 'zh'],
  ['주문이 아직 오지 않았습니다', 'ko'],
  ['👍🏽 என் பணம் எங்கே? 💸', 'ta'],
  ['\u2067מתי אקבל את הכסף שלי\u2069', 'he'],
  ['ok', undefined],
  ['O-1044', undefined],
  ['🎉🎉🎉', undefined],
  ['', undefined],
  ['refund pls', undefined],
])('%p is %p', (text, language) => {
  expect(detect(text)).toBe(language);
});

test('whatever is written, an answer comes: a tag or nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 5_000 }), (text) => {
      expect(detect(text) ?? 'xx').toMatch(/^[a-z]{2,3}(-Latn)?$/);
    }),
  );
});

test('before the data is loaded, scripts alone speak', () => {
  expect(languageOfScript('நன்றி')).toBe('ta');
  expect(languageOfScript('I was charged twice for my order last week')).toBeUndefined();
});
