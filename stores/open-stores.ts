import type { PushConfigStore } from '../contract/a2a-push.ts';
import type { CaseCipher, PersonKeyTable, WrappedKeys } from '../contract/key-ports.ts';
import type {
  BreakerStore,
  ContextStore,
  LedgerStore,
  ManifestStore,
  Outbox,
  PolicyStore,
  RecordStore,
} from '../contract/ports.ts';
import type { ToolRates } from '../contract/rates.ts';
import type { NonceStore } from '../contract/seal.ts';
import type { TenantBudgets } from '../contract/tenant-budget.ts';
import { contextStore } from './context-rules.ts';
import type { ContextTable } from './context-table.ts';
import { openEmbeddedBreakerStore } from './embedded/breaker-table.ts';
import { openEmbeddedContextTable } from './embedded/context-table.ts';
import type { EmbeddedOptions } from './embedded/database.ts';
import { openEmbeddedLedgerStore } from './embedded/ledger-store.ts';
import { openEmbeddedManifestStore } from './embedded/manifest-store.ts';
import { openEmbeddedMeterTable } from './embedded/meter-table.ts';
import { openEmbeddedNonceStore } from './embedded/nonce-store.ts';
import { openEmbeddedOutbox } from './embedded/outbox.ts';
import { openEmbeddedPersonKeyTable } from './embedded/person-key-table.ts';
import { openEmbeddedPolicyStore } from './embedded/policy-store.ts';
import { openEmbeddedPushStore } from './embedded/push-store.ts';
import { openEmbeddedRecordStore } from './embedded/record-store.ts';
import type { MeterTable } from './meter-table.ts';
import { parseStoreLocation } from './store-location.ts';
import { tenantBudgets } from './tenant-budgets.ts';
import { toolRates } from './tool-rates.ts';

// Drivers of databases that are not used are not loaded: that would be a quarter of a second of every process.

/**
 * Opens the ledger at an address: `file:/path/to/file.db` or a path for the embedded store, `postgres://...` for
 * PostgreSQL. Folders and tables that are missing are made.
 * @throws failures `CONFIGURATION_INVALID` for an address that cannot be one, a file that is not a database, tables
 * of a newer release or a refused login; `STORE_IN_USE` when another host holds the file; `STORE_UNAVAILABLE`
 * (retryable) when the database does not answer
 */
export async function openLedgerStore(url: string, options?: EmbeddedOptions): Promise<LedgerStore> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedLedgerStore(location.path, options)
    : (await import('./postgres/ledger-store.ts')).openPostgresLedgerStore(location.url);
}

/** Opens the outbox in the database of the ledger, as {@link openLedgerStore} does the ledger. */
export async function openOutbox(url: string, options?: EmbeddedOptions): Promise<Outbox> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedOutbox(location.path, options)
    : (await import('./postgres/outbox.ts')).openPostgresOutbox(location.url);
}

/** Opens where clients of A2A want to be told of their tasks, as {@link openLedgerStore} does the ledger. */
export async function openPushStore(url: string, options?: EmbeddedOptions): Promise<PushConfigStore> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedPushStore(location.path, options)
    : (await import('./postgres/push-store.ts')).openPostgresPushStore(location.url);
}

/** Opens the store of team manifests at an address, as {@link openLedgerStore} does the ledger. */
export async function openManifestStore(url: string, options?: EmbeddedOptions): Promise<ManifestStore> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedManifestStore(location.path, options)
    : (await import('./postgres/manifest-store.ts')).openPostgresManifestStore(location.url);
}

/** Opens the store of published policies at an address, as {@link openLedgerStore} does the ledger. */
export async function openPolicyStore(url: string, options?: EmbeddedOptions): Promise<PolicyStore> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedPolicyStore(location.path, options)
    : (await import('./postgres/policy-store.ts')).openPostgresPolicyStore(location.url);
}

/** Opens the circuit breakers of agents at an address, as {@link openLedgerStore} does the ledger. */
export async function openBreakerStore(url: string, options?: EmbeddedOptions): Promise<BreakerStore> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedBreakerStore(location.path, options)
    : (await import('./postgres/breaker-table.ts')).openPostgresBreakerStore(location.url);
}

