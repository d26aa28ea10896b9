import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres, type OwnedPostgres } from '../../scripts/postgres.ts';
import { openLedgerStore } from '../../stores/index.ts';
import { makeAuthority, type TestAuthority } from '../support/certificates.ts';
import { chainOfLength } from './ledger-rows.ts';

let folder: string;
let authority: TestAuthority;
let right: OwnedPostgres;
let elsewhere: OwnedPostgres;

function urlOf(server: OwnedPostgres, query: Readonly<Record<string, string>>): string {
  const url = new URL(server.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-tls-'));
  authority = await makeAuthority(folder);
  right = await startPostgres({ tls: await authority.issue('right', 'IP:127.0.0.1') });
  elsewhere = await startPostgres({ tls: await authority.issue('elsewhere', 'DNS:db.example.com') });
}, 120_000);
afterAll(async () => {
  await right.stop();
  await elsewhere.stop();
  await rm(folder, { recursive: true, force: true });
});

test('verify-full with its authority connects, and rows cross', async () => {
  const url = urlOf(right, { sslmode: 'verify-full', sslrootcert: authority.file });
  const ledger = await openLedgerStore(url);
  await ledger.append(chainOfLength('tls', 2));
  expect(await ledger.read('tls')).toEqual(chainOfLength('tls', 2));
  await ledger.close();
});

test.each<[string, () => string, RegExp]>([
  ['an authority nobody knows', () => urlOf(right, { sslmode: 'verify-full' }), /certificate/],
  [
    'a certificate of another host',
    () => urlOf(elsewhere, { sslmode: 'verify-full', sslrootcert: authority.file }),
    /altnames/,
  ],
  // Weaker words of PostgreSQL are taken for the strong one.
  [
    'an authority nobody knows, with sslmode=require',
    () => urlOf(right, { sslmode: 'require' }),
    /certificate/,
  ],
  ['a connection in clear', () => right.url, /pg_hba\.conf|no encryption/],
])('%s is refused for good, not tried again', async (_, url, words) => {
  await expect(openLedgerStore(url())).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
    message: expect.stringMatching(words) as string,
  });
});
