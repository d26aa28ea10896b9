import { Client } from 'pg';
import { ensurePostgres, startPostgres } from '../../scripts/postgres.ts';

const quiet = (): void => undefined;

/** Runs one statement on a connection of its own and returns the rows. */
async function query(url: string, statement: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

test('a private cluster keeps what was committed through a crash, and is gone after stop', async () => {
  const postgres = await startPostgres();
  try {
    await query(postgres.url, 'create table kept (n int)');
    for (const how of ['immediate', 'SIGKILL'] as const) {
      await query(postgres.url, 'insert into kept values (1)');
      await postgres.kill(how);
      await expect(query(postgres.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
      await postgres.start();
    }
    expect(await query(postgres.url, 'select n from kept')).toHaveLength(2);
    const borrowed = await ensurePostgres({ environment: { BATON_TEST_POSTGRES_URL: postgres.url } });
    expect(borrowed).toMatchObject({ url: postgres.url, owned: false });
    await borrowed.stop();
    expect(await query(postgres.url, 'select n from kept')).toHaveLength(2);
  } finally {
    await postgres.stop();
  }
  await expect(query(postgres.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
}, 900_000);

test('a URL where no database answers is refused', async () => {
  const environment = { BATON_TEST_POSTGRES_URL: 'postgresql://baton@127.0.0.1:1/postgres' };
  await expect(ensurePostgres({ environment, progress: quiet })).rejects.toMatchObject({
    code: 'POSTGRES_UNAVAILABLE',
  });
});
