import { pendingMigrations, type StoreComponent } from '../schema-version.ts';
import { openPostgres, type PostgresDatabase, type PostgresHandle, type Query } from './database.ts';

/**
 * The tables of each store, version by version. A version that was released is never edited; add another. JSON is
 * kept as text: `jsonb` would reorder keys, and a before-image is restored to the byte.
 */
const MIGRATIONS: Readonly<Record<StoreComponent, readonly (readonly string[])[]>> = {
  breakers: [
    [
      `CREATE TABLE baton_breakers (
         team text NOT NULL, agent text NOT NULL, agent_version text NOT NULL, state text NOT NULL,
         PRIMARY KEY (team, agent, agent_version))`,
      `CREATE TABLE baton_breaker_changes (
         sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team text NOT NULL, change text NOT NULL)`,
    ],
  ],
  ledger: [
    [
      `CREATE TABLE baton_ledger (
         trace text NOT NULL, sequence integer NOT NULL, version text NOT NULL, previous text NOT NULL,
         at text NOT NULL, kind text NOT NULL, owner text NOT NULL, content text NOT NULL, hash text NOT NULL,
         PRIMARY KEY (trace, sequence))`,
    ],
    [
      `CREATE TABLE baton_outbox (
         id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, trace text NOT NULL, sequence integer NOT NULL,
         body text NOT NULL, taken_until timestamptz NOT NULL DEFAULT '-infinity', UNIQUE (trace, sequence))`,
      `CREATE TABLE baton_disabled_endpoints (
         endpoint text PRIMARY KEY, url text NOT NULL, since text NOT NULL)`,
    ],
  ],
  manifests: [[`CREATE TABLE baton_manifests (digest text PRIMARY KEY, manifest text NOT NULL)`]],
  meters: [
    [
      `CREATE TABLE baton_meters (
         kind text NOT NULL, tenant text NOT NULL, name text NOT NULL, version bigint NOT NULL, state text NOT NULL,
         PRIMARY KEY (kind, tenant, name))`,
    ],
  ],
  nonces: [
    [
      `CREATE TABLE baton_nonces (
         trace text NOT NULL, nonce text NOT NULL, handoff text NOT NULL, digest text NOT NULL,
         PRIMARY KEY (trace, nonce))`,
    ],
  ],
  pushes: [
    [
      `CREATE TABLE baton_pushes (
         case_id text NOT NULL, id text NOT NULL, body text NOT NULL, PRIMARY KEY (case_id, id))`,
    ],
  ],
  policies: [
    [
      `CREATE TABLE baton_policies (
         team text NOT NULL, policy_version text NOT NULL, digest text NOT NULL, policy text NOT NULL,
         published_at text NOT NULL, published_by text NOT NULL, PRIMARY KEY (team, policy_version))`,
      `CREATE TABLE baton_policy_choices (
         sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team text NOT NULL,
         policy_version text NOT NULL, chosen_at text NOT NULL, chosen_by text NOT NULL)`,
      `CREATE INDEX baton_policy_choices_teams ON baton_policy_choices (team, sequence)`,
    ],
  ],
  records: [
    [
      `CREATE TABLE baton_records (
         collection text NOT NULL, id text NOT NULL, record text NOT NULL, PRIMARY KEY (collection, id))`,
      `CREATE TABLE baton_effects (
         key text PRIMARY KEY, state text NOT NULL, tool text NOT NULL, input_digest text, result text,
         epoch integer NOT NULL, attempt integer NOT NULL)`,
      `CREATE TABLE baton_images (
         key text NOT NULL, position integer NOT NULL, collection text NOT NULL, id text NOT NULL,
         before text, after_digest text, PRIMARY KEY (key, position))`,
    ],
  ],
  context: [
    [
      `CREATE TABLE baton_context_cases (
         trace text PRIMARY KEY, case_id text NOT NULL, person text NOT NULL,
         key_id text, wrapped_key text, written_at text NOT NULL)`,
      `CREATE INDEX baton_context_persons ON baton_context_cases (person)`,
      `CREATE TABLE baton_context_values (
         trace text NOT NULL, key text NOT NULL, version integer NOT NULL, digest text NOT NULL,
         bytes integer NOT NULL, body text NOT NULL, PRIMARY KEY (trace, key, version))`,
      `CREATE TABLE baton_context_messages (
         trace text NOT NULL, sequence integer NOT NULL, digest text NOT NULL, body text NOT NULL,
         PRIMARY KEY (trace, sequence))`,
    ],
    [
      `CREATE TABLE baton_context_progress (
         trace text NOT NULL, sequence integer NOT NULL, digest text NOT NULL, body text NOT NULL,
         PRIMARY KEY (trace, sequence))`,
    ],
  ],
  'person-keys': [
    [
      `CREATE TABLE baton_person_keys (
         key_id text PRIMARY KEY, person text NOT NULL UNIQUE, secret text NOT NULL)`,
    ],
    [
      `CREATE TABLE baton_case_keys (
         id text PRIMARY KEY, case_id text NOT NULL UNIQUE, person text NOT NULL,
         key_id text, wrapped_key text)`,
      `CREATE INDEX baton_case_keys_persons ON baton_case_keys (person)`,
    ],
  ],
};

/** Opens a database with the tables of a store in it. */
export async function openPostgresTables(component: StoreComponent, url: string): Promise<PostgresHandle> {
  const handle = await openPostgres(url);
  try {
    await migrate(handle.database, component);
    return handle;
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

/** Brings the tables of a store up to this release's version, in one transaction; processes that start at once queue up. */
async function migrate(database: PostgresDatabase, component: StoreComponent): Promise<void> {
  const migrations = MIGRATIONS[component];
  const pending = (found: number): readonly (readonly string[])[] =>
    pendingMigrations({ component, migrations, found, place: database.name });

  const { rows } = await database.query(`SELECT to_regclass('baton_schema') IS NOT NULL`);
  if (rows[0]?.[0] === true && pending(await storedVersion(database.query, component)).length === 0) return;
  await database.transact(async (query) => {
    await query(`SELECT pg_advisory_xact_lock(hashtextextended('baton_schema', 0))`);
    // Not to_regclass here: having said no once, it would not notice what was made while we waited for the lock.
    await query(
      `CREATE TABLE IF NOT EXISTS baton_schema (component text PRIMARY KEY, version integer NOT NULL)`,
    );
    const statements = pending(await storedVersion(query, component)).flat();
    for (const statement of statements) await query(statement);
    await query(
      `INSERT INTO baton_schema VALUES ($1, $2) ON CONFLICT (component) DO UPDATE SET version = excluded.version`,
      [component, migrations.length],
    );
  });
}

async function storedVersion(query: Query, component: StoreComponent): Promise<number> {
  const { rows } = await query('SELECT version FROM baton_schema WHERE component = $1', [component]);
  return Number(rows[0]?.[0] ?? 0);
}
