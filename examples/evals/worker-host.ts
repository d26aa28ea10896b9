import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';
import type { Team } from '../../activities/define-team.ts';
import { canonicalJson } from '../../contract/canonical-json.ts';
import { CASE_QUEUE } from '../../contract/queues.ts';
import type { RecordStore } from '../../contract/ports.ts';
import { openLedgerStore, openManifestStore, openRecordStore } from '../../stores/index.ts';
import { createWorkers, queuesOf } from '../../workers/create-workers.ts';
import type { StoreAccess, StoreVisit } from '../store-tool.ts';
import type { CaseFaults } from './fault-plan.ts';
import type { FromWorker, ToWorker, WorkerOrder } from './worker-messages.ts';
import { storeFile } from './worker-messages.ts';

/** Repetitions of one request (F07). */
const REPEATS = 5;

/** The inside of a worker process of an eval. */
export interface WorkerHost<Told> {
  readonly order: WorkerOrder;
  /** Stores of cases; with faults to rehearse, every visit is announced and may be disturbed. */
  readonly access: StoreAccess;
  /** Tells the parent of a turn. */
  readonly turn: (caseId: string, rests: boolean, told: Told) => void;
  /** Serves teams until the parent says stop. */
  readonly serve: (teams: readonly Team[]) => Promise<void>;
}

/** What is to be disturbed in a case. */
export interface Rehearsal {
  readonly faults: CaseFaults;
  /** Whether this visit makes the change of a step. */
  readonly isStep: (visit: StoreVisit, stepId: string) => boolean;
  /** Whether this visit is about the case's first change. */
  readonly isFirstChange: (visit: StoreVisit) => boolean;
}

/**
 * Makes this process a worker of an eval: ended with its parent, killed by faults.
 * @param rehearsalOf what is planned for a case
 */
export function hostWorker<Told>(
  order: WorkerOrder,
  rehearsalOf: (caseId: string) => Rehearsal | undefined,
): WorkerHost<Told> {
  // Servers and workers that die on purpose are worth no warnings.
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  process.on('disconnect', () => process.exit(0));
  // A terminal's Ctrl-C reaches the whole group; the parent ends us when it is ready.
  process.on('SIGINT', () => undefined);

  const stores = new Map<string, Promise<RecordStore>>();
  const waiting = new Map<number, () => void>();
  let visits = 0;

  const tell = (message: FromWorker<Told>): Promise<void> =>
    new Promise((resolve) => {
      if (process.send === undefined || !process.connected) resolve();
      else process.send(message, undefined, undefined, () => resolve());
    });
  const storeOf = (caseId: string): Promise<RecordStore> => {
    const open = stores.get(caseId) ?? openRecordStore(storeFile(order.folder, caseId));
    stores.set(caseId, open);
    return open;
  };
  const forget = async (caseId: string): Promise<void> => {
    const open = stores.get(caseId);
    stores.delete(caseId);
    await (await open)?.close();
  };
  /** Tells the parent where this visit is, and waits until it has done what it planned for this moment. */
  const moment = async (visit: StoreVisit, at: 'before' | 'after', committed: boolean): Promise<void> => {
    visits += 1;
    const id = visits;
    const gone = new Promise<void>((resolve) => waiting.set(id, resolve));
    await tell({ kind: 'visit', id, caseId: visit.call.caseId, moment: at, visit: visit.kind, committed });
    await gone;
  };
  const around = async <Answer>(visit: StoreVisit, go: () => Promise<Answer>): Promise<Answer> => {
    const rehearsal = rehearsalOf(visit.call.caseId);
    await moment(visit, 'before', false);
    const once = visit.kind === 'look' || rehearsal?.faults.repeat !== true;
    const answer = once ? await go() : await goOften(go);
    const committed = visit.kind === 'effect' && isDone(answer);
    if (rehearsal !== undefined && diesAfter(rehearsal, visit, committed)) {
      await tell({ kind: 'dying', caseId: visit.call.caseId });
      process.kill(process.pid, 'SIGKILL');
    }
    await moment(visit, 'after', committed);
    return answer;
  };

  return {
    order,
    access: { store: storeOf, ...(order.faults.length > 0 ? { around } : {}) },
    turn: (caseId, rests, told) => void tell({ kind: 'turn', caseId, rests, told }),
    serve: async (teams) => {
      const ledger = await openLedgerStore(`${order.folder}/ledger.db`);
      const manifests = await openManifestStore(`${order.folder}/ledger.db`);
      const connection = await NativeConnection.connect({ address: order.address });
      const workers = await createWorkers({
        connection,
        namespace: order.namespace,
        teams,
        ledger,
        manifests,
        queues:
          order.role === 'cases' ? [CASE_QUEUE] : queuesOf(teams).filter((queue) => queue !== CASE_QUEUE),
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
      await Promise.all([...stores.keys()].map(forget));
      await Promise.all([ledger.close(), manifests.close(), connection.close()]);
      process.disconnect();
    },
  };
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
function diesAfter(rehearsal: Rehearsal, visit: StoreVisit, committed: boolean): boolean {
  const { faults } = rehearsal;
  if (visit.call.fence.attempt !== 1) return false;
  if (visit.kind === 'undo') return faults.killAfterUndo && rehearsal.isFirstChange(visit);
  return committed && faults.killAfterStep !== undefined && rehearsal.isStep(visit, faults.killAfterStep);
}

function isDone(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'done';
}
