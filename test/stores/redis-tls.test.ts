import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@redis/client';
import { startRedis, type OwnedRedis } from '../../scripts/redis.ts';
import { run } from '../../scripts/run.ts';
import { compiledProgram } from '../setup/compiled-sources.ts';
import { makeAuthority, type TestAuthority } from '../support/certificates.ts';
import { contextIn, openContext, type ContextPlace } from './context-places.ts';
import { embeddedStores } from './stores-under-test.ts';

const durable = contextIn(embeddedStores());
let folder: string;
let authority: TestAuthority;
let right: OwnedRedis;
let elsewhere: OwnedRedis;

beforeAll(async () => {
  await durable.start();
  folder = await mkdtemp(path.join(tmpdir(), 'baton-redis-tls-'));
  authority = await makeAuthority(folder);
  const redisOf = async (name: string, host: string): Promise<OwnedRedis> => {
    const { certificateFile: certificate, keyFile: key } = await authority.issue(name, host);
    return startRedis({ password: 'hush-hush', tls: { certificate, key } });
  };
  right = await redisOf('right', 'IP:127.0.0.1');
  elsewhere = await redisOf('elsewhere', 'DNS:cache.example.com');
}, 120_000);
afterAll(async () => {
  await Promise.all([right.stop(), elsewhere.stop(), durable.stop()]);
  await rm(folder, { recursive: true, force: true });
});

function urlOf(redis: OwnedRedis): string {
  const url = new URL(redis.url);
  url.password = 'hush-hush';
  return url.href;
}

/** Writes context by a process that knows the authority, as a worker is told of it. */
async function countInProcess(
  place: ContextPlace,
  trace: string,
): Promise<{ readonly ok: boolean; readonly output: string }> {
  const program = await compiledProgram('test/stores/counting-context-process.ts');
  const lines: string[] = [];
  const { ok } = await run({
    command: process.execPath,
    args: [program, JSON.stringify(place), trace, '2'],
    environment: { ...process.env, NODE_EXTRA_CA_CERTS: authority.file },
    limitMs: 60_000,
    onLine: (line) => lines.push(line),
  });
  return { ok, output: lines.join('\n') };
}

test('over TLS, with a password, by an authority that the process was given: context is kept in Redis (X12)', async () => {
  const trace = randomUUID();
  const place = { ...(await durable.freshPlace()), hotUrl: urlOf(right) };
  expect(right.url).toMatch(/^rediss:/);
  expect(await countInProcess(place, trace)).toMatchObject({ ok: true });
  const ca = await readFile(authority.file);
  const client = createClient({ url: urlOf(right), socket: { tls: true, ca } });
  await client.connect();
  try {
    expect(await client.exists(`baton:context:${trace}`)).toBe(1);
  } finally {
    client.destroy();
  }
});

test('an authority nobody knows is refused when the store is opened, without telling the password', async () => {
  const place = { ...(await durable.freshPlace()), hotUrl: urlOf(right) };
  const thrown: unknown = await openContext(place).then(
    (opened) => opened.close(),
    (error: unknown) => error,
  );
  expect(thrown).toMatchObject({ code: 'CONFIGURATION_INVALID', field: 'BATON_REDIS_URL' });
  expect(String(thrown)).toMatch(/certificate/);
  expect(String(thrown)).not.toContain('hush-hush');
});

test('a certificate of another host is refused, whoever issued it', async () => {
  const place = { ...(await durable.freshPlace()), hotUrl: urlOf(elsewhere) };
  const outcome = await countInProcess(place, randomUUID());
  expect(outcome.ok).toBe(false);
  expect(outcome.output).toMatch(/CONFIGURATION_INVALID/);
  expect(outcome.output).toMatch(/altnames/);
});
