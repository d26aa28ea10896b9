import { Context } from '@temporalio/activity';
import type { JsonValue } from '../contract/json.ts';
import { HEARTBEAT_TIMEOUT_MS } from '../contract/limits.ts';

/** What the beats of an activity carry: the next attempt finds it, whatever becomes of this one. */
const carried = new WeakMap<Context, JsonValue>();

/** Beats at once with a note, and carries it from now on. */
export function noteInHeartbeat(note: JsonValue): void {
  const context = Context.current();
  carried.set(context, note);
  context.heartbeat(note);
}

/** The note that this attempt has left last; undefined where it has left none. */
export function noteOfThisAttempt(): JsonValue | undefined {
  return carried.get(Context.current());
}

/** The note that the attempt before this one left; undefined where none arrived. */
export function noteOfEarlierAttempt(): unknown {
  return Context.current().info.heartbeatDetails as unknown;
}

/**
 * Beats for the process at half the heartbeat timeout until stopped; through the beats cancellation arrives too.
 * Idea: the heartbeat of Temporal's own agent integrations.
 * @returns stops the beats; call it in a `finally`
 */
export function startHeartbeat(): () => void {
  const context = Context.current();
  const timer = setInterval(() => {
    context.heartbeat(carried.get(context));
  }, HEARTBEAT_TIMEOUT_MS / 2);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
