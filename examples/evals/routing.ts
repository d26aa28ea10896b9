import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { NativeConnection } from '@temporalio/worker';
import { connectBaton } from '../../client/index.ts';
import { isBatonError } from '../../contract/failures.ts';
import { ensureTemporalServer } from '../../scripts/temporal-server.ts';
import { openLedgerStore, openManifestStore, openRecordStore } from '../../stores/index.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { withPolicyFiles } from '../../workers/policy-files.ts';
import { quietTerminal } from '../running-desk.ts';
import { SUPPORT_POLICY, supportDesk } from '../support/team.ts';
import { bundledWorkflows } from '../workflow-bundle.ts';
import type { LearnedPolicy } from '../../activities/signals/learned.ts';
import { learnedIntents, parseIntents } from '../intents/classifier.ts';
import { invalidOption, misread, numberOption } from './command-line.ts';
import { recordsFor } from './routing/customers.ts';
import { readLabelledFolder, type LabelledConversation } from './routing/labelled-folder.ts';
import { playLabelled } from './routing/play.ts';
import { judgeRouting, totalsOfRouting, type RoutingReport } from './routing/score.ts';

const USAGE = `Usage: npm run eval -- routing --data DIR [--policy FILE] [--intents FILE] [--concurrency N] [--json]
  --data DIR       labelled conversations, a line each in its *.jsonl; docs/policy.md describes them
  --policy FILE    policy of the desk; examples/support/policy.yaml when absent
  --intents FILE   model of \`npm run train -- intents\`: proposes, and rules over \`proposed\` dispose
  --concurrency N  conversations at once; 16 when absent
  --json           one object per conversation that came out otherwise, and the totals as the last line`;

interface Options {
  readonly data: string;
  readonly policy: string;
  readonly intents: string | undefined;
  readonly concurrency: number;
  readonly json: boolean;
}

/**
 * `npm run eval -- routing ...`: plays labelled conversations through the support desk on a real server, and holds
 * who got the case, and when, against the labels. Texts are not printed.
 * @returns the exit code: 0 when every case came to rest, 1 when one did not, 2 for bad input
 */
export async function evalRouting(args: readonly string[]): Promise<number> {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const options = optionsOf(args);
    const started = Date.now();
    const reports = await run(options, await readLabelledFolder(options.data), interrupted.signal);
    for (const report of reports) {
      if (report.rightMoment) continue;
      const { id, expected, came, trouble } = report;
      const why = trouble === undefined ? '' : `; ${trouble}`;
      print(options.json ? JSON.stringify(report) : `${id}: ${expected}, but ${came}${why}`);
    }
    const totals = totalsOfRouting(reports);
    progress(
      `${String(totals.conversations)} conversations in ${((Date.now() - started) / 1_000).toFixed(1)} s`,
    );
    print(options.json ? JSON.stringify(totals) : tableOf(reports));
    return reports.some((one) => one.trouble !== undefined) ? 1 : 0;
  } catch (thrown) {
    progress(thrown instanceof Error ? thrown.message : String(thrown));
    const input = isBatonError(thrown) && ['INPUT_INVALID', 'POLICY_INVALID'].includes(thrown.code);
    return input ? 2 : 1;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function optionsOf(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        policy: { type: 'string' },
        intents: { type: 'string' },
        concurrency: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const { data, policy = SUPPORT_POLICY, intents, json = false } = values;
    if (data === undefined) throw new Error('--data is missing');
    return {
      data,
      policy,
      intents,
      json,
      concurrency: numberOption('--concurrency', values.concurrency, 1, 100) ?? 16,
    };
  } catch (thrown) {
    throw misread(thrown, USAGE);
  }
}

/** Plays the conversations on the server that the environment names, else on one of its own. */
async function run(
  options: Options,
  conversations: readonly LabelledConversation[],
  signal: AbortSignal,
): Promise<readonly RoutingReport[]> {
  quietTerminal();
  const undo: (() => Promise<void>)[] = [];
  const opened = <Resource extends { readonly close: () => Promise<void> }>(resource: Resource): Resource => {
    undo.push(() => resource.close());
    return resource;
  };
  try {
    const folder = await mkdtemp(path.join(tmpdir(), 'baton-routing-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    const records = opened(await openRecordStore(path.join(folder, 'records.db')));
    // A broken policy is refused before anything is started.
    const teams = await withPolicyFiles([supportDesk(records)], { 'support-desk': options.policy });
    const learned = options.intents === undefined ? undefined : await readIntents(options.intents);
    await records.load(recordsFor(conversations));
    const server = await ensureTemporalServer({ headless: true, progress });
    undo.push(() => server.stop());
    const { address, namespace } = server;
    progress(`Temporal server at ${address}; starting workers`);
    const ledger = opened(await openLedgerStore(path.join(folder, 'ledger.db')));
    const manifests = opened(await openManifestStore(path.join(folder, 'ledger.db')));
    const connection = opened(await NativeConnection.connect({ address }));
    const workers = await createWorkers({
      connection,
      namespace,
      teams,
      ledger,
      manifests,
      bundle: { codePath: await bundledWorkflows() },
      graceMs: 2_000,
      ...(learned ? { learned } : {}),
    });
    const running = workers.run();
    undo.push(async () => {
      workers.stop();
      await running;
    });
    const baton = opened(await connectBaton({ address, namespace }));
    const reports: RoutingReport[] = [];
    const prefix = `routing-${randomBytes(4).toString('hex')}`;
    const waiting = [...conversations];
    // One signal ends every wait of every conversation.
    setMaxListeners(0, signal);
    const playNext = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        const caseId = `${prefix}-${one.id}`;
        reports.push(judgeRouting(await playLabelled(baton, one, { caseId, signal })));
        // Nobody will see to it, on a server that others use.
        if (!server.owned) await baton.cancel(caseId).catch(() => undefined);
        if (reports.length % 20 === 0)
          progress(`${String(reports.length)} of ${String(conversations.length)}`);
      }
    };
    const failed = running.then(() => Promise.reject(new Error('the workers have stopped')));
    await Promise.race([Promise.all(Array.from({ length: options.concurrency }, playNext)), failed]);
    return reports.toSorted((a, b) => a.id.localeCompare(b.id));
  } finally {
    for (const step of undo.toReversed()) await step().catch(() => undefined);
  }
}

async function readIntents(file: string): Promise<LearnedPolicy> {
  try {
    return learnedIntents(parseIntents(JSON.parse(await readFile(file, 'utf8'))));
  } catch (thrown) {
    throw invalidOption('--intents', thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function tableOf(reports: readonly RoutingReport[]): string {
  const { failed, ...counts } = totalsOfRouting(reports);
  const rows = Object.entries(counts).map(([name, count]) => `${name.padEnd(18)} ${String(count)}`);
  return [...rows, `failed             ${failed.join(', ') || 'none'}`].join('\n');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
