/** Who acts next on a failure: Temporal's retry, the agent, a person, whoever wrote the team or the caller's code. */
type NextActor = 'retry' | 'agent' | 'person' | 'developer' | 'caller' | 'operator';

/** One line of the failure catalogue. */
export interface FailureEntry {
  /** What was wrong, in general; a thrown failure adds the field and the value. */
  readonly message: string;
  /** Whether the same request may succeed when repeated unchanged. */
  readonly retryable: boolean;
  readonly next: NextActor;
  /** What to do about it. */
  readonly remedy: string;
}

/** A line of the catalogue. */
export function entry(message: string, retryable: boolean, next: NextActor, remedy: string): FailureEntry {
  return { message, retryable, next, remedy };
}
