import pg from 'pg';
import { BatonError, failure } from '../../contract/failures.ts';
import { sharedResources } from '../shared-resources.ts';
import { withoutPassword } from '../store-location.ts';
import { isDeadlock, storeFailure } from './failures.ts';

/** Runs one statement. */
export type Query = (text: string, values?: readonly unknown[]) => Promise<QueryResult>;

/** What a statement came to: rows as lists in the order of their columns, and how many rows it answered or changed. */
export interface QueryResult {
  readonly command: string;
  readonly rows: readonly (readonly unknown[])[];
  readonly count: number;
}

/** A pool of connections to one PostgreSQL database. */
export interface PostgresDatabase {
  /** The address without its password, for messages. */
  readonly name: string;
  readonly query: Query;
  /**
   * Runs work in one transaction: kept when it answers, dropped when it throws. After a deadlock, which leaves
   * nothing behind, it runs again.
   */
  transact<Answer>(work: (query: Query) => Promise<Answer>): Promise<Answer>;
}

/** One store's use of a database. */
export interface PostgresHandle {
  readonly database: PostgresDatabase;
  readonly close: () => Promise<void>;
}

interface PostgresPool extends PostgresDatabase {
  close(): Promise<void>;
}

/** How often work is begun before a deadlock is reported. */
const ATTEMPTS = 5;

const openPools = sharedResources<PostgresPool>({
  open: (url) => Promise.resolve(openPool(url)),
  close: (pool) => pool.close(),
});

/** Opens a database. Stores of one process and one address share its pool, which connects when it is first asked. */
export async function openPostgres(url: string): Promise<PostgresHandle> {
  const shared = await openPools(url);
  return { database: shared.value, close: () => shared.release() };
}

function openPool(url: string): PostgresPool {
  const name = withoutPassword(url);
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'baton',
    max: 10,
    connectionTimeoutMillis: 5_000,
    // A server that has gone silent must not hold an activity for longer than its retry would take.
    query_timeout: 15_000,
    statement_timeout: 10_000,
    lock_timeout: 5_000,
    // A process that sleeps in the middle of a change loses its locks, and its transaction with them.
    idle_in_transaction_session_timeout: 10_000,
    keepAlive: true,
    allowExitOnIdle: true,
  });
  // An idle connection that breaks has left the pool already; the next query opens another.
  pool.on('error', ignore);

  /** Lends a connection; one that may be broken, or in the middle of something, does not come back to the pool. */
  const lend = async <Answer>(
    work: (query: Query, settled: () => void) => Promise<Answer>,
  ): Promise<Answer> => {
    const client = await pool.connect().catch((thrown: unknown) => {
      throw storeFailure(name, thrown);
    });
    // Between two queries a broken connection reports to the client alone; unheard, it would end the process.
    client.on('error', ignore);
    let usable = false;
    const query: Query = async (text, values = []) => {
      try {
        const result = await client.query<unknown[]>({ text, values: [...values], rowMode: 'array' });
        return { command: result.command, rows: result.rows, count: result.rowCount ?? 0 };
      } catch (thrown) {
        throw storeFailure(name, thrown);
      }
    };
    try {
      return await work(query, () => {
        usable = true;
      });
    } finally {
      client.off('error', ignore);
      client.release(!usable);
    }
  };

  const attempt = <Answer>(work: (query: Query) => Promise<Answer>): Promise<Answer> =>
    lend(async (query, settled) => {
      await query('BEGIN');
      try {
        const answer = await work(query);
        const { command } = await query('COMMIT');
        // A transaction in which a statement failed ends with ROLLBACK even when COMMIT is asked for.
        if (command !== 'COMMIT') throw new BatonError(failure('STORE_UNAVAILABLE', `${name}: rolled back`));
        settled();
        return answer;
      } catch (thrown) {
        // Whatever went wrong first is what the caller must hear of.
        await query('ROLLBACK').then(settled, ignore);
        throw thrown;
      }
    });

  return {
    name,
    query: (text, values) =>
      lend(async (query, settled) => {
        const result = await query(text, values);
        settled();
        return result;
      }),
    transact: async (work) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await attempt(work);
        } catch (thrown) {
          if (tries === ATTEMPTS || !isDeadlock(thrown)) throw thrown;
        }
      }
    },
    close: () => pool.end(),
  };
}

function ignore(): void {
  // The query that meets the broken connection reports it.
}
