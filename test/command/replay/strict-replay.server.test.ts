import path from 'node:path';
import { Runtime, DefaultLogger } from '@temporalio/worker';
import type { History } from '../../../client/history/history.ts';
import { replayBundle } from '../../../command/replay/replay-bundle.ts';
import type { ReplayBundle, RunReplay } from '../../../command/replay/replay-run.ts';
import { replayRun } from '../../../command/replay/replay-run.ts';
import { recordFixture } from './record-fixture.ts';

const workflowsPath = path.join(import.meta.dirname, 'fixture-workflows.ts');
let first: History;
let second: History;
let bundle: ReplayBundle;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  [first, second] = await recordFixture(workflowsPath);
  bundle = await replayBundle(workflowsPath);
});

const replay = (history: History, code: string): Promise<RunReplay> =>
  replayRun({ history, workflowId: 'fixture', bundle: { code } });

/** Replays on code in which one text is another. */
async function replayChanged(history: History, from: string | RegExp, to: string): Promise<RunReplay> {
  const code = bundle.code.replace(from, to);
  if (code === bundle.code) throw new Error(`the fixture does not contain ${String(from)}`);
  return replay(history, code);
}

test('the same code replays both runs, and every command is compared', async () => {
  const report = await replay(first, bundle.code);
  expect(report).toEqual({ plain: { ok: true }, strict: { compared: 18 } });
  expect(await replay(second, bundle.code)).toEqual({ plain: { ok: true }, strict: { compared: 1 } });
});

test('an open history is compared up to its last completed workflow task', async () => {
  const events = first.events ?? [];
  for (let length = 4; length < events.length; length += 1) {
    // The server writes a task's end and all its commands at once, so no history ends between them.
    if (JSON.stringify(events[length]).includes('workflowTaskCompletedEventId')) continue;
    if (events[length]?.workflowExecutionUpdateAcceptedEventAttributes) continue;
    if (events[length]?.workflowExecutionUpdateCompletedEventAttributes) continue;
    const report = await replay({ events: events.slice(0, length) }, bundle.code);
    expect({ length, ...report }).toMatchObject({ length, plain: { ok: true } });
    expect({ length, ...report.strict }).not.toHaveProperty('difference');
  }
});

/** What strict replay must say to each change; `plain` where the SDK's own replay notices too. */
test.each<{ change: string; from: string | RegExp; to: string; plain?: true; says: object }>([
  {
    change: 'an activity argument',
    from: "'inner-value'",
    to: "'other-value'",
    says: { kind: 'activity', field: 'arguments.0.deep.list.1.two', recorded: 'inner-value' },
  },
  {
    change: 'an argument left out',
    from: /,\s*deep: \{\s*list: \[[^\]]*\]\s*\}/,
    to: '',
    says: { kind: 'activity', field: 'arguments.0.deep', replayed: null },
  },
  {
    change: 'the queue of an activity',
    from: /taskQueue: \([^)]*\)\(\)\.taskQueue/,
    to: "taskQueue: 'another-queue'",
    says: { kind: 'activity', field: 'queue', replayed: 'another-queue' },
  },
  {
    change: 'the type of an activity',
    from: "write('parallel-b')",
    to: "note('parallel-b')",
    plain: true,
    says: { kind: 'activity', field: 'type', recorded: 'write', replayed: 'note' },
  },
  {
    change: 'a timer',
    from: ')(41)',
    to: ')(86400000)',
    says: { kind: 'timer', field: 'milliseconds', recorded: 41, replayed: 86_400_000 },
  },
  {
    change: 'the deadline of a condition',
    from: '60000',
    to: '59000',
    says: { kind: 'timer', field: 'milliseconds', recorded: 60_000, replayed: 59_000 },
  },
  {
    change: 'two activities swapped',
    from: /(note\('parallel-a'\)),(\s*)(write\('parallel-b'\))/,
    to: '$3,$2$1',
    plain: true,
    says: { kind: 'activity', field: 'type', recorded: 'note', replayed: 'write' },
  },
  {
    change: 'an upsert added',
    from: /await \(0,\s*[\w$.]+sleep\)\(41\)/,
    to: 'upsertAgain(); $&',
    plain: true,
    says: { kind: 'timer', field: 'command', replayed: 'upsert-search-attributes' },
  },
  {
    change: 'the value of an upsert',
    from: "'stage-one'",
    to: "'stage-two'",
    says: { kind: 'upsert-search-attributes', field: 'attributes.BatonStage', replayed: 'stage-two' },
  },
  {
    change: 'an upsert removed',
    from: /\(0,\s*[\w$.]+upsertSearchAttributes\)\(\[[^;]*;/,
    to: '',
    plain: true,
    says: { kind: 'upsert-search-attributes', field: 'command', replayed: 'timer' },
  },
  {
    change: 'an activity added at the end',
    from: /return \(0,\s*[\w$.]+continueAsNew\)/,
    to: "await note('one-more'); $&",
    plain: true,
    says: { kind: 'continue-as-new', field: 'command', replayed: 'activity note' },
  },
  {
    change: 'the answer to an update',
    from: "'answer-of-update'",
    to: "'another-answer'",
    says: { kind: 'update-completed', field: 'result.0', replayed: 'another-answer' },
  },
  {
    change: 'the argument of an activity in a handler',
    from: "'argument-of-update'",
    to: "'changed'",
    says: { kind: 'activity', field: 'arguments.0.kind', replayed: 'changed' },
  },
  {
    change: 'the input of the next run',
    from: 'round + 1',
    to: 'round + 2',
    says: { kind: 'continue-as-new', field: 'arguments.0', recorded: 2, replayed: 3 },
  },
  {
    change: 'the id of a patch',
    from: "'first-patch'",
    to: "'second-patch'",
    plain: true,
    says: { kind: 'patch' },
  },
])('a replay on code with another $change is caught and named', async ({ from, to, plain, says }) => {
  const report = await replayChanged(first, from, to.replace('upsertAgain()', upsertAgain(bundle.code)));
  expect(report.strict.difference).toMatchObject(says);
  expect(report.strict.difference?.eventId).toBeGreaterThan(0);
  expect(report.plain.ok).toBe(plain !== true);
});

test('another result is caught in the run that returns it', async () => {
  const report = await replayChanged(second, "'result-of-the-end'", "'another-result'");
  expect(report.plain).toEqual({ ok: true });
  expect(report.strict.difference).toMatchObject({
    kind: 'complete',
    field: 'result',
    replayed: 'another-result',
  });
});

test.each([
  ["summary: 'the first summary'", "summary: 'another summary'"],
  ['maximumAttempts: 3', 'maximumAttempts: 4'],
  ["heartbeatTimeout: '9s'", "heartbeatTimeout: '8s'"],
])('what may change freely may: %s', async (from, to) => {
  expect(await replayChanged(first, from, to)).toEqual({ plain: { ok: true }, strict: { compared: 18 } });
});

/** The call of upsertSearchAttributes as the bundler wrote it, to be repeated. */
function upsertAgain(code: string): string {
  const [call] = /\(0,\s*[\w$.]+upsertSearchAttributes\)\(\[[^;]*/.exec(code) ?? [];
  return String(call);
}
