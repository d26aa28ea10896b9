import { ApplicationFailure } from '@temporalio/activity';
import { addLost, lostInNote, type LostCalls } from '../../contract/model-usage.ts';
import { noteInHeartbeat, noteOfEarlierAttempt } from '../heartbeat.ts';

/** The calls of models of one turn: what has gone into those that came to nothing, over all its attempts. */
export interface CallsOfTurn {
  /** What calls that may have been paid for without an answer have cost so far. */
  readonly lost: () => LostCalls;
  /** The same of this attempt alone. */
  readonly own: () => LostCalls;
  /** Leaves word for the next attempt: whatever becomes of this one, a call may be charged from now on. */
  readonly asks: (most: LostCalls) => void;
  /**
   * The call came to nothing. Where its vendor charges nothing for that, it counts nothing; else the most.
   * @returns whether it may have been charged
   */
  readonly failed: (thrown: unknown, most: LostCalls) => boolean;
  /** The call came to an answer that is of no use, and is charged as its vendor says. */
  readonly wasted: (charged: LostCalls) => void;
}

/** Refusals before a model has begun: vendors charge nothing for them. */
const UNCHARGED: readonly unknown[] = [
  'MODEL_RATE_LIMITED',
  'MODEL_ACCESS_DENIED',
  'MODEL_REQUEST_REFUSED',
  'MODEL_CONTEXT_TOO_LONG',
];

/**
 * What earlier attempts of this turn may have cost. Each leaves a note in its heartbeat before it asks, which outlives a
 * killed worker; an attempt that left none counts, for nobody can know how far it came (G3).
 * @param attempt 1 for the first
 * @param most what a call of the first model can cost, for attempts that left no note
 */
export function beginCalls(attempt: number, most: LostCalls): CallsOfTurn {
  const before = lostInNote(noteOfEarlierAttempt()) ?? times(attempt - 1, most);
  let own = times(0, most);
  let asking: LostCalls | undefined;
  const lost = (): LostCalls => addLost(before, own);
  const note = (): void => {
    noteInHeartbeat({ lost: lost(), ...(asking ? { asking } : {}) });
  };
  return {
    lost,
    own: () => own,
    asks: (call) => {
      asking = call;
      note();
    },
    failed: (thrown, most) => {
      const charged = !UNCHARGED.includes(codeOf(thrown));
      if (charged) own = addLost(own, most);
      asking = undefined;
      note();
      return charged;
    },
    wasted: (charged) => {
      own = addLost(own, charged);
      asking = undefined;
      note();
    },
  };
}

function times(calls: number, { inputTokens, outputTokens, microUsd }: LostCalls): LostCalls {
  return {
    calls,
    inputTokens: calls * inputTokens,
    outputTokens: calls * outputTokens,
    ...(microUsd === undefined ? {} : { microUsd: calls * microUsd }),
  };
}

/** By what name something thrown is known: its code, or the type of a failure of Temporal's. */
export function codeOf(thrown: unknown): unknown {
  const { type, code } = Object(thrown) as { readonly type?: unknown; readonly code?: unknown };
  return type ?? code;
}

/** What a turn threw, beside what it has lost: whoever classifies the one puts the other to it. */
export class LostWithIt extends Error {
  override readonly name = 'LostWithIt';
  readonly lost: LostCalls;

  constructor(cause: unknown, lost: LostCalls) {
    super('calls of models were lost with it', { cause });
    this.lost = lost;
  }
}

/** What was thrown, classified, with what its turn has lost as second detail: where no attempt is left, the case counts it from there. */
export function withLost(thrown: unknown, classify: (thrown: unknown) => Error): Error {
  if (!(thrown instanceof LostWithIt)) return classify(thrown);
  const { lost } = thrown;
  const known = classify(thrown.cause);
  if (!(known instanceof ApplicationFailure) || lost.calls === 0) return known;
  const { message, type, nonRetryable, details, cause } = known;
  // Baton names pauses in milliseconds alone.
  const pause = known.nextRetryDelay as number | null | undefined;
  return ApplicationFailure.create({
    message,
    nonRetryable: nonRetryable ?? false,
    details: [...(details ?? []), { lost }],
    ...(type == null ? {} : { type }),
    ...(cause ? { cause } : {}),
    ...(pause == null ? {} : { nextRetryDelay: pause }),
  });
}
