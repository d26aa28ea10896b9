import { orphansInHistory } from '../../client/reconcile/orphans-in-history.ts';
import type { HistoryEvent } from '../../client/history/history.ts';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const payloads = (value: unknown): { payloads: object[] } => ({
  payloads: [{ metadata: { encoding: new TextEncoder().encode('json/plain') }, data: bytes(value) }],
});
const row = (sequence: number, kind: string, content: object): object => ({
  sequence,
  hash: String(sequence),
  kind,
  content,
});

function scheduled(eventId: number, kind: string, key: string, epoch: number, rows: object[] = []): unknown {
  const input = { team: 'desk', agent: 'clerk', tool: 'write', callId: 'c', key, epoch, arguments: { key } };
  const attributes = { activityType: { name: kind }, input: payloads({ ...input, rows }) };
  return { eventId, activityTaskScheduledEventAttributes: attributes };
}
function completed(scheduledEventId: number, result: object): unknown {
  return { activityTaskCompletedEventAttributes: { scheduledEventId, result: payloads(result) } };
}
const keysOf = (events: readonly unknown[]): unknown =>
  orphansInHistory(events as readonly HistoryEvent[])?.effects.map((one) => [
    one.key,
    one.step,
    one.epoch,
    one.outcome,
  ]);

test('a case that wrote nothing left nothing behind', () => {
  expect(orphansInHistory([])).toBeUndefined();
  expect(orphansInHistory([scheduled(1, 'look', 'k', 1) as HistoryEvent])).toBeUndefined();
});

test('what was refused, undone, or kept by a decision on record is no orphan; what nobody heard of is', () => {
  const rows = [
    row(1, 'effect-scheduled', { key: 'heard', step: 7 }),
    row(2, 'effect-kept', { key: 'kept', because: 'a person said so' }),
  ];
  expect(
    keysOf([
      scheduled(1, 'effect', 'heard', 1, rows),
      completed(1, { kind: 'done', result: null }),
      scheduled(2, 'effect', 'refused', 1),
      completed(2, { kind: 'refused' }),
      scheduled(3, 'effect', 'kept', 1),
      completed(3, { kind: 'done', result: null }),
      scheduled(4, 'effect', 'undone', 1),
      scheduled(5, 'undo', 'undone', 2),
      completed(5, { kind: 'tombstoned' }),
      scheduled(6, 'effect', 'silent', 1),
      scheduled(7, 'undo', 'silent', 2),
    ]),
  ).toEqual([
    ['heard', 7, 1, 'committed'],
    ['silent', 6, 2, 'unknown'],
  ]);
});

describe('tasks of agents elsewhere', () => {
  function turn(eventId: number, rows: object[] = []): unknown {
    const input = { team: 'desk', agent: 'parcels', rows };
    const attributes = { activityType: { name: 'turn' }, input: payloads(input) };
    return { eventId, activityTaskScheduledEventAttributes: attributes };
  }
  const begun = row(1, 'effect-scheduled', { key: 'k', step: 4, agent: 'parcels', tool: 'remote-task' });
  const answered = (id: number, remote: object): unknown => completed(id, { kind: 'waiting', remote });
  const found = (events: readonly unknown[]): unknown =>
    orphansInHistory(events as readonly HistoryEvent[])?.effects;

  test('asked for and not heard of, taken, done: what may have changed something is left behind', () => {
    const orphan = { key: 'k', step: 4, agent: 'parcels', tool: 'remote-task', epoch: 1 };
    expect(found([turn(1, [begun])])).toMatchObject([{ ...orphan, outcome: 'unknown', arguments: {} }]);
    const working = { key: 'k', taskId: 't1', state: 'working' };
    const taken = { ...orphan, outcome: 'committed', arguments: { taskId: 't1' } };
    expect(found([turn(1, [begun]), answered(1, working)])).toMatchObject([taken]);
    const done = { ...working, state: 'completed' };
    expect(found([turn(1, [begun]), answered(1, working), turn(2), answered(2, done)])).toMatchObject([
      taken,
    ]);
  });

  test('rejected it is none; one that changes nothing is one for as long as it is worked on', () => {
    const refused = row(2, 'effect-refused', { key: 'k', tool: 'remote-task' });
    expect(found([turn(1, [begun]), turn(2, [refused])])).toEqual([]);
    const working = { key: 'k', taskId: 't1', state: 'working' };
    expect(found([turn(1), answered(1, working)])).toMatchObject([{ key: 'k', arguments: { taskId: 't1' } }]);
    const done = { ...working, state: 'completed' };
    expect(found([turn(1), answered(1, working), turn(2), answered(2, done)])).toBeUndefined();
  });
});
