import { BatonError, failure } from '../../contract/failures.ts';
import { pendingMigrations, type StoreComponent } from '../schema-version.ts';
import {
  openEmbedded,
  type EmbeddedDatabase,
  type EmbeddedHandle,
  type EmbeddedOptions,
  type RunSteps,
} from './database.ts';

/** The tables of each store, version by version. A version that was released is never edited; add another. */
const MIGRATIONS: Readonly<Record<StoreComponent, readonly (readonly string[])[]>> = {
  breakers: [
    [
      `CREATE TABLE baton_breakers (
         team TEXT NOT NULL, agent TEXT NOT NULL, agent_version TEXT NOT NULL, state TEXT NOT NULL,
         PRIMARY KEY (team, agent, agent_version)) STRICT`,
      `CREATE TABLE baton_breaker_changes (
         sequence INTEGER PRIMARY KEY AUTOINCREMENT, team TEXT NOT NULL, change TEXT NOT NULL) STRICT`,
    ],
  ],
  pushes: [
    [
      `CREATE TABLE baton_pushes (
         case_id TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (case_id, id)) STRICT`,
    ],
  ],
  ledger: [
    [
      `CREATE TABLE baton_ledger (
         trace TEXT NOT NULL, sequence INTEGER NOT NULL, version TEXT NOT NULL, previous TEXT NOT NULL,
         at TEXT NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL, content TEXT NOT NULL, hash TEXT NOT NULL,
         PRIMARY KEY (trace, sequence)) STRICT, WITHOUT ROWID`,
    ],
    [
      `CREATE TABLE baton_outbox (
         id INTEGER PRIMARY KEY AUTOINCREMENT, trace TEXT NOT NULL, sequence INTEGER NOT NULL, body TEXT NOT NULL,
         taken_until INTEGER NOT NULL DEFAULT 0, UNIQUE (trace, sequence)) STRICT`,
      `CREATE TABLE baton_disabled_endpoints (
         endpoint TEXT PRIMARY KEY NOT NULL, url TEXT NOT NULL, since TEXT NOT NULL) STRICT`,
    ],
  ],
  manifests: [
    [`CREATE TABLE baton_manifests (digest TEXT PRIMARY KEY NOT NULL, manifest TEXT NOT NULL) STRICT`],
  ],
  meters: [
    [
      `CREATE TABLE baton_meters (
         kind TEXT NOT NULL, tenant TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL,
         PRIMARY KEY (kind, tenant, name)) STRICT, WITHOUT ROWID`,
    ],
  ],
  nonces: [
    [
      `CREATE TABLE baton_nonces (
         trace TEXT NOT NULL, nonce TEXT NOT NULL, handoff TEXT NOT NULL, digest TEXT NOT NULL,
         PRIMARY KEY (trace, nonce)) STRICT, WITHOUT ROWID`,
    ],
  ],
  policies: [
    [
      `CREATE TABLE baton_policies (
         team TEXT NOT NULL, policy_version TEXT NOT NULL, digest TEXT NOT NULL, policy TEXT NOT NULL,
         published_at TEXT NOT NULL, published_by TEXT NOT NULL, PRIMARY KEY (team, policy_version)) STRICT`,
      `CREATE TABLE baton_policy_choices (
         sequence INTEGER PRIMARY KEY AUTOINCREMENT, team TEXT NOT NULL, policy_version TEXT NOT NULL,
         chosen_at TEXT NOT NULL, chosen_by TEXT NOT NULL) STRICT`,
      `CREATE INDEX baton_policy_choices_teams ON baton_policy_choices (team, sequence)`,
    ],
  ],
  records: [
    [
      `CREATE TABLE baton_records (
         collection TEXT NOT NULL, id TEXT NOT NULL, record TEXT NOT NULL,
         PRIMARY KEY (collection, id)) STRICT, WITHOUT ROWID`,
      `CREATE TABLE baton_effects (
         key TEXT PRIMARY KEY NOT NULL, state TEXT NOT NULL, tool TEXT NOT NULL, input_digest TEXT, result TEXT,
         epoch INTEGER NOT NULL, attempt INTEGER NOT NULL) STRICT`,
      `CREATE TABLE baton_images (
         key TEXT NOT NULL, position INTEGER NOT NULL, collection TEXT NOT NULL, id TEXT NOT NULL,
         before TEXT, after_digest TEXT, PRIMARY KEY (key, position)) STRICT`,
    ],
  ],
  context: [
    [
      `CREATE TABLE baton_context_cases (
         trace TEXT PRIMARY KEY NOT NULL, case_id TEXT NOT NULL, person TEXT NOT NULL,
         key_id TEXT, wrapped_key TEXT, written_at TEXT NOT NULL) STRICT, WITHOUT ROWID`,
      `CREATE INDEX baton_context_persons ON baton_context_cases (person)`,
      `CREATE INDEX baton_context_idle ON baton_context_cases (written_at)`,
      `CREATE TABLE baton_context_values (
         trace TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, digest TEXT NOT NULL,
         bytes INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (trace, key, version)) STRICT`,
      `CREATE TABLE baton_context_messages (
         trace TEXT NOT NULL, sequence INTEGER NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL,
         PRIMARY KEY (trace, sequence)) STRICT`,
    ],
    [
      `CREATE TABLE baton_context_progress (
         trace TEXT NOT NULL, sequence INTEGER NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL,
         PRIMARY KEY (trace, sequence)) STRICT, WITHOUT ROWID`,
    ],
  ],
  'person-keys': [
    [
      `CREATE TABLE baton_person_keys (
         key_id TEXT PRIMARY KEY NOT NULL, person TEXT NOT NULL UNIQUE, secret TEXT NOT NULL) STRICT`,
    ],
    [
      `CREATE TABLE baton_case_keys (
         id TEXT PRIMARY KEY NOT NULL, case_id TEXT NOT NULL UNIQUE, person TEXT NOT NULL,
         key_id TEXT, wrapped_key TEXT) STRICT`,
      `CREATE INDEX baton_case_keys_persons ON baton_case_keys (person)`,
    ],
  ],
};

