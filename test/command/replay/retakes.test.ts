import { readFileSync } from 'node:fs';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { replayBundle } from '../../../command/replay/replay-bundle.ts';
import { replayRun, type ReplayBundle, type RunReplay } from '../../../command/replay/replay-run.ts';

interface Event {
  readonly eventId: string;
  readonly eventTime: string;
  readonly eventType: string;
}

const folder = path.resolve(import.meta.dirname, '../../histories/0.1.0');
const file = 'letter-then-cancelled.json';
const { events } = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as { events: Event[] };
const { histories } = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as {
  histories: { file: string; caseId: string }[];
};
const workflowId = String(histories.find((one) => one.file === file)?.caseId);
const GAP_MS = 3;

let bundle: ReplayBundle;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  bundle = await replayBundle();
});

/** The third workflow task of the case, which sends the first turn's rows along. */
const started = events.filter((event) => event.eventType === 'EVENT_TYPE_WORKFLOW_TASK_STARTED')[2];

/** The history as if that task had begun later than its commands say. */
function later(): Event[] {
  return events.map((event) => {
    if (event !== started) return event;
    const at = new Date(Date.parse(event.eventTime) + GAP_MS).toISOString();
    return { ...event, eventTime: at };
  });
}

/** The same, with the first try in the history: begun when the commands say, timed out, and taken again. */
function retaken(): Event[] {
  const first = Number(started?.eventId) - 1;
  const added = 3;
  const moved = JSON.parse(JSON.stringify(later()), (name, value: unknown) =>
    /eventId$/i.test(name) && Number(value) >= first ? String(Number(value) + added) : value,
  ) as Event[];
  const scheduled = events[first - 1];
  if (!scheduled || !started) throw new Error('the fixture has another shape');
  const timedOut = {
    eventId: String(first + 2),
    eventTime: started.eventTime,
    eventType: 'EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT',
    workflowTaskTimedOutEventAttributes: {
      scheduledEventId: String(first),
      startedEventId: String(first + 1),
      timeoutType: 'TIMEOUT_TYPE_START_TO_CLOSE',
    },
  };
  return [...moved.slice(0, first - 1), scheduled, started, timedOut, ...moved.slice(first - 1)];
}

const replay = (changed: readonly Event[], code = bundle.code): Promise<RunReplay> =>
  replayRun({ history: historyFromJSON({ events: changed }), workflowId, bundle: { code } });

test('a task that was taken twice may have the times of its first try, and nothing else', async () => {
  const { plain, strict } = await replay(retaken());
  expect(plain).toEqual({ ok: true });
  expect(strict.difference).toBeUndefined();
  expect(strict.retimed).toBeGreaterThan(0);
  const other = bundle.code.replaceAll("because: 'irreversible'", "because: 'another word'");
  expect(other).not.toBe(bundle.code);
  expect((await replay(retaken(), other)).strict.difference).toBeDefined();
});

test('without a second try, another time is a difference', async () => {
  const { strict } = await replay(later());
  expect(strict.difference?.recorded).toMatch(/^\d{4}-/);
});
