import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectBaton } from '../../client/index.ts';
import type { BatonClient } from '../../client/index.ts';
import { auditCases, type AuditReport } from '../../command/outcomes/audit.ts';
import type { OwnedTemporalServer, TemporalServer } from '../../scripts/temporal-server.ts';
import { ensureTemporalServer, startTemporalServer } from '../../scripts/temporal-server.ts';
import { openLedgerStore } from '../../stores/index.ts';
import { bundledWorkflows } from '../workflow-bundle.ts';
import type { CaseFaults, Fault, Plannable } from './fault-plan.ts';
import { planServerKills } from './fault-plan.ts';
import type { Bell } from './patience.ts';
import { createBell } from './patience.ts';
import type { FromWorker } from './worker-messages.ts';
import { startWorkers } from './worker-pool.ts';

/** How long a case may take, in milliseconds; longer where workers and servers die. */
const LIMIT_MS = 240_000;
const FAULTY_LIMIT_MS = 300_000;

/** One case to be played. */
export interface CasePart {
  readonly caseId: string;
  /** Its id in the data set. */
  readonly id: string;
  readonly script: Plannable;
  readonly faults: CaseFaults;
}

/** Where a case is played. */
export interface CaseStage {
  readonly client: BatonClient;
  /** Folder of the run. */
  readonly folder: string;
  /** How long the case may take, in milliseconds. */
  readonly limitMs: number;
  /** Rings when something has happened in the case. */
  readonly bell: Bell;
}

/** What a run of an eval is made from. */
export interface CasesRun<Part extends CasePart, Told, Report> {
  /** Begins the id of every case. */
  readonly run: string;
  /** Folder of the data set. */
  readonly data: string;
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** Cases at once. */
  readonly concurrency: number;
  /** File of the worker process. */
  readonly program: string;
  /** What workers are told besides. */
  readonly order?: Readonly<Record<string, string>>;
  readonly parts: readonly Part[];
  /** Plays one case and judges it. */
  readonly play: (part: Part, stage: CaseStage) => Promise<Report>;
  /** An agent has taken a turn. */
  readonly onTurn: (caseId: string, told: Told) => void;
  /** A case has been judged. */
  readonly onReport: (report: Report) => void;
  readonly progress: (line: string) => void;
  /** Gives the run up; what it started is ended. */
  readonly signal: AbortSignal;
}

/** What a run came to. */
export interface RunResult<Report> {
  readonly reports: readonly Report[];
  /** Whether the closed cases ended as they should, their ledgers hold and their histories replay. */
  readonly audit: AuditReport;
  /** Faults that really happened. */
  readonly happened: {
    readonly workersKilled: number;
    readonly serverKilled: number;
    readonly cancelled: number;
  };
}

/** Runs the cases of an eval on a real server with real workers, each on a store of its own. */
export async function runCases<Part extends CasePart, Told, Report>(
  options: CasesRun<Part, Told, Report>,
): Promise<RunResult<Report>> {
  const { progress } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-eval-'));
  await mkdir(path.join(folder, 'stores'));
  const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const server = await startServer(options);
    undo.push(() => server.stop());
    progress(`Temporal server at ${server.address}; bundling workflows and starting workers`);
    await copyFile(await bundledWorkflows(), path.join(folder, 'workflows.js'));
    const client = await connectBaton({ address: server.address, namespace: server.namespace });
    undo.push(() => client.close());
    return await playAll({ options, folder, server, client, undo });
  } finally {
    for (const step of undo.toReversed()) await step().catch(() => undefined);
  }
}

/** A server of our own where it is to be killed; else the one that the environment names, else our own. */
function startServer(
  options: Pick<CasesRun<never, never, never>, 'faults' | 'progress'>,
): Promise<TemporalServer | OwnedTemporalServer> {
  const how = { headless: true, progress: options.progress };
  return options.faults.includes('F03') ? startTemporalServer(how) : ensureTemporalServer(how);
}

interface Grounds<Part extends CasePart, Told, Report> {
  readonly options: CasesRun<Part, Told, Report>;
  readonly folder: string;
  readonly server: TemporalServer | OwnedTemporalServer;
  readonly client: BatonClient;
  /** How to end what was started, in order of starting. */
  readonly undo: (() => Promise<void>)[];
}

