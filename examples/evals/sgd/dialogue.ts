import { z } from 'zod';

const Value = z.string().max(2_000);
const Values = z.record(z.string(), Value);
/** An act with its slot and value in regular form, such as `['INFORM', 'date', '2019-03-01']`. */
const Act = z.tuple([z.string().min(1), z.string(), z.string()]);

const Frame = z.object({
  service: z.string().min(1),
  acts: z.array(Act),
  intent: z.string().optional(),
  /** Slots whose value in the service's state has changed, in the words that were said. */
  stateDelta: Values.optional(),
  call: z.object({ method: z.string().min(1), params: Values, transactional: z.boolean() }).optional(),
  results: z.int().nonnegative().optional(),
  firstResult: Values.optional(),
});
/** What one turn is for one service. */
export type Frame = z.output<typeof Frame>;

const Turn = z.object({
  sp: z.enum(['U', 'S']),
  utt: z.string().min(1).max(8_000),
  frames: z.array(Frame).min(1),
});
/** One turn: the user's or the system's. */
export type Turn = z.output<typeof Turn>;

const Carried = z.object({
  slot: z.string().min(1),
  /** For the judge alone: no agent ever sees it. */
  value: z.string(),
  fromService: z.string().min(1),
  fromSlot: z.string().min(1),
});
/** A slot value that must survive a handoff although nobody says it again. */
export type Carried = z.output<typeof Carried>;

const Handoff = z.object({
  turn: z.int().nonnegative(),
  from: z.string().min(1),
  to: z.string().min(1),
  carried: z.array(Carried),
});
/** A handoff as the data set counts it. */
export type Handoff = z.output<typeof Handoff>;

const Dialogue = z.object({
  id: z
    .string()
    .max(100)
    .regex(/^[A-Za-z0-9_.-]+$/, 'letters, digits, dots, hyphens and underscores'),
  services: z.array(z.string()),
  handoffs: z.array(Handoff),
  turns: z.array(Turn).min(2),
});
/** A dialogue over several services. */
export type Dialogue = z.output<typeof Dialogue>;

/** Schema of one line of `dialogues.jsonl`. */
export function dialogueSchema(): typeof Dialogue {
  return Dialogue;
}
