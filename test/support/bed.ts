import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, type WorkflowHandle } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';
import type { Team } from '../../activities/define-team.ts';
import { openConnection } from '../../client/reach/closing-connection.ts';
import { parseCaseInput, type CaseInputWritten, type CaseResult } from '../../contract/case.ts';
import type { PushConfigStore, PushSettings } from '../../contract/a2a-push.ts';
import type { ContextStore, LedgerStore, ManifestStore } from '../../contract/ports.ts';
import { CASE_WORKFLOW } from '../../contract/queues.ts';
import type { WebhookEndpoints } from '../../contract/webhooks/endpoints.ts';
import { openLedgerStore, openManifestStore, openOutbox, openPushStore } from '../../stores/open-stores.ts';
import { bundledWorkflows } from '../../examples/workflow-bundle.ts';
import { createWorkers, queuesOf, type WorkersOptions } from '../../workers/create-workers.ts';
import { payloadConverterPath } from '../../workers/workflow-bundle.ts';

/** A handle of one case. */
export type CaseHandle = WorkflowHandle<(input: CaseInputWritten) => Promise<CaseResult>>;

/** How workers keep cases: `cached` as by default, `uncached` replays a case on every workflow task. */
export type Caching = 'cached' | 'uncached';

/** What a bed may be told. */
export interface BedOptions {
  readonly teams: readonly Team[];
  /** Server; that of the whole test run when absent. */
  readonly address?: string;
  /** Which kinds of case workers to start; `['cached']` when absent. */
  readonly caching?: readonly Caching[];
  /** Instead of an embedded ledger and manifest store in a folder of the bed; closed by whoever opened them. */
  readonly stores?: { readonly ledger: LedgerStore; readonly manifests: ManifestStore };
  /** Where context is kept; none when absent. */
  readonly context?: ContextStore;
  /** Models, their addresses and prices. */
  readonly models?: WorkersOptions['models'];
  /** Pools of the teams that nobody is to serve. */
  readonly unserved?: readonly string[];
  /** For teams that ask for signed handoffs. */
  readonly signing?: WorkersOptions['signing'];
  /** Who the people of pools are, for teams whose pools a directory knows. */
  readonly directory?: WorkersOptions['directory'];
  /** Encrypts what workers and the bed's client send. */
  readonly codec?: PayloadCodec;
  /** Circuit breakers, for teams whose agents have one. */
  readonly breakers?: WorkersOptions['breakers'];
  /** Rates of tools, for teams whose tools have one. */
  readonly rates?: WorkersOptions['rates'];
  /** Budgets of tenants. */
  readonly budgets?: WorkersOptions['budgets'];
  /** Published policies. */
  readonly policies?: WorkersOptions['policies'];
  /** Where events leave to, by an outbox beside the bed's own ledger. */
  readonly webhooks?: WebhookEndpoints;
  /** Desks whose people answer in tickets, by the same outbox. */
  readonly tickets?: Pick<NonNullable<WorkersOptions['tickets']>, 'desks' | 'tokens'>;
  /** How clients of A2A are told of their tasks, by configurations beside the bed's own ledger. */
  readonly pushes?: PushSettings;
  readonly workers?: Partial<Pick<WorkersOptions, 'activitiesAtOnce' | 'graceMs'>>;
}

/** Workers on a real server with everything a test needs to open and look at cases. */
export interface Bed {
  readonly client: Client;
  readonly ledger: LedgerStore;
  readonly manifests: ManifestStore;
  /** Where clients of A2A want to be told of tasks; absent where nobody is. */
  readonly configs?: PushConfigStore;
  /** A folder of the bed, removed when it closes. */
  readonly folder: string;
  /** Task queue of cases: unique to the bed, so that beds share a server without meeting. */
  readonly caseQueue: (caching?: Caching) => string;
  /** Opens a case under a new id, of the tenant that is named. */
  readonly open: (
    team: Team,
    input?: Partial<CaseInputWritten>,
    caching?: Caching,
    tenant?: string,
  ) => Promise<CaseHandle>;
  /** Stops the workers and closes everything that the bed opened. */
  readonly close: () => Promise<void>;
}

let quiet = false;

/** Workers of test files log nothing below an error. Only the first call in a file counts. */
export function quietRuntime(): void {
  if (quiet) return;
  quiet = true;
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter } } });
}

