import type { CallInput } from '../../contract/activities.ts';
import type { Orphans } from '../../contract/case.ts';
import type { JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { HistoryEvent } from '../history/history.ts';
import { rowsInHistory } from '../history/ledger-rows.ts';
import { numberOf } from '../history/numbers.ts';
import { decodePayloads } from '../history/payloads.ts';

/** One effect as the follow-up of its case is told of it. */
export type Orphan = Orphans['effects'][number];

/** What the history of a case that ended without being asked says of its effects. */
export interface OrphansInHistory {
  readonly team: string;
  /** Effects that are neither refused, nor undone, nor kept by a decision on record; in order of scheduling. */
  readonly effects: readonly Orphan[];
}

/**
 * Finds the effects that a case left behind, over the events of all its runs. The history knows more than the
 * ledger: every effect is in it before it is tried (I5), whatever was terminated afterwards.
 * @returns undefined for a case that scheduled no effect
 */
export function orphansInHistory(events: readonly HistoryEvent[]): OrphansInHistory | undefined {
  const rows = rowsInHistory(events).rows;
  const stepOf = new Map<unknown, number>();
  const kept = new Set<unknown>();
  for (const { kind, content } of rows) {
    if (kind === 'effect-scheduled' && typeof content['step'] === 'number')
      stepOf.set(content['key'], content['step']);
    if (kind === 'effect-kept') kept.add(content['key']);
  }
  const standing = new Map<string, Orphan>();
  const scheduled = new Map<number, { readonly kind: string; readonly key: string }>();
  let team = '';
  for (const event of events) {
    const asked = event.activityTaskScheduledEventAttributes;
    const [input] = decodePayloads(asked?.input);
    const kind = asked?.activityType?.name;
    if ((kind === 'effect' || kind === 'undo') && isJsonObject(input)) {
      // The workflow of this very code wrote it; what is damaged is refused at the door of the follow-up.
      const call = input as unknown as CallInput;
      const orphan = orphanOf(call, stepOf.get(call.key) ?? scheduled.size + 1);
      const known = standing.get(orphan.key);
      scheduled.set(numberOf(event.eventId), { kind, key: orphan.key });
      standing.set(orphan.key, known ? { ...known, epoch: orphan.epoch } : orphan);
      team = call.team;
    }
    const done = event.activityTaskCompletedEventAttributes;
    const activity = scheduled.get(numberOf(done?.scheduledEventId));
    const before = activity && standing.get(activity.key);
    if (!done || !before) continue;
    const [result] = decodePayloads(done.result);
    if (activity.kind === 'undo' || answerOf(result) === 'refused') standing.delete(before.key);
    else standing.set(before.key, { ...before, outcome: 'committed' });
  }
  if (scheduled.size === 0) return undefined;
  return { team, effects: [...standing.values()].filter((one) => !kept.has(one.key)) };
}

function answerOf(result: JsonValue | undefined): unknown {
  return isJsonObject(result) ? result['kind'] : undefined;
}

function orphanOf(call: CallInput, step: number): Orphan {
  const { key, agent, tool, callId, epoch } = call;
  const input = call.arguments as Orphan['arguments'];
  return { key, step, agent, tool, callId, epoch, arguments: input, outcome: 'unknown' };
}
