import { hindiInLatin } from '../signals/lexicon-romanised-hindi.ts';

/** Words of Hindi in Latin letters that English has not, and others may: among so few words one is enough. */
const FEW_WORDS = 4;

/** Whether a text in Latin letters is Hindi, which no library knows: by its small words. */
export function isRomanisedHindi(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
  const hindi = words.filter((word) => hindiInLatin.has(word)).length;
  return (hindi >= 2 && hindi >= words.length / 4) || (hindi === 1 && words.length <= FEW_WORDS);
}
