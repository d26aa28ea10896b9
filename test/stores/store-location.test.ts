import path from 'node:path';
import { openLedgerStore, openManifestStore, openRecordStore } from '../../stores/index.ts';
import { parseStoreLocation, withoutPassword } from '../../stores/store-location.ts';

describe('the address of a store', () => {
  it.each([
    ['file:/var/lib/baton/ledger.db', '/var/lib/baton/ledger.db'],
    ['file:///var/lib/baton/a%20b.db', '/var/lib/baton/a b.db'],
    ['file:data/a%20b.db', path.resolve('data/a b.db')],
    ['/var/lib/baton/ledger.db', '/var/lib/baton/ledger.db'],
    ['data/ledger.db', path.resolve('data/ledger.db')],
  ])('%s is a file', (url, expected) => {
    expect(parseStoreLocation(url)).toEqual({ kind: 'embedded', path: expected });
  });

  it.each(['postgres://me@db/baton', 'postgresql://me:secret@db:5433/baton?sslmode=require'])(
    '%s is PostgreSQL',
    (url) => {
      expect(parseStoreLocation(url)).toEqual({ kind: 'postgres', url });
    },
  );

  it.each([
    ...['', ':memory:', 'redis://localhost', 'mysql://me:secret@db/x', 'http://db', 'postgres://[', 'a\0b'],
    ...['file:', 'file:x.db?mode=ro', 'file://host/x.db', 'file:%ZZ'],
  ])('%j is refused with what is allowed, and without a password', async (url) => {
    for (const open of [openLedgerStore, openManifestStore, openRecordStore]) {
      const thrown: unknown = await open(url).catch((error: unknown) => error);
      expect(thrown).toMatchObject({ name: 'BatonError', code: 'CONFIGURATION_INVALID' });
      expect(String(thrown)).toContain('postgres://user@host/database');
      expect(String(thrown)).not.toContain('secret');
    }
  });

  it('hides passwords wherever they stand', () => {
    expect(withoutPassword('postgres://me:p@ss:word@db/x')).toBe('postgres://me:***@db/x');
    expect(withoutPassword('postgres://db/x?user=me&password=secret&sslmode=require')).toBe(
      'postgres://db/x?user=me&password=***&sslmode=require',
    );
  });
});
