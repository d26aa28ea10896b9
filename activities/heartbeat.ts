import { Context } from '@temporalio/activity';
import { HEARTBEAT_TIMEOUT_MS } from '../contract/limits.ts';

/**
 * Beats for the process at half the heartbeat timeout until stopped; through the beats cancellation arrives too.
 * Idea: the heartbeat of Temporal's own agent integrations.
 * @returns stops the beats; call it in a `finally`
 */
export function startHeartbeat(): () => void {
  const context = Context.current();
  const timer = setInterval(() => {
    context.heartbeat();
  }, HEARTBEAT_TIMEOUT_MS / 2);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
