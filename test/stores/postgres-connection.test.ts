import pg from 'pg';
import { startPostgres, type OwnedPostgres } from '../../scripts/postgres.ts';
import type { ChangeAnswer } from '../../contract/ports.ts';
import { openLedgerStore, openManifestStore, openRecordStore } from '../../stores/index.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { chainOfLength } from './ledger-rows.ts';

describe('the connection to PostgreSQL', () => {
  let postgres: OwnedPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  const commitOf = (change: () => Promise<ChangeAnswer>) => ({
    key: 'cut',
    fence: { epoch: 1, attempt: 1 },
    tool: 't',
    inputDigest: 'd',
    change,
  });

  it('may break after a COMMIT whose answer never comes: the repeat finds what was done', async () => {
    const proxy = await startCuttingProxy(postgres.url);
    const store = await openRecordStore(proxy.url);
    const change = jest.fn(() => Promise.resolve<ChangeAnswer>({ kind: 'done', result: 1 }));
    proxy.cutAfter('COMMIT');
    await expect(store.commit(commitOf(change))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await store.commit(commitOf(change))).toEqual({ kind: 'committed', result: 1, repeated: true });
    expect(change).toHaveBeenCalledTimes(1);

    proxy.cutAfter('COMMIT');
    const undo = { key: 'cut', fence: { epoch: 1, attempt: 2 }, tool: 't' };
    await expect(store.undo(undo)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await store.undo(undo)).toEqual({ kind: 'undone', repeated: true });
    await store.close();

    const ledger = await openLedgerStore(proxy.url);
    const rows = chainOfLength('cut', 3);
    proxy.cutAfter('INSERT INTO baton_ledger');
    await expect(ledger.append(rows)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await ledger.append(rows);
    expect(await ledger.read('cut')).toEqual(rows);
    await ledger.close();
    await proxy.stop();
  });

  it('may break in the middle of a change, which is then undone', async () => {
    const store = await openRecordStore(postgres.url);
    await store.load({ c: { i: 1 } });
    const proxy = await startCuttingProxy(postgres.url);
    const cut = await openRecordStore(proxy.url);
    proxy.cutAfter('INSERT INTO baton_records');
    const broken = cut.commit({
      ...commitOf(() => Promise.resolve({ kind: 'done', result: 1 })),
      change: async (records) => {
        await records.put('c', 'i', 2);
        return { kind: 'done', result: 2 };
      },
    });
    await expect(broken).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await store.snapshot()).toEqual({ c: { i: 1 } });
    expect(await store.look('cut')).toBe('unseen');
    await Promise.all([store.close(), cut.close()]);
    await proxy.stop();
  });

  it('comes back when the server does, and what was committed is there', async () => {
    const store = await openRecordStore(postgres.url);
    const ledger = await openLedgerStore(postgres.url);
    await store.load({ c: { i: 1 } });
    await ledger.append(chainOfLength('crash', 2));
    await postgres.kill('SIGKILL');
    await expect(store.get('c', 'i')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(ledger.append(chainOfLength('crash', 3))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    await expect(openManifestStore(postgres.url)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await postgres.start();
    expect(await store.get('c', 'i')).toBe(1);
    await ledger.append(chainOfLength('crash', 3));
    expect(await ledger.read('crash')).toEqual(chainOfLength('crash', 3));
    await Promise.all([store.close(), ledger.close()]);
  });

  it('ends a deadlock between two changes by running one of them again', async () => {
    const store = await openRecordStore(postgres.url);
    await store.load({ accounts: { a: 100, b: 100 } });
    const holding = new Set<string>();
    let bothHold = (): void => undefined;
    const meeting = new Promise<void>((resolve) => {
      bothHold = resolve;
    });
    let runs = 0;
    const move = (from: string, to: string): ReturnType<typeof store.commit> =>
      store.commit({
        key: `${from} to ${to}`,
        fence: { epoch: 1, attempt: 1 },
        tool: 't',
        inputDigest: 'd',
        change: async (records) => {
          runs += 1;
          const left = Number(await records.get('accounts', from));
          holding.add(from);
          if (holding.size === 2) bothHold();
          await meeting;
          const right = Number(await records.get('accounts', to));
          await records.put('accounts', from, left - 10);
          await records.put('accounts', to, right + 10);
          return { kind: 'done', result: null };
        },
      });
    const outcomes = await Promise.all([move('a', 'b'), move('b', 'a')]);
    expect(outcomes).toEqual([1, 2].map(() => ({ kind: 'committed', result: null, repeated: false })));
    expect(runs).toBe(3);
    expect(await store.snapshot()).toEqual({ accounts: { a: 100, b: 100 } });
    await store.close();
  });

  it('says which database is wrong, not its password', async () => {
    const url = new URL(postgres.url);
    url.pathname = '/nobody_made_this';
    url.password = 'secret';
    const thrown: unknown = await openLedgerStore(url.href).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'CONFIGURATION_INVALID' });
    expect(String(thrown)).toContain('nobody_made_this');
    expect(String(thrown)).not.toContain('secret');
  });

  it('is opened by many at once on an empty database', async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query('CREATE SCHEMA many');
    await client.end();
    // Addresses that differ have pools of their own, as processes do.
    const opened = await Promise.all(
      Array.from({ length: 8 }, (_, index) => {
        const url = new URL(postgres.url);
        url.searchParams.set('options', '-csearch_path=many');
        url.searchParams.set('application_name', `opener-${String(index)}`);
        return openRecordStore(url.href);
      }),
    );
    expect(await opened[0]?.snapshot()).toEqual({});
    await Promise.all(opened.map((store) => store.close()));
  });

  it('leaves tables of a newer release alone', async () => {
    await (await openLedgerStore(postgres.url)).close();

    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(`UPDATE baton_schema SET version = 9 WHERE component = 'ledger'`);
    await client.end();
    await expect(openLedgerStore(postgres.url)).rejects.toThrow('version 9 of the ledger tables');
  });
});
