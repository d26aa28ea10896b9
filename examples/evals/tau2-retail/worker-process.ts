/** A worker process of the eval: started by `worker-pool.ts`, killed by faults, ended with its parent. */
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';
import { canonicalJson } from '../../../contract/canonical-json.ts';
import { CASE_QUEUE } from '../../../contract/queues.ts';
import type { JsonObject } from '../../../contract/json.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { openLedgerStore, openManifestStore, openRecordStore } from '../../../stores/index.ts';
import { createWorkers, queuesOf } from '../../../workers/create-workers.ts';
import type { Script } from '../../retail/script.ts';
import { playScripted } from '../../retail/scripted-specialist.ts';
import { retailTeam } from '../../retail/team.ts';
import type { RetailDesk } from '../../retail/team.ts';
import type { ShopVisit } from '../../retail/tools.ts';
import type { TaskFaults } from './fault-plan.ts';
import { planTaskFaults } from './fault-plan.ts';
import { readFolder, selectTasks } from './folder.ts';
import { scriptOf } from './script.ts';
import type { FromWorker, ToWorker, WorkerOrder } from './worker-messages.ts';
import { caseIdOf, shopFile } from './worker-messages.ts';

/** Repetitions of one request (F07). */
const REPEATS = 5;

interface Part {
  readonly script: Script;
  readonly faults: TaskFaults;
}

// Servers and workers that die on purpose are worth no warnings.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});
const order = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
const shops = new Map<string, Promise<RecordStore>>();
const waiting = new Map<number, () => void>();
let visits = 0;

process.on('disconnect', () => process.exit(0));
// A terminal's Ctrl-C reaches the whole group; the parent ends us when it is ready.
process.on('SIGINT', () => undefined);

const parts = await readParts();
const team = retailTeam({ store: shopOf, run: runAgent, ...(order.faults.length > 0 ? { around } : {}) });
const ledger = await openLedgerStore(`${order.folder}/ledger.db`);
const manifests = await openManifestStore(`${order.folder}/ledger.db`);
const connection = await NativeConnection.connect({ address: order.address });
const workers = await createWorkers({
  connection,
  namespace: order.namespace,
  teams: [team],
  ledger,
  manifests,
  queues: order.role === 'cases' ? [CASE_QUEUE] : queuesOf([team]).filter((queue) => queue !== CASE_QUEUE),
  ...(order.role === 'cases' ? { bundle: { codePath: `${order.folder}/workflows.js` } } : {}),
  graceMs: 2_000,
});
process.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'go':
      waiting.get(message.id)?.();
      waiting.delete(message.id);
      return;
    case 'forget':
      void forget(message.caseId);
      return;
    case 'stop':
      workers.stop();
      return;
  }
});
const running = workers.run();
await tell({ kind: 'ready' });
await running;
await Promise.all([...shops.keys()].map(forget));
await Promise.all([ledger.close(), manifests.close(), connection.close()]);
process.disconnect();

async function readParts(): Promise<ReadonlyMap<string, Part>> {
  const folder = await readFolder(order.data);
  const all = await Promise.all(
    selectTasks(folder, order.tasks).map(async (task, index): Promise<[string, Part]> => {
      const script = await scriptOf(task, folder.database);
      const faults = planTaskFaults(order.faults, order.seed, script, index === 0);
      return [script.id, { script, faults }];
    }),
  );
  return new Map(all);
}

function partOf(caseId: string): Part | undefined {
  return [...parts.values()].find((part) => caseIdOf(order.run, part.script.id) === caseId);
}

function shopOf(caseId: string): Promise<RecordStore> {
  const open = shops.get(caseId) ?? openRecordStore(shopFile(order.folder, caseId));
  shops.set(caseId, open);
  return open;
}

async function forget(caseId: string): Promise<void> {
  const open = shops.get(caseId);
  shops.delete(caseId);
  await (await open)?.close();
}

function runAgent(...[specialist, turn]: Parameters<RetailDesk['run']>): ReturnType<RetailDesk['run']> {
  const answer = playScripted((id) => parts.get(id)?.script, specialist, turn);
  const { intent } = answer;
  const handedOn =
    intent.kind === 'transfer'
      ? { to: intent.to, facts: { ...turn.memory, ...answer.facts, ...intent.facts } }
      : undefined;
  void tell({
    kind: 'turn',
    caseId: turn.caseId,
    agent: specialist,
    ...(turn.transfer ? { handoffId: turn.transfer.handoffId } : {}),
    saw: turn.facts,
    intent: intent.kind,
    ...(handedOn ? { handedOn } : {}),
  });
  return answer;
}

/** Rehearses faults around a visit to the shop. */
async function around<Answer>(visit: ShopVisit, go: () => Promise<Answer>): Promise<Answer> {
  const { kind, call } = visit;
  const part = partOf(call.caseId);
  await moment(visit, 'before', false);
  const answer = kind === 'look' || part?.faults.repeat !== true ? await go() : await goOften(go);
  const committed = kind === 'effect' && isDone(answer);
  if (part !== undefined && diesAfter(part, visit, committed)) {
    await tell({ kind: 'dying', caseId: call.caseId });
    process.kill(process.pid, 'SIGKILL');
  }
  await moment(visit, 'after', committed);
  return answer;
}

/** F07: the same request several times at once is one effect with one answer. */
async function goOften<Answer>(go: () => Promise<Answer>): Promise<Answer> {
  const answers = await Promise.all(Array.from({ length: REPEATS }, () => go()));
  const [first] = answers as [Answer, ...Answer[]];
  if (answers.some((other) => canonicalJson(other) !== canonicalJson(first))) {
    throw new Error('the same request had two answers');
  }
  return first;
}

/** F01: only the first attempt dies, or nothing would ever end. */
function diesAfter(part: Part, visit: ShopVisit, committed: boolean): boolean {
  if (visit.call.fence.attempt !== 1) return false;
  if (visit.kind === 'undo') return part.faults.killAfterUndo && isFirstChange(part, visit);
  const step = part.script.steps.find((one) => one.id === part.faults.killAfterStep);
  return committed && step !== undefined && step.tool === visit.tool && isCallOf(step.arguments, visit);
}

function isFirstChange(part: Part, visit: ShopVisit): boolean {
  const first = part.script.steps.find((step) => step.tool === visit.tool);
  return first !== undefined && isCallOf(first.arguments, visit);
}

function isCallOf(args: JsonObject, visit: ShopVisit): boolean {
  const input = visit.call.input as JsonObject;
  return Object.entries(args).every(([name, value]) => canonicalJson(input[name]) === canonicalJson(value));
}

function isDone(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'done';
}

/** Tells the parent where this visit is, and waits until it has done what it planned for this moment. */
async function moment(visit: ShopVisit, at: 'before' | 'after', committed: boolean): Promise<void> {
  visits += 1;
  const id = visits;
  const gone = new Promise<void>((resolve) => waiting.set(id, resolve));
  await tell({ kind: 'visit', id, caseId: visit.call.caseId, moment: at, visit: visit.kind, committed });
  await gone;
}

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}
