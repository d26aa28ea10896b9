import type { SlotValue } from '../../services/slot-value.ts';
import type { Dialogue } from './dialogue.ts';
import { regularForm } from './regular-form.ts';

/** Whether a slot arrived with the value that the data set says it has. */
export type IsSame = (arrived: SlotValue, expected: string) => boolean;

/**
 * Compares values that were said in different words. The data set writes down one way of saying a value, not always
 * the one that was said to the source: `March 1st` for `later today`, `San Francisco` for `San Fran`. Two are the
 * same where one form of the one is a form of the other, where both have the same regular form, or where the folder
 * itself writes the words beside the regular form in one breath (a user's `INFORM` beside the change of state). It
 * judges, it never fills anything in.
 */
export function createIsSame(dialogues: readonly Dialogue[]): IsSame {
  const aliases = new Map<string, Set<string>>();
  for (const { turns } of dialogues) {
    for (const frame of turns.flatMap((turn) => (turn.sp === 'U' ? turn.frames : []))) {
      for (const [act, slot, value] of frame.acts) {
        const said = frame.stateDelta?.[slot];
        if (act !== 'INFORM' || said === undefined) continue;
        aliases.set(fold(said), (aliases.get(fold(said)) ?? new Set()).add(fold(value)));
      }
    }
  }
  const formsOf = (word: string): readonly string[] => {
    const all = [fold(word), ...(aliases.get(fold(word)) ?? [])];
    return [...all, ...all.flatMap((one) => regularForm(one) ?? [])];
  };
  return (arrived, expected) => {
    const wanted = new Set(formsOf(expected));
    return [arrived.value, ...arrived.said].flatMap(formsOf).some((form) => wanted.has(form));
  };
}

/** Case and white space make no other value. */
function fold(word: string): string {
  return word.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}
