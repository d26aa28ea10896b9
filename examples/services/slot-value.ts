import { z } from 'zod';

const SlotValue = z.object({
  /** The value in its regular form, such as `2019-03-01`, where the service knows it; else as it was said. */
  value: z.string().max(2_000),
  /** The same in the words in which it was said, oldest first, such as `later today`. */
  said: z.array(z.string().max(2_000)).max(50),
});
/** What is known of a slot. Both forms travel: a receiver reads one to the user and books with the other. */
export type SlotValue = z.output<typeof SlotValue>;

/** Schema of a slot's value as a fact. */
export function slotValueSchema(): typeof SlotValue {
  return SlotValue;
}

/** A fact as a slot's value, if it is one. */
export function slotValueOf(fact: unknown): SlotValue | undefined {
  const result = SlotValue.safeParse(fact);
  return result.success ? result.data : undefined;
}
