import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createBatonClient, type BatonClient } from '../../../client/index.ts';
import type { Team } from '../../../activities/define-team.ts';
import type { ModelSettings } from '../../../activities/models/model-settings.ts';
import type { ContextStore, LedgerStore, RecordStore } from '../../../contract/ports.ts';
import { SUPPORT_POLICY, supportDesk } from '../../../examples/support/team.ts';
import { startTemporalServer, type OwnedTemporalServer } from '../../../scripts/temporal-server.ts';
import { openLedgerStore, openManifestStore, openRecordStore } from '../../../stores/open-stores.ts';
import { createWorkers } from '../../../workers/create-workers.ts';
import { withPolicyFiles } from '../../../workers/policy-files.ts';
import { bundledWorkflows } from '../../../examples/workflow-bundle.ts';

/** The support desk on a server of its own, with the client that its users and people have. */
export interface SupportBed {
  readonly client: Client;
  readonly baton: BatonClient;
  readonly ledger: LedgerStore;
  readonly records: RecordStore;
  readonly server: OwnedTemporalServer;
  readonly close: () => Promise<void>;
}

let quiet = false;

/**
 * Starts it all. The server is its own, because desks of other tests serve the same queue of cases.
 * @param options `maxCachedWorkflows: 0` replays every case on every workflow task; a codec encrypts both ends;
 * `ui` starts the server with the Temporal UI; `policed` puts the desk under its policy
 */
export async function openSupportBed(options: {
  readonly maxCachedWorkflows?: number;
  readonly codec?: PayloadCodec;
  readonly ui?: boolean;
  readonly policed?: boolean;
  /** Other desks than that by rules, over the same records. */
  readonly teams?: (records: RecordStore) => readonly Team[];
  readonly context?: ContextStore;
  readonly models?: ModelSettings;
}): Promise<SupportBed> {
  const { codec, maxCachedWorkflows } = options;
  if (!quiet) Runtime.install({ logger: new DefaultLogger('ERROR') });
  quiet = true;
  const server = await startTemporalServer({ headless: options.ui !== true, progress: () => undefined });
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-support-'));
  const ledgerFile = path.join(folder, 'ledger.db');
  const ledger = await openLedgerStore(ledgerFile);
  const manifests = await openManifestStore(ledgerFile);
  const records = await openRecordStore(path.join(folder, 'records.db'));
  const native = await NativeConnection.connect({ address: server.address });
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, ...(codec ? { dataConverter: { payloadCodecs: [codec] } } : {}) });
  const workers = await createWorkers({
    connection: native,
    teams:
      options.teams?.(records) ??
      (await withPolicyFiles(
        [supportDesk(records)],
        options.policed === true ? { 'support-desk': SUPPORT_POLICY } : {},
      )),
    ledger,
    manifests,
    bundle: {
      codePath: codec ? await bundledWorkflows('encrypted') : String(process.env['BATON_TEST_BUNDLE']),
    },
    graceMs: 1_000,
    ...(options.context ? { context: options.context } : {}),
    ...(options.models ? { models: options.models } : {}),
    ...(codec ? { codec } : {}),
    ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
  });
  const running = workers.run();
  return {
    client,
    baton: createBatonClient({ client, ledger }),
    ledger,
    records,
    server,
    close: async () => {
      workers.stop();
      await running;
      await connection.close();
      await native.close();
      await Promise.all([ledger.close(), manifests.close(), records.close()]);
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