/**
 * Starts workers for teams on the server of the test run (`TEMPORAL_ADDRESS`). Give the pools of your agents names
 * of your own (see {@link unique}), so that files can share the server.
 */
export async function openBed(options: BedOptions): Promise<Bed> {
  quietRuntime();
  const address = options.address ?? String(process.env['TEMPORAL_ADDRESS']);
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-bed-'));
  const own = options.stores === undefined;
  const file = `file:${path.join(folder, 'ledger.db')}`;
  const ledger = options.stores?.ledger ?? (await openLedgerStore(file));
  const manifests = options.stores?.manifests ?? (await openManifestStore(file));
  const outbox = options.webhooks || options.tickets || options.pushes ? await openOutbox(file) : undefined;
  const webhooks = outbox && options.webhooks && { endpoints: options.webhooks, outbox };
  const tickets = outbox && options.tickets && { ...options.tickets, outbox };
  const configs = options.pushes ? await openPushStore(file) : undefined;
  const pushes = outbox && configs && options.pushes && { settings: options.pushes, configs, outbox };
  // A test that fails may leave questions behind: they must not end the file that runs next in this process.
  const { connection, close: closeConnection } = await openConnection({ address });
  const { codec } = options;
  const client = new Client({
    connection,
    dataConverter: {
      payloadConverterPath: payloadConverterPath(),
      ...(codec ? { payloadCodecs: [codec] } : {}),
    },
  });
  const native = await NativeConnection.connect({ address });
  const name = unique('cases');
  const caseQueue = (caching: Caching = 'cached'): string => `${name}-${caching}`;
  const unserved = options.unserved ?? [];
  const pools = queuesOf(options.teams)
    .slice(1)
    .filter((queue) => !unserved.some((pool) => queue === `baton-${pool}`));
  const groups = await Promise.all(
    (options.caching ?? ['cached']).map(async (caching, index) =>
      createWorkers({
        connection: native,
        teams: options.teams,
        ledger,
        manifests,
        caseQueue: caseQueue(caching),
        queues: [caseQueue(caching), ...(index === 0 ? pools : [])],
        ...(codec
          ? { codec, bundle: { codePath: await bundledWorkflows('encrypted') } }
          : { bundle: { codePath: String(process.env['BATON_TEST_BUNDLE']) } }),
        ...(options.context ? { context: options.context } : {}),
        graceMs: 1_000,
        ...(options.signing ? { signing: options.signing } : {}),
        ...(options.directory ? { directory: options.directory } : {}),
        ...(options.models ? { models: options.models } : {}),
        ...(options.policies ? { policies: options.policies } : {}),
        ...(options.breakers ? { breakers: options.breakers } : {}),
        ...(options.rates ? { rates: options.rates } : {}),
        ...(options.budgets ? { budgets: options.budgets } : {}),
        ...(webhooks ? { webhooks } : {}),
        ...(tickets ? { tickets } : {}),
        ...(pushes ? { pushes } : {}),
        ...(caching === 'uncached' ? { maxCachedWorkflows: 0 } : {}),
        ...options.workers,
      }),
    ),
  );
  const running = groups.map((group) => group.run());
  return {
    client,
    ledger,
    manifests,
    ...(configs ? { configs } : {}),
    folder,
    caseQueue,
    open: (team, input = {}, caching = 'cached', tenant = '') =>
      client.workflow.start<(input: CaseInputWritten) => Promise<CaseResult>>(CASE_WORKFLOW, {
        workflowId: unique(tenant === '' ? team.name : `${tenant}~${team.name}`),
        taskQueue: caseQueue(caching),
        workflowTaskTimeout: '2 seconds',
        args: [caseInput(team.name, input)],
      }),
    close: async () => {
      for (const group of groups) group.stop();
      await Promise.all(running);
      await native.close();
      await closeConnection();
      await outbox?.close();
      await configs?.close();
      if (own) await Promise.all([ledger.close(), manifests.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A name nobody else uses: for teams, pools and cases of a test file. */
export function unique(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`;
}

/** Input of a case with a first message; throws when it would be refused. */
export function caseInput(team: string, input: Partial<CaseInputWritten> = {}): CaseInputWritten {
  const whole: CaseInputWritten = {
    version: '1.0.0',
    team,
    task: { definition: 'help the customer' },
    message: { id: 'first', text: 'Hello' },
    ...input,
  };
  const parsed = parseCaseInput(whole);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return whole;
}
