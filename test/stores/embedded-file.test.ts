import { mkdir, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'libsql';
import { claimHost, hostIdentity } from '../../stores/embedded/host-claim.ts';
import { openLedgerStore, openManifestStore, openRecordStore } from '../../stores/index.ts';
import { chainOfLength } from './ledger-rows.ts';

describe('the file of an embedded store', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'baton-file-'));
    file = path.join(folder, 'store.db');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is made with its folders', async () => {
    const deep = path.join(folder, 'a', 'b', 'store.db');
    const ledger = await openLedgerStore(`file:${deep}`);
    await ledger.append(chainOfLength('t', 1));
    await ledger.close();
    expect((await readFile(deep)).subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  it('may be shared by all three stores, also by way of a link', async () => {
    await symlink(folder, path.join(folder, 'link'));
    const stores = [
      await openLedgerStore(file),
      await openManifestStore(file),
      await openRecordStore(path.join(folder, 'link', 'store.db')),
    ] as const;
    const [ledger, manifests, records] = stores;
    await Promise.all([
      ledger.append(chainOfLength('t', 1)),
      manifests.put('d', {}),
      records.load({ c: { i: 1 } }),
    ]);
    await ledger.close();
    await ledger.close();
    expect(await manifests.get('d')).toEqual({});
    await manifests.close();
    expect(await records.snapshot()).toEqual({ c: { i: 1 } });
    await records.close();
  });

  it('may not be something else', async () => {
    await writeFile(file, 'Dear diary, this is no database. '.repeat(100));
    const opening = openLedgerStore(file);
    await expect(opening).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    await expect(opening).rejects.toThrow(`${file} is not a database`);
    await rm(file);
    const ledger = await openLedgerStore(file);
    await ledger.close();
  });

  it.each([
    ['a folder', () => mkdir(file)],
    ['below a file', () => writeFile(folder + '.txt', '').then(() => (file = folder + '.txt/store.db'))],
    ['where nobody may write', () => Promise.resolve((file = '/proc/baton/store.db'))],
  ])('may not be %s', async (_, prepare) => {
    await prepare();
    const opening = openRecordStore(file);
    await expect(opening).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    await expect(opening).rejects.toThrow(file);
    await rm(folder + '.txt', { force: true });
  });

  it('of a newer release is left alone', async () => {
    await (await openLedgerStore(file)).close();
    const database = new Database(file);
    database.exec('UPDATE baton_schema SET version = 7');
    database.close();
    await expect(openLedgerStore(file)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    await expect(openLedgerStore(file)).rejects.toThrow('version 7 of the ledger tables');
    // The tables of the other stores have versions of their own.
    await (await openManifestStore(file)).close();
  });

  it('is left as it was by an append that fails half way', async () => {
    const ledger = await openLedgerStore(file);
    const database = new Database(file);
    database.exec(`CREATE TRIGGER full BEFORE INSERT ON baton_ledger WHEN new.sequence = 2
      BEGIN SELECT raise(ABORT, 'the disk is full'); END`);
    await expect(ledger.append(chainOfLength('t', 3))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await ledger.read('t')).toEqual([]);
    database.exec('DROP TRIGGER full');
    database.close();
    await ledger.append(chainOfLength('t', 3));
    expect(await ledger.read('t')).toHaveLength(3);
    await ledger.close();
  });

  it('is waited for off the event loop', async () => {
    const ledger = await openLedgerStore(file);
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    let appended = false;
    const append = ledger.append(chainOfLength('t', 3)).then(() => {
      appended = true;
    });
    // Were the wait on the event loop, this would not run before the wait has failed.
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    expect(await ledger.read('t')).toEqual([]);
    expect(appended).toBe(false);
    other.exec('COMMIT');
    other.close();
    await append;
    expect(await ledger.read('t')).toHaveLength(3);
    await ledger.close();
  });

  describe('belongs to one host', () => {
    const claimOf = (host: string): Promise<void> =>
      writeFile(`${file}.host`, JSON.stringify({ host, hostname: 'elsewhere' }));

    it('and refuses another, which it names, before touching the database', async () => {
      await claimOf('another machine');
      const opening = openLedgerStore(file);
      await expect(opening).rejects.toMatchObject({ code: 'STORE_IN_USE' });
      await expect(opening).rejects.toThrow('on host elsewhere');
      await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('until that one has not been heard of for half a minute', async () => {
      await claimOf('another machine');
      const longAgo = new Date(Date.now() - 31_000);
      await utimes(`${file}.host`, longAgo, longAgo);
      await (await openLedgerStore(file)).close();
      expect(JSON.parse(await readFile(`${file}.host`, 'utf8'))).toMatchObject({ host: hostIdentity() });
    });

    it('whatever its containers are called', async () => {
      await claimOf(hostIdentity());
      await (await openLedgerStore(file)).close();
    });

    it('also by a name that it was given', async () => {
      await (await openLedgerStore(file, { host: 'blue' })).close();
      await expect(openLedgerStore(file, { host: 'green' })).rejects.toMatchObject({ code: 'STORE_IN_USE' });
      await (await openLedgerStore(file, { host: 'blue' })).close();
    });

    it('which renews its claim, and notices when it was lost', async () => {
      const claim = await claimHost(file, 'blue');
      const longAgo = new Date(Date.now() - 60_000);
      await utimes(`${file}.host`, longAgo, longAgo);
      await claim.renew();
      await expect(claimHost(file, 'green')).rejects.toMatchObject({ code: 'STORE_IN_USE' });
      expect(claim.lost()).toBeUndefined();

      await utimes(`${file}.host`, longAgo, longAgo);
      const successor = await claimHost(file, 'green');
      await claim.renew();
      expect(claim.lost()).toMatchObject({ code: 'STORE_IN_USE' });
      claim.release();
      successor.release();
    });

    it('and its claim is one of several that are made at once', async () => {
      const claims = await Promise.allSettled(['blue', 'green', 'red'].map((host) => claimHost(file, host)));
      expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const claim of claims) if (claim.status === 'fulfilled') claim.value.release();
    });
  });
});