/** Opens a database file with the tables of a store in it. */
export async function openEmbeddedTables(
  component: StoreComponent,
  file: string,
  options?: EmbeddedOptions,
): Promise<EmbeddedHandle> {
  const handle = await openEmbedded(file, options);
  try {
    await migrate(handle.database, component);
    return handle;
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

/** Brings the tables of a store up to this release's version, in one transaction. */
async function migrate(database: EmbeddedDatabase, component: StoreComponent): Promise<void> {
  const pending = async (run: RunSteps): Promise<readonly (readonly string[])[]> =>
    pendingMigrations({
      component,
      migrations: MIGRATIONS[component],
      found: await storedVersion(run, component),
      place: database.path,
    });
  if ((await pending(database.read)).length === 0) return;
  await database.transact(async ({ run }) => {
    const steps = (await pending(run)).flat().map((sql) => ({ sql }));
    await run([
      {
        sql: `CREATE TABLE IF NOT EXISTS baton_schema (component TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL) STRICT`,
      },
      ...steps,
      {
        sql: `INSERT INTO baton_schema VALUES (?, ?) ON CONFLICT (component) DO UPDATE SET version = excluded.version`,
        parameters: [component, MIGRATIONS[component].length],
      },
    ]);
  });
}

async function storedVersion(run: RunSteps, component: StoreComponent): Promise<number> {
  const [tables] = await run([
    { sql: `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'baton_schema'` },
  ]);
  if (tables?.rows.length !== 1) return 0;
  const [versions] = await run([
    { sql: 'SELECT version FROM baton_schema WHERE component = ?', parameters: [component] },
  ]);
  const version = versions?.rows[0]?.[0] ?? 0;
  if (typeof version !== 'number')
    throw new BatonError(failure('CONFIGURATION_INVALID', 'baton_schema is damaged'));
  return version;
}
