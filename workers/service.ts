import { cipherOfEnvironment } from '../security/case-keys.ts';
import {
  doorKeysOfEnvironment,
  payloadsOfEnvironment,
  sealsOfEnvironment,
} from '../security/of-environment.ts';
import type { EncryptionOptions } from '../security/payload-codec.ts';
import { openContextAt } from '../stores/context-locations.ts';
import { openPeopleFile } from '../stores/directory/people-file.ts';
import {
  openBreakerStore,
  openLedgerStore,
  openManifestStore,
  openNonceStore,
  openOutbox,
  openPersonKeyTable,
  openPolicyStore,
  openPushStore,
  openTenantBudgets,
  openToolRates,
} from '../stores/open-stores.ts';
import type { WorkerConfig } from './config.ts';
import { connectWorkers } from './connect.ts';
import { createWorkers, type Workers } from './create-workers.ts';
import { loadTeams } from './load-teams.ts';
import { withPolicyFiles } from './policy-files.ts';
import { requireSearchAttributes } from './search-attributes.ts';

/** A worker process's work, ready to run. */
export interface Service extends Workers {
  readonly address: string;
  readonly namespace: string;
  readonly teams: readonly string[];
  /** Gives everything back, after `run` has ended. */
  readonly close: () => Promise<void>;
}

/**
 * Opens everything a worker process needs, in the order in which it is cheapest to find out that something is
 * missing. The server is that of Temporal's own variables or profile.
 * @param options `onAlarm` is told of a key that this process should have and has not
 * @throws BatonError `CONFIGURATION_INVALID`, `CODEC_KEY_MISSING`, `SIGNING_KEY_MISSING`, `DOOR_KEY_MISSING`,
 * `TEAM_INVALID`, `POLICY_INVALID`, `DIRECTORY_INVALID`, `SERVER_UNREACHABLE`,
 * `SEARCH_ATTRIBUTE_MISSING`, `STORE_UNAVAILABLE`, `STORE_IN_USE`
 */
export async function openService(
  config: WorkerConfig,
  options: Pick<EncryptionOptions, 'onAlarm'> = {},
): Promise<Service> {
  const closers: (() => Promise<void>)[] = [];
  const opened = <Resource extends { close: () => Promise<void> }>(resource: Resource): Resource => {
    closers.unshift(() => resource.close());
    return resource;
  };
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0)) await one();
  };
  try {
    const payloads = await payloadsOfEnvironment(
      { BATON_CODEC_KEYS: config.codecKeys, BATON_MASTER_KEY: config.masterKey },
      { ...options, openKeys: () => openPersonKeyTable(config.context.keysUrl), onlyOpenCases: true },
    );
    if (payloads) opened(payloads);
    const cipherOf = cipherOfEnvironment({ BATON_MASTER_KEY: config.masterKey });
    const seals = sealsOfEnvironment({ BATON_SIGNING_KEYS: config.signingKeys });
    const doorKeys = doorKeysOfEnvironment({ BATON_DOOR_KEYS: config.doorKeys });
    const loaded = opened(await loadTeams(config.teamModules));
    const teams = await withPolicyFiles(loaded.teams, config.policyFiles ?? {});
    const { connection, address, namespace } = await connectWorkers();
    opened(connection);
    await requireSearchAttributes(connection, namespace);
    const ledger = opened(await openLedgerStore(config.ledgerUrl));
    const manifests = opened(await openManifestStore(config.ledgerUrl));
    const policies = opened(await openPolicyStore(config.ledgerUrl));
    const breakers = opened(await openBreakerStore(config.ledgerUrl));
    const rates = opened(await openToolRates(config.ledgerUrl));
    const budgets = opened(await openTenantBudgets(config.ledgerUrl));
    const context = opened(await openContextAt(config.context, cipherOf));
    const signing = seals && { seals, nonces: opened(await openNonceStore(config.ledgerUrl)) };
    const directory = config.peopleFile === undefined ? undefined : await openPeopleFile(config.peopleFile);
    const endpoints = config.webhooks;
    const isTelling = [endpoints, config.tickets, config.pushes].some((one) => one !== undefined);
    const outbox = isTelling ? opened(await openOutbox(config.ledgerUrl)) : undefined;
    const webhooks = endpoints && outbox && { endpoints, outbox };
    const tickets = config.tickets && outbox && { ...config.tickets, outbox };
    const configs = config.pushes && opened(await openPushStore(config.ledgerUrl));
    const pushes = config.pushes && configs && outbox && { settings: config.pushes, configs, outbox };
    const { queues, maxCachedWorkflows, activitiesAtOnce, graceMs } = config;
    const workers = await createWorkers({
      connection,
      namespace,
      teams,
      ledger: payloads?.sealed(ledger) ?? ledger,
      manifests,
      policies,
      breakers,
      rates,
      budgets,
      context,
      models: config.models,
      ...(payloads ? { codec: payloads.codec } : {}),
      ...(signing ? { signing } : {}),
      ...(config.signatures ? { signatures: config.signatures } : {}),
      ...(directory ? { directory } : {}),
      ...(doorKeys ? { doorKeys } : {}),
      ...(webhooks ? { webhooks } : {}),
      ...(tickets ? { tickets } : {}),
      ...(pushes ? { pushes } : {}),
      ...(queues ? { queues } : {}),
      ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
      ...(activitiesAtOnce === undefined ? {} : { activitiesAtOnce }),
      ...(graceMs === undefined ? {} : { graceMs }),
    });
    return { ...workers, address, namespace, teams: teams.map((team) => team.name), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
