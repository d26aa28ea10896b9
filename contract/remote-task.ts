import { z } from 'zod';
import { idSchema, instantSchema } from './words.ts';

/** Name under which a task at an agent elsewhere stands among the tools and effects of a case. */
export const REMOTE_TASK = 'remote-task';

const State = z.enum([
  'submitted',
  'working',
  'completed',
  'failed',
  'canceled',
  'input-required',
  'rejected',
  'auth-required',
]);
/** Where a task stands at the other side, in the words of A2A 1.0. */
export type RemoteTaskState = z.output<typeof State>;

/** Schema of a state, for whoever reads one from outside. */
export function remoteTaskStateSchema(): typeof State {
  return State;
}

const Remote = z.object({
  /** Key of the effect under which it is asked for; at the other side, id of the context and of the first message. */
  key: z.string().min(1).max(200),
  /** Given by the other side; absent until it is known. */
  taskId: z.string().min(1).max(200).optional(),
  state: State.optional(),
  /** Sequence of the last message of the conversation that the other side was told. */
  toldUpTo: z.int().nonnegative(),
  /** When it was asked for. */
  since: instantSchema(),
  /** When the other side was last heard of. */
  heardAt: instantSchema().optional(),
  /** How often it was asked about without anything new. */
  polls: z.int().nonnegative(),
  /** An attempt at asking for it came to nothing, and whether it arrived is not known: look before asking again. */
  tried: z.literal(true).optional(),
  /** The question that it works on; absent for a task of the owner. */
  askId: idSchema().optional(),
});
/** A task at an agent of another vendor, as a case knows it. */
export type RemoteTask = z.output<typeof Remote>;

/** Whether nothing more comes of a task. */
export function isFinalTask(state: RemoteTaskState | undefined): boolean {
  return state === 'completed' || state === 'failed' || state === 'canceled' || state === 'rejected';
}
