import { z } from 'zod';

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

/** A task at an agent of another vendor, as a case knows it. */
export interface RemoteTask {
  /** Key of the effect under which it is asked for; at the other side, id of the context and of the first message. */
  readonly key: string;
  /** Given by the other side; absent until it is known. */
  readonly taskId?: string;
  readonly state?: RemoteTaskState;
  /** Sequence of the last message of the conversation that the other side was told. */
  readonly toldUpTo: number;
  /** When it was asked for, ISO 8601. */
  readonly since: string;
  /** When the other side was last heard of, ISO 8601. */
  readonly heardAt?: string;
  /** How often it was asked about without anything new. */
  readonly polls: number;
  /** An attempt at asking for it came to nothing, and whether it arrived is not known: look before asking again. */
  readonly tried?: true;
  /**
   * What became of asking the other side to call when there is news; absent where it was not asked. It is asked once:
   * polls suffice.
   */
  readonly push?: 'asked' | 'refused';
  /** The question that it works on; absent for a task of the owner. */
  readonly askId?: string;
}

/** Whether nothing more comes of a task. */
export function isFinalTask(state: RemoteTaskState | undefined): boolean {
  return state === 'completed' || state === 'failed' || state === 'canceled' || state === 'rejected';
}
