import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Team } from '../activities/define-team.ts';
import type { ModelSettings } from '../activities/models/model-settings.ts';
import { connectBaton, type BatonClient } from '../client/index.ts';
import type { LedgerStore, RecordStore } from '../contract/ports.ts';
import type { TemporalServer } from '../scripts/temporal-server.ts';
import { cipherOfEnvironment, payloadsOfEnvironment } from '../security/index.ts';
import { ledgerUrl } from '../stores/ledger-url.ts';
import { contextLocations, openContextAt } from '../stores/context-locations.ts';
import { openLedgerStore, openManifestStore, openPersonKeyTable } from '../stores/open-stores.ts';
import { connectWorkers } from '../workers/connect.ts';
import { createWorkers } from '../workers/create-workers.ts';
import { withPolicyFiles } from '../workers/policy-files.ts';
import { requireSearchAttributes } from '../workers/search-attributes.ts';
import { openRecords, SUPPORT_POLICY, supportDesk } from './support/team.ts';
import { bundledWorkflows } from './workflow-bundle.ts';

/** The support desk at work: its workers in this process, and a client as users and people have it. */
export interface RunningDesk {
  readonly baton: BatonClient;
  /** The ledger in clear, whatever lies in its store. */
  readonly ledger: LedgerStore;
  /** The company's records, shared with every worker of this folder. */
  readonly records: RecordStore;
  readonly queues: readonly string[];
  /** Ends with the workers; rejects when they fail. */
  readonly ended: Promise<void>;
  /** Drains the workers and closes everything. Repeated calls are harmless. */
  readonly stop: () => Promise<void>;
}

/** The terminal belongs to the story: attempts that fail on purpose are told there. Once a process, before workers. */
export function quietTerminal(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) },
    },
  });
}

/** Another desk than that by rules. */
export interface DeskOptions {
  readonly teams: (records: RecordStore) => readonly Team[];
  readonly models: ModelSettings;
  /** Queue of its cases, so that a desk by rules beside it takes none of them. */
  readonly caseQueue: string;
}

/**
 * Starts the desk on a server, under its policy.
 * @param other a desk with models: it has a context store, in which its models' conversations stand
 * @throws BatonError `POLICY_INVALID` naming lines of its file, `SEARCH_ATTRIBUTE_MISSING` with the command that adds them, `SERVER_UNREACHABLE`,
 * `STORE_UNAVAILABLE`
 */
export async function runDesk(
  server: Pick<TemporalServer, 'address' | 'namespace'>,
  other?: DeskOptions,
): Promise<RunningDesk> {
  quietTerminal();
  const { address, namespace } = server;
  const { connection } = await connectWorkers(server);
  await requireSearchAttributes(connection, namespace);
  const url = ledgerUrl(process.env);
  const [stored, manifests, records] = await Promise.all([
    openLedgerStore(url),
    openManifestStore(url),
    openRecords(),
  ]);
  const context =
    other && (await openContextAt(contextLocations(process.env), cipherOfEnvironment(process.env)));
  const payloads = await payloadsOfEnvironment(process.env, {
    openKeys: () => openPersonKeyTable(contextLocations(process.env).keysUrl),
  });
  const ledger = payloads?.sealed(stored) ?? stored;
  const encrypted = payloads ? { codec: payloads.codec, caseKeys: payloads.caseKeys } : {};
  const baton = await connectBaton({ address, namespace, ledger, ...encrypted });
  const workers = await createWorkers({
    connection,
    namespace,
    teams:
      other?.teams(records) ??
      (await withPolicyFiles([supportDesk(records)], { 'support-desk': SUPPORT_POLICY })),
    ledger,
    manifests,
    ...(other ? { models: other.models, caseQueue: other.caseQueue } : {}),
    ...(context ? { context } : {}),
    ...(payloads ? { codec: payloads.codec } : {}),
    bundle: { codePath: await bundledWorkflows(payloads ? 'encrypted' : 'in-clear') },
    graceMs: 2_000,
  });
  const ended = workers.run();
  let stopping: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    workers.stop();
    await ended.catch(() => undefined);
    await baton.close();
    await connection.close();
    await Promise.all([
      ledger.close(),
      manifests.close(),
      records.close(),
      context?.close(),
      payloads?.close(),
    ]);
  };
  return {
    baton,
    ledger,
    records,
    queues: workers.queues,
    ended,
    stop: () => (stopping ??= close()),
  };
}
