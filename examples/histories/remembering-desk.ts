import type { Team } from '../../activities/define-team.ts';
import { connectBaton, type BatonClient } from '../../client/index.ts';
import { startTemporalServer } from '../../scripts/temporal-server.ts';
import { cipherOfEnvironment } from '../../security/index.ts';
import { contextLocations, openContextAt, openLedgerStore, openManifestStore } from '../../stores/index.ts';
import { connectWorkers } from '../../workers/connect.ts';
import { createWorkers, type WorkersOptions } from '../../workers/create-workers.ts';

/** A desk that runs, with a context store beside its ledger. */
export interface RememberingDesk {
  readonly baton: BatonClient;
  /** Ends workers, stores and server. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a server of its own with workers for teams that keep conversations, facts and what they work with.
 * @param file the database of ledger and context
 */
export async function runRememberingDesk(
  file: string,
  teams: readonly Team[],
  { models }: Pick<WorkersOptions, 'models'> = {},
): Promise<RememberingDesk> {
  const server = await startTemporalServer({ headless: true });
  const { address, namespace } = server;
  const { connection } = await connectWorkers(server);
  const ledger = await openLedgerStore(file);
  const manifests = await openManifestStore(file);
  const context = await openContextAt(contextLocations({ BATON_LEDGER_URL: file }), cipherOfEnvironment({}));
  const workers = await createWorkers({
    ...{ connection, namespace, teams, ledger, manifests, context, graceMs: 500 },
    ...(models ? { models } : {}),
  });
  const ended = workers.run();
  const privateTeams = teams.filter((team) => team.manifest.private).map((team) => team.name);
  const baton = await connectBaton({ address, namespace, ledger, context, privateTeams });
  return {
    baton,
    close: async () => {
      workers.stop();
      await ended;
      await baton.close();
      await connection.close();
      await Promise.all([ledger, manifests, context].map((one) => one.close()));
      await server.stop();
    },
  };
}
