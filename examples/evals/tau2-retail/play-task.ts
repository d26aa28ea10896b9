import type { BatonClient } from '../../../client/index.ts';
import type { CaseView } from '../../../contract/case.ts';
import { isBatonError } from '../../../contract/failures.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { openRecordStore } from '../../../stores/index.ts';
import type { Script } from '../../retail/script.ts';
import { databaseHash } from '../../retail/shop/database.ts';
import { RETAIL_TEAM } from '../../retail/team.ts';
import type { CaseFaults } from '../fault-plan.ts';
import type { Bell } from '../patience.ts';
import { untilAnswered } from '../patience.ts';
import { storeFile } from '../worker-messages.ts';
import { createPeople } from './conversation.ts';
import type { Folder, Task } from './folder.ts';
import type { Observations } from './observations.ts';
import type { TaskReport } from './report.ts';
import { reportTask } from './report.ts';

/** Pauses between two looks at a case that nobody rings for, in milliseconds. */
const FIRST_LOOK_MS = 10;
const LAST_LOOK_MS = 1_000;

/** Requests to open the same case (F07). */
const OPENS = 5;

/** What playing one task takes. */
export interface TaskPlay {
  readonly client: BatonClient;
  readonly data: Folder;
  readonly task: Task;
  readonly script: Script;
  readonly faults: CaseFaults;
  readonly caseId: string;
  /** Folder of the run. */
  readonly folder: string;
  /** Cancel after so many effects. */
  readonly abortAfter: number | undefined;
  /** How long the task may take, in milliseconds. */
  readonly limitMs: number;
  /** Rings when something has happened in the case. */
  readonly bell: Bell;
  readonly observations: Observations;
}

/**
 * Plays one task as one case on a shop of its own, and compares how it ends with what the data set says. Problems
 * become part of the report.
 */
export async function playTask(play: TaskPlay): Promise<TaskReport> {
  const started = Date.now();
  const shop = await openRecordStore(storeFile(play.folder, play.caseId));
  try {
    await shop.load(play.data.database);
    const { view, problem } = await runCase(play, started + play.limitMs);
    return reportTask({
      task: play.task,
      view,
      problem,
      initialHash: play.data.initialHash,
      hash: await hashOf(shop),
      slots: view ? play.observations.slots(view) : { declared: 0, arrived: 0 },
      abortAfter: play.abortAfter,
      disturbed: play.faults.cancelAt !== undefined || play.faults.killAfterStep !== undefined,
      milliseconds: Date.now() - started,
    });
  } finally {
    await shop.close();
    play.observations.forget(play.caseId);
  }
}

async function hashOf(shop: RecordStore): Promise<string> {
  return databaseHash(await shop.snapshot());
}

interface Ending {
  readonly view: CaseView | undefined;
  readonly problem: string | undefined;
}

async function runCase(play: TaskPlay, deadline: number): Promise<Ending> {
  let view: CaseView | undefined;
  try {
    await openCase(play, deadline);
    view = await accompany(play, deadline);
    return { view, problem: undefined };
  } catch (thrown) {
    const problem = inWords(thrown);
    view = await play.client.show(play.caseId).catch(() => undefined);
    return { view, problem };
  }
}

/** The customer calls. The same call several times is one case (F07, F08). */
async function openCase(play: TaskPlay, deadline: number): Promise<void> {
  const { client, script, caseId } = play;
  const text = script.reason === '' ? 'I need help.' : script.reason.slice(0, 8_000);
  const input = {
    team: RETAIL_TEAM,
    task: { definition: `Serve the customer of ${script.id}` },
    facts: { script: script.id, cursor: 0 },
    message: { id: 'call', text },
    channel: 'chat',
  };
  const times = play.faults.repeat ? OPENS : 1;
  const opened = await Promise.all(
    Array.from({ length: times }, () => untilAnswered(deadline, () => client.open(input, { caseId }))),
  );
  if (new Set(opened.map((one) => one.trace)).size !== 1) throw new Error('the same call opened two cases');
}

/** Looks at the case whenever something happens, and does what it waits for, until it is closed. */
async function accompany(play: TaskPlay, deadline: number): Promise<CaseView> {
  const { client, caseId, abortAfter } = play;
  let brokenOff = false;
  const people = createPeople({
    client,
    caseId,
    script: play.script,
    faults: play.faults,
    deadline,
    breaksOff: (view) => {
      if (brokenOff || abortAfter === undefined) return false;
      brokenOff = countCommitted(view) >= abortAfter && view.stage === 'waiting-user';
      return brokenOff;
    },
  });
  let pause = FIRST_LOOK_MS;
  while (Date.now() < deadline) {
    const view = await untilAnswered(deadline, () => client.show(caseId));
    if (view.stage === 'closed') return view;
    const acted = await people.act(view).catch((thrown: unknown) => {
      // The case has closed between the look and the deed.
      if (isBatonError(thrown) && thrown.code === 'CASE_CLOSED') return true;
      throw thrown;
    });
    pause = acted ? FIRST_LOOK_MS : Math.min(2 * pause, LAST_LOOK_MS);
    const waited = Date.now();
    await play.bell.wait(pause);
    if (Date.now() - waited < pause) pause = FIRST_LOOK_MS;
  }
  await client.cancel(caseId).catch(() => undefined);
  throw new Error(`not finished within ${play.limitMs / 1_000} s`);
}

function countCommitted(view: CaseView): number {
  return view.effects.filter((effect) => effect.status === 'committed').length;
}

/** What was thrown, with what was behind it. */
function inWords(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause === undefined ? thrown.message : `${thrown.message} (${inWords(thrown.cause)})`;
}
