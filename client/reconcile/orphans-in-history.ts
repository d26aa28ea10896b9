import type { CallInput, TurnInput } from '../../contract/activities.ts';
import type { Orphans } from '../../contract/case.ts';
import type { JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import { isFinalTask, REMOTE_TASK, type RemoteTask } from '../../contract/remote-task.ts';
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
  const standing = new Map<string, Orphan>();
  for (const { kind, content } of rows) {
    const { key, step, agent } = content;
    if (kind === 'effect-scheduled' && typeof step === 'number') {
      stepOf.set(key, step);
      // No activity of its own tries it: the turn of its agent asks for it.
      if (content['tool'] === REMOTE_TASK && typeof key === 'string' && typeof agent === 'string')
        standing.set(key, remoteOrphan({ key, step, agent }));
    }
    if (kind === 'effect-kept' || (kind === 'effect-refused' && content['tool'] === REMOTE_TASK))
      kept.add(key);
  }
  const turns = new Map<number, TurnInput>();
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
    if ((kind === 'turn' || kind === 'handoff') && isJsonObject(input)) {
      const turn = input as unknown as TurnInput;
      turns.set(numberOf(event.eventId), turn);
      team ||= turn.team;
    }
    const done = event.activityTaskCompletedEventAttributes;
    const turn = turns.get(numberOf(done?.scheduledEventId));
    const remote = done && turn ? remoteIn(decodePayloads(done.result)[0]) : undefined;
    if (turn && remote) noteRemote(standing, turn.agent, remote, stepOf.get(remote.key));
    const activity = scheduled.get(numberOf(done?.scheduledEventId));
    const before = activity && standing.get(activity.key);
    if (!done || !before) continue;
    const [result] = decodePayloads(done.result);
    if (activity.kind === 'undo' || answerOf(result) === 'refused') standing.delete(before.key);
    else standing.set(before.key, { ...before, outcome: 'committed' });
  }
  if (scheduled.size === 0 && standing.size === 0) return undefined;
  return { team, effects: [...standing.values()].filter((one) => !kept.has(one.key)) };
}

type RemoteResult = Pick<RemoteTask, 'key' | 'taskId' | 'state'>;

/** What a turn of an agent elsewhere said of its task. */
function remoteIn(result: JsonValue | undefined): RemoteResult | undefined {
  const remote = isJsonObject(result) ? result['remote'] : undefined;
  return isJsonObject(remote) && typeof remote['key'] === 'string'
    ? (remote as unknown as RemoteResult)
    : undefined;
}

/**
 * Takes note of a task elsewhere. One that changes nothing there is no effect, and nobody's business once it has ended;
 * while it is worked on, it is left behind like any other.
 */
function noteRemote(
  standing: Map<string, Orphan>,
  agent: string,
  { key, taskId, state }: RemoteResult,
  step: number | undefined,
): void {
  if (step === undefined && isFinalTask(state)) {
    standing.delete(key);
    return;
  }
  const orphan = remoteOrphan({ key, step: step ?? standing.size + 1, agent });
  standing.set(key, { ...orphan, outcome: 'committed', arguments: taskId === undefined ? {} : { taskId } });
}

function remoteOrphan(of: Pick<Orphan, 'key' | 'step' | 'agent'>): Orphan {
  return { ...of, tool: REMOTE_TASK, callId: REMOTE_TASK, epoch: 1, arguments: {}, outcome: 'unknown' };
}

function answerOf(result: JsonValue | undefined): unknown {
  return isJsonObject(result) ? result['kind'] : undefined;
}

function orphanOf(call: CallInput, step: number): Orphan {
  const { key, agent, tool, callId, epoch } = call;
  const input = call.arguments as Orphan['arguments'];
  return { key, step, agent, tool, callId, epoch, arguments: input, outcome: 'unknown' };
}
