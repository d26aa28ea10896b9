import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseKeyRing } from '../../security/key-ring.ts';
import { createEncryptionCodec } from '../../security/payload-codec.ts';
import { doorKeysIn } from '../../security/door-keys.ts';
import { createEnvelopeSeals } from '../../security/signing-keys.ts';
import { payloadConverter } from '../../contract/payload-converter.ts';
import { cipherOfEnvironment } from '../../security/case-keys.ts';
import { contextLocations, openPersonKeyTable } from '../../stores/index.ts';
import { runBatonHere } from './run-here.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function keys(...words: readonly string[]): Promise<{ id: string; status: string; used: boolean }[]> {
  const ended = await runBatonHere(['keys', ...words, '--json']);
  expect(ended).toMatchObject({ exitCode: 0, errors: '' });
  return (JSON.parse(ended.output) as { keys: { id: string; status: string; used: boolean }[] }).keys;
}

const inShort = (list: Awaited<ReturnType<typeof keys>>): readonly string[] =>
  list.map(({ id, status, used }) => `${id} ${status}${used ? ' used' : ''}`);

test('codec keys: made, handed out, rotated; what the old key encrypted still opens, and no secret is shown', async () => {
  const file = path.join(folder, 'codec.json');
  expect(inShort(await keys('new', '--file', file, '--id', 'k1'))).toEqual(['k1 active used']);
  const before = createEncryptionCodec({ keys: parseKeyRing(await readFile(file, 'utf8')) });
  const sealed = await before.encode([payloadConverter.toPayload('old')]);
  expect(inShort(await keys('new', '--file', file, '--id', 'k2'))).toEqual(['k1 active used', 'k2 active']);
  expect(inShort(await keys('rotate', '--file', file))).toEqual(['k1 retired', 'k2 active used']);
  const after = createEncryptionCodec({ keys: parseKeyRing(await readFile(file, 'utf8')) });
  const [opened] = await after.decode(sealed);
  expect(opened && payloadConverter.fromPayload(opened)).toBe('old');
  expect((await stat(file)).mode & 0o077).toBe(0);
  const listed = await runBatonHere(['keys', 'list', '--file', file, '--json']);
  const { keys: written } = JSON.parse(await readFile(file, 'utf8')) as { keys: { secret: string }[] };
  for (const { secret } of written) expect(listed.output).not.toContain(secret);
});

test('signing keys: what the retired one signed still counts', async () => {
  const file = path.join(folder, 'signing.json');
  await keys('new', '--kind', 'signing', '--file', file, '--id', 'w1', '--speaks-for', 'triage, case');
  const body = {
    version: '1.0.0',
    trace: 't',
    edge: { from: 'triage', to: 'billing' },
    facts: {},
    manifest: 'm',
    nonce: 'n',
  } as const;
  const signature = createEnvelopeSeals(await readFile(file, 'utf8')).sign(body, 'source');
  await keys('new', '--kind', 'signing', '--file', file, '--id', 'w2');
  const rotated = await keys('rotate', '--kind', 'signing', '--file', file);
  expect(inShort(rotated)).toEqual(['w1 retired', 'w2 active used']);
  const seals = createEnvelopeSeals(await readFile(file, 'utf8'));
  expect(seals.check(body, signature)).toEqual({ ok: true, by: 'source' });
  expect(seals.check(body, seals.sign(body, 'case'))).toEqual({ ok: true, by: 'case' });
});

test('door keys: made for a tenant, rotated, and handed to workers without a private half', async () => {
  const file = path.join(folder, 'doors.json');
  await keys('new', '--kind', 'door', '--file', file, '--id', 'd1', '--tenants', 'acme, other');
  await keys('new', '--kind', 'door', '--file', file, '--id', 'd2');
  const rotated = await keys('rotate', '--kind', 'door', '--file', file);
  expect(inShort(rotated)).toEqual(['d1 retired', 'd2 active used']);
  const halves = await runBatonHere(['keys', 'public', '--kind', 'door', '--file', file]);
  expect(halves).toMatchObject({ exitCode: 0, errors: '' });
  expect(halves.output).not.toContain('privateKey');
  expect(doorKeysIn(() => halves.output).current()).toMatchObject([
    { id: 'd1', status: 'retired', tenants: ['acme', 'other'] },
    { id: 'd2', status: 'active' },
  ]);
  const codec = await runBatonHere(['keys', 'public', '--file', file]);
  expect(codec.exitCode).not.toBe(0);
});

test.each<[string, readonly string[], number]>([
  ['no file', ['list'], 2],
  ['a kind that is none', ['list', '--kind', 'x', '--file', 'x'], 2],
  ['a file that is not there', ['rotate', '--file', '/nowhere/keys.json'], 2],
])('with %s it says what to give', async (_what, words, exitCode) => {
  expect(await runBatonHere(['keys', ...words])).toMatchObject({ exitCode, output: '' });
});

test('rotating without a newer key is refused, and an id is not taken twice', async () => {
  const file = path.join(folder, 'codec.json');
  await keys('new', '--file', file, '--id', 'k1');
  const before = await readFile(file, 'utf8');
  expect(await runBatonHere(['keys', 'rotate', '--file', file])).toMatchObject({ exitCode: 1 });
  expect(await runBatonHere(['keys', 'new', '--file', file, '--id', 'k1'])).toMatchObject({ exitCode: 1 });
  expect(await readFile(file, 'utf8')).toBe(before);
});

test('master and persons’ keys are rotated over the stores of the environment', async () => {
  const environment = { BATON_LEDGER_URL: path.join(folder, 'baton.db') };
  const run = async (words: readonly string[], master: string): Promise<unknown> => {
    const ended = await runBatonHere(['keys', ...words, '--json'], {
      environment: { ...environment, BATON_MASTER_KEY: master },
    });
    expect(ended).toMatchObject({ exitCode: 0, errors: '' });
    return JSON.parse(ended.output);
  };
  const { key: old } = (await run(['new', '--kind', 'master'], '')) as { key: string };
  const { key: next } = (await run(['new', '--kind', 'master'], '')) as { key: string };
  const cipher = await openPersonKeyTable(contextLocations(environment).keysUrl).then(
    cipherOfEnvironment({ BATON_MASTER_KEY: old }),
  );
  await cipher.newKey('t', await cipher.digestOf('ann'));
  await cipher.close();
  expect(await run(['rotate', '--kind', 'master'], `${next},${old}`)).toEqual({
    kind: 'master',
    keys: 2,
    rewrapped: 2,
  });
  expect(await run(['rotate', '--kind', 'persons'], next)).toEqual({
    kind: 'persons',
    persons: 1,
    rewrapped: 0,
    removed: 0,
    kept: 1,
  });
  expect(await run(['rotate', '--kind', 'persons', '--finish'], next)).toMatchObject({ persons: 0, kept: 1 });
  const refused = await runBatonHere(['keys', 'rotate', '--kind', 'master', '--json'], {
    environment: { ...environment, BATON_MASTER_KEY: old },
  });
  expect(JSON.parse(refused.errors)).toMatchObject({ error: { code: 'CONFIGURATION_INVALID' } });
});