async function playAll<Part extends CasePart, Told, Report>(
  grounds: Grounds<Part, Told, Report>,
): Promise<RunResult<Report>> {
  const { options, folder, server, client } = grounds;
  const { parts, faults, seed, progress } = options;
  const bells = new Map(parts.map((part) => [part.caseId, createBell()]));
  const disturbance = createDisturbance(grounds);
  const gone = new AbortController();
  const onMessage = async (message: FromWorker<Told>): Promise<void> => {
    switch (message.kind) {
      case 'ready':
        return;
      case 'turn':
        options.onTurn(message.caseId, message.told);
        if (message.rests) bells.get(message.caseId)?.ring();
        if (faults.length > 0) await disturbance.onMoment(message.caseId);
        return;
      case 'visit':
        if (message.committed && message.moment === 'after')
          disturbance.onCommitted((why) => gone.abort(why));
        await disturbance.onMoment(message.caseId);
        return;
      case 'dying':
        progress(`a worker dies in the hands of ${message.caseId}`);
        return;
    }
  };
  const { address, namespace } = server;
  const data = path.resolve(options.data);
  const ids = parts.map((part) => part.id);
  const pool = await startWorkers<Told>(
    options.program,
    { ...options.order, address, namespace, data, ids, folder, run: options.run, faults, seed },
    onMessage,
    (why) => gone.abort(why),
  );
  grounds.undo.push(() => pool.stop());
  const signal = AbortSignal.any([options.signal, gone.signal]);

  const reports: Report[] = [];
  const waiting = [...parts];
  const limitMs = faults.length > 0 ? FAULTY_LIMIT_MS : LIMIT_MS;
  const playNext = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      signal.throwIfAborted();
      const bell = bells.get(part.caseId) ?? createBell();
      const report = await options.play(part, { client, folder, limitMs, bell });
      pool.forget(part.caseId);
      reports.push(report);
      options.onReport(report);
    }
  };
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  await Promise.race([Promise.all(Array.from({ length: options.concurrency }, playNext)), aborted]);
  await disturbance.settled();
  progress('auditing: ledgers against histories, and replays');
  const audit = await auditOf(grounds);
  return { reports, audit, happened: { workersKilled: pool.kills(), ...disturbance.happened() } };
}

interface Audited {
  readonly options: { readonly parts: readonly CasePart[] };
  readonly folder: string;
  readonly server: TemporalServer;
}

/** Every case of the run, audited over the ledger that its workers share. */
async function auditOf({ options, folder, server }: Audited): Promise<AuditReport> {
  const ledger = await openLedgerStore(`${folder}/ledger.db`);
  const baton = await connectBaton({ address: server.address, namespace: server.namespace, ledger });
  try {
    return await auditCases(baton, { caseIds: options.parts.map((part) => part.caseId) });
  } finally {
    await baton.close();
    await ledger.close();
  }
}

interface Disturbance {
  /** F22: cancels a case at its planned moment. */
  readonly onMoment: (caseId: string) => Promise<void>;
  /** F03: kills the server after the planned effects. */
  readonly onCommitted: (giveUp: (why: unknown) => void) => void;
  readonly settled: () => Promise<void>;
  readonly happened: () => { readonly serverKilled: number; readonly cancelled: number };
}

interface Disturbed {
  readonly options: Pick<CasesRun<CasePart, never, never>, 'parts' | 'faults' | 'seed' | 'progress'>;
  readonly server: TemporalServer | OwnedTemporalServer;
  readonly client: BatonClient;
}

function createDisturbance(disturbed: Disturbed): Disturbance {
  const { options, server, client } = disturbed;
  const { parts, faults, seed, progress } = options;
  const byCase = new Map(parts.map((part) => [part.caseId, part]));
  const moments = new Map<string, number>();
  const scripts = parts.map((part) => part.script);
  const kills = planServerKills(faults, seed, scripts);
  let committed = 0;
  let serverKilled = 0;
  let cancelled = 0;
  let restarting: Promise<void> = Promise.resolve();
  return {
    onMoment: async (caseId) => {
      const moment = (moments.get(caseId) ?? 0) + 1;
      moments.set(caseId, moment);
      if (moment !== byCase.get(caseId)?.faults.cancelAt) return;
      cancelled += 1;
      await client.cancel(caseId).catch(() => undefined);
    },
    onCommitted: (giveUp) => {
      committed += 1;
      if (!kills.includes(committed) || !('kill' in server)) return;
      serverKilled += 1;
      progress(`killing the server after effect ${committed}`);
      restarting = restarting.then(() => server.kill()).then(() => server.restart());
      restarting.catch(giveUp);
    },
    settled: () => restarting,
    happened: () => ({ serverKilled, cancelled }),
  };
}
