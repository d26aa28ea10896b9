import type { History } from '@temporalio/common/lib/proto-utils.js';
import { millisecondsOf } from './server-time.ts';

/**
 * Milliseconds from emit to acknowledge of every handoff in a history: from the event that completes the source's
 * turn to the event that carries the acknowledgement, which is the signal `accepted` of a slow receiver, or the
 * completion of the handoff's activity.
 */
export function acknowledgementTimes(history: History): readonly number[] {
  const typeOf = new Map<string, string>();
  const times: number[] = [];
  let emitted: number | undefined;
  let waiting: { readonly scheduled: string; readonly since: number } | undefined;
  for (const event of history.events ?? []) {
    const at = millisecondsOf(event.eventTime);
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const type = scheduled.activityType?.name ?? '';
      typeOf.set(String(event.eventId), type);
      if (type === 'handoff' && emitted !== undefined)
        waiting = { scheduled: String(event.eventId), since: emitted };
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const type = completed && typeOf.get(String(completed.scheduledEventId));
    const accepts =
      event.workflowExecutionSignaledEventAttributes?.signalName === 'accepted' ||
      (waiting !== undefined && String(completed?.scheduledEventId) === waiting.scheduled);
    if (waiting && accepts) {
      times.push(at - waiting.since);
      waiting = undefined;
    }
    if (type === 'turn' || type === 'handoff') emitted = at;
  }
  return times;
}
