import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Team } from '../../activities/define-team.ts';
import { createBatonClient, type BatonClient } from '../../client/baton-client.ts';
import type { ContextStore, LedgerStore, ManifestStore } from '../../contract/ports.ts';
import { cipherOfEnvironment } from '../../security/index.ts';
import { contextLocations, openContextAt, openLedgerStore, openManifestStore } from '../../stores/index.ts';
import { createWorkers } from '../../workers/create-workers.ts';

/** A worker of one private team on a namespace, with stores of its own, as its operators set it up. */
export interface PrivateBed {
  /** What commands of the team's operators find in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the databases lie. */
  readonly folder: string;
  readonly client: Client;
  readonly baton: BatonClient;
  readonly ledger: LedgerStore;
  readonly manifests: ManifestStore;
  readonly context: ContextStore;
  readonly close: () => Promise<void>;
}

/** Starts the worker. */
export async function openPrivateBed(
  team: Team,
  { address, namespace }: { readonly address: string; readonly namespace: string },
): Promise<PrivateBed> {
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-private-'));
  const environment = {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    BATON_PRIVATE_TEAMS: team.name,
    BATON_LEDGER_URL: `file:${path.join(folder, 'ledger.db')}`,
    BATON_CONTEXT_URL: `file:${path.join(folder, 'context.db')}`,
  };
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const ledger = await openLedgerStore(environment.BATON_LEDGER_URL);
  const manifests = await openManifestStore(environment.BATON_LEDGER_URL);
  const context = await openContextAt(contextLocations(environment), cipherOfEnvironment(environment));
  const client = new Client({ connection, namespace });
  const workers = await createWorkers({
    ...{ connection: native, namespace, teams: [team], ledger, manifests, context, graceMs: 200 },
    bundle: { codePath: String(process.env['BATON_TEST_BUNDLE']) },
  });
  const running = workers.run();
  return {
    ...{ environment, folder, client, ledger, manifests, context },
    baton: createBatonClient({ client, ledger, context, privateTeams: [team.name] }),
    close: async () => {
      workers.stop();
      await running;
      await Promise.all([ledger, manifests, context, native, connection].map((one) => one.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
