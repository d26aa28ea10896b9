import type { HistoryEvent } from '../../client/history/history.ts';
import { millisecondsOf, numberOf } from '../../client/history/numbers.ts';
import type { JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { Step } from './step.ts';

/**
 * A workflow task that its worker did not finish in time and that was then taken again. The commands of a worker
 * that was only slow may carry the time of its first try, while every replay sees that of the last: a race of the
 * SDK's cache with the server, in which nothing but times, and digests of what contains them, comes out differently.
 */
export interface Retake {
  /** Event at which the task timed out. */
  readonly eventId: number;
  /** Milliseconds between the first try of the task and its last, whole ones: workflow time has no parts of them. */
  readonly gapMs: number;
}

/** Finds the workflow tasks of a history that were taken more than once. */
export function retakesIn(events: readonly HistoryEvent[]): readonly Retake[] {
  const retakes: Retake[] = [];
  let startedAt = 0;
  let firstTry: number | undefined;
  let timedOutAt = 0;
  for (const event of events) {
    if (event.workflowTaskStartedEventAttributes) startedAt = millisecondsOf(event.eventTime) ?? 0;
    const timedOut = event.workflowTaskTimedOutEventAttributes;
    // A task that timed out before it was started was seen by nobody.
    if (timedOut && numberOf(timedOut.startedEventId) > 0) {
      firstTry ??= startedAt;
      timedOutAt = numberOf(event.eventId);
    }
    if (event.workflowTaskCompletedEventAttributes && firstTry !== undefined) {
      retakes.push({ eventId: timedOutAt, gapMs: Math.ceil(startedAt - firstTry) });
      firstTry = undefined;
    }
  }
  return retakes;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Whether two steps are the same but for times that lie no further apart than tasks were taken twice, and digests,
 * which are made over such times. Everything else, what the digests stand for included, must be equal.
 * @param slackMs gaps of all retakes before the step, summed
 */
export function sameButForTimes(recorded: Step, replayed: Step, slackMs: number): boolean {
  if (recorded.kind !== replayed.kind || recorded.id !== replayed.id) return false;
  if (recorded.kind === 'timer') {
    const [left, right] = [recorded.fields['milliseconds'], replayed.fields['milliseconds']];
    return typeof left === 'number' && typeof right === 'number' && Math.abs(left - right) <= slackMs;
  }
  return sameValue({ ...recorded.fields }, { ...replayed.fields }, slackMs);
}

function sameValue(left: JsonValue, right: JsonValue, slackMs: number): boolean {
  if (left === right) return true;
  if (typeof left === 'string' && typeof right === 'string') {
    if (DIGEST.test(left)) return DIGEST.test(right);
    return (
      INSTANT.test(left) && INSTANT.test(right) && Math.abs(Date.parse(left) - Date.parse(right)) <= slackMs
    );
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return (
      left.length === right.length &&
      left.every((item: JsonValue, index) =>
        sameValue(item, (right as readonly JsonValue[])[index] ?? null, slackMs),
      )
    );
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every(
      (name) => Object.hasOwn(right, name) && sameValue(left[name] ?? null, right[name] ?? null, slackMs),
    )
  );
}
