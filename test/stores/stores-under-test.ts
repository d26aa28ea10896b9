import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'libsql';
import pg from 'pg';
import { ensurePostgres, type Postgres } from '../../scripts/postgres.ts';

/** A kind of database that the suites run on. */
export interface StoresUnderTest {
  readonly start: () => Promise<void>;
  /** The address of an empty database. */
  readonly freshUrl: () => Promise<string>;
  /** Runs a statement behind the stores' back, as somebody with a database client would. */
  readonly execute: (url: string, sql: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** SQLite files in a temporary folder. */
export function embeddedStores(): StoresUnderTest {
  let folder = '';
  let files = 0;
  return {
    start: async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'baton-stores-'));
    },
    freshUrl: () => {
      files += 1;
      return Promise.resolve(`file:${path.join(folder, `store-${String(files)}.db`)}`);
    },
    execute: async (url, sql) => {
      const database = new Database(url.slice('file:'.length));
      try {
        await Promise.resolve(database.exec(sql));
      } finally {
        database.close();
      }
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Schemas of one PostgreSQL database. */
export function postgresStores(): StoresUnderTest {
  let server: Postgres | undefined;
  const schemas: string[] = [];
  const execute = async (url: string, sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  const serverUrl = (): string => {
    if (server === undefined) throw new Error('start() comes first');
    return server.url;
  };
  return {
    start: async () => {
      server = await ensurePostgres();
    },
    freshUrl: async () => {
      const schema = `baton_test_${String(process.pid)}_${String(schemas.length)}`;
      schemas.push(schema);
      await execute(serverUrl(), `CREATE SCHEMA ${schema}`);
      const url = new URL(serverUrl());
      url.searchParams.set('options', `-csearch_path=${schema}`);
      return url.href;
    },
    execute,
    stop: async () => {
      for (const schema of schemas) await execute(serverUrl(), `DROP SCHEMA ${schema} CASCADE`);
      await server?.stop();
    },
  };
}
