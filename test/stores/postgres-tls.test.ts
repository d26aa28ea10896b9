import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../../scripts/run.ts';
import { startPostgres, type OwnedPostgres } from '../../scripts/postgres.ts';
import { openLedgerStore } from '../../stores/index.ts';
import { chainOfLength } from './ledger-rows.ts';

let folder: string;
let right: OwnedPostgres;
let elsewhere: OwnedPostgres;

async function openssl(...args: readonly string[]): Promise<void> {
  const outcome = await run({ command: 'openssl', args, folder, environment: process.env, limitMs: 60_000 });
  if (!outcome.ok) throw new Error(outcome.tail);
}

/** A certificate for a host, of the authority in `ca.crt` and `ca.key`. */
async function certificateFor(
  name: string,
  host: string,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const file = (ending: string): string => path.join(folder, `${name}.${ending}`);
  const subject = ['-subj', `/CN=${name}`];
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-new', ...fresh, '-keyout', file('key'), '-out', file('csr'), ...subject);
  await writeFile(file('ext'), `subjectAltName=${host}\n`);
  await openssl(
    ...['x509', '-req', '-in', file('csr'), '-CA', authority(), '-CAkey', path.join(folder, 'ca.key')],
    ...['-CAcreateserial', '-days', '2', '-extfile', file('ext'), '-out', file('crt')],
  );
  return { certificate: await readFile(file('crt'), 'utf8'), key: await readFile(file('key'), 'utf8') };
}

function authority(): string {
  return path.join(folder, 'ca.crt');
}

function urlOf(server: OwnedPostgres, query: Readonly<Record<string, string>>): string {
  const url = new URL(server.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-tls-'));
  await openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', path.join(folder, 'ca.key'), '-out', authority(), '-days', '2', '-subj', '/CN=Test CA'],
  );
  right = await startPostgres({ tls: await certificateFor('right', 'IP:127.0.0.1') });
  elsewhere = await startPostgres({ tls: await certificateFor('elsewhere', 'DNS:db.example.com') });
}, 120_000);
afterAll(async () => {
  await right.stop();
  await elsewhere.stop();
  await rm(folder, { recursive: true, force: true });
});

test('verify-full with its authority connects, and rows cross', async () => {
  const url = urlOf(right, { sslmode: 'verify-full', sslrootcert: authority() });
  const ledger = await openLedgerStore(url);
  await ledger.append(chainOfLength('tls', 2));
  expect(await ledger.read('tls')).toEqual(chainOfLength('tls', 2));
  await ledger.close();
});

test.each<[string, () => string, RegExp]>([
  ['an authority nobody knows', () => urlOf(right, { sslmode: 'verify-full' }), /certificate/],
  [
    'a certificate of another host',
    () => urlOf(elsewhere, { sslmode: 'verify-full', sslrootcert: authority() }),
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