/** Opens the rates of tools at an address, as {@link openLedgerStore} does the ledger. */
export async function openToolRates(url: string, options?: EmbeddedOptions): Promise<ToolRates> {
  return toolRates(await openMeterTable(url, options));
}

/** Opens the budgets of tenants at an address, as {@link openLedgerStore} does the ledger. */
export async function openTenantBudgets(url: string, options?: EmbeddedOptions): Promise<TenantBudgets> {
  return tenantBudgets(await openMeterTable(url, options));
}

async function openMeterTable(url: string, options?: EmbeddedOptions): Promise<MeterTable> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedMeterTable(location.path, options)
    : (await import('./postgres/meter-table.ts')).openPostgresMeterTable(location.url);
}

/** Opens the store of consumed nonces at an address, as {@link openLedgerStore} does the ledger. */
export async function openNonceStore(url: string, options?: EmbeddedOptions): Promise<NonceStore> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedNonceStore(location.path, options)
    : (await import('./postgres/nonce-store.ts')).openPostgresNonceStore(location.url);
}

/**
 * Opens a record store at an address, as {@link openLedgerStore} does the ledger. Give it a database of its own: in
 * one file with the ledger, every append would wait for the change that is just running.
 */
export async function openRecordStore(url: string, options?: EmbeddedOptions): Promise<RecordStore> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedRecordStore(location.path, options)
    : (await import('./postgres/record-store.ts')).openPostgresRecordStore(location.url);
}

/** How a context store is opened. */
export interface ContextStoreOptions extends EmbeddedOptions {
  /** Encrypts what is kept; closed with the store. */
  readonly cipher: CaseCipher;
  /** Address of a Redis in front of it: `redis://user:password@host:6379/0`, or `rediss://` for TLS. */
  readonly hotUrl?: string;
}

/**
 * Opens the context store at an address, as {@link openLedgerStore} does the ledger, with Redis in front where one is
 * named. A Redis that is not there is no failure: the durable store answers until it is.
 * @throws also a failure `CONFIGURATION_INVALID` when Redis refuses the login
 */
export async function openContextStore(url: string, options: ContextStoreOptions): Promise<ContextStore> {
  const { cipher, hotUrl, ...embedded } = options;
  const durable = await openContextTable(url, embedded);
  if (hotUrl === undefined) return contextStore(durable, cipher);
  try {
    const { openHotConnection } = await import('./redis/connection.ts');
    const { hotContextTable } = await import('./redis/hot-context.ts');
    return contextStore(hotContextTable(await openHotConnection(hotUrl), durable), cipher);
  } catch (thrown) {
    await durable.close();
    throw thrown;
  }
}

async function openContextTable(url: string, options?: EmbeddedOptions): Promise<ContextTable> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedContextTable(location.path, options)
    : (await import('./postgres/context-table.ts')).openPostgresContextTable(location.url);
}

/**
 * Opens the data keys of a context store, to wrap them anew and nothing else. Copies in a Redis still have the old
 * wrapping; whoever cannot open one asks the durable store.
 * @param boundTo what a case's key is bound to: `boundContextKey` of the security room
 */
export async function openContextKeys(
  url: string,
  boundTo: (trace: string) => string,
): Promise<WrappedKeys & { close(): Promise<void> }> {
  const table = await openContextTable(url);
  return {
    ofPerson: async (person) =>
      (await table.casesOf(person)).flatMap(({ trace, key }) =>
        key === undefined ? [] : [{ id: trace, key, bound: boundTo(trace) }],
      ),
    rewrap: (one, to) => table.rewrap(one.id, one.key, to),
    close: () => table.close(),
  };
}

/**
 * Opens the table of persons' keys at an address, as {@link openLedgerStore} does the ledger. Give it a file or
 * database of its own: whoever restores a backup that has both, restores what was erased.
 */
export async function openPersonKeyTable(url: string, options?: EmbeddedOptions): Promise<PersonKeyTable> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedPersonKeyTable(location.path, options)
    : (await import('./postgres/person-key-table.ts')).openPostgresPersonKeyTable(location.url);
}
