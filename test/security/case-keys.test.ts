import { createSecretKey, randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CaseCipher, PersonKeyTable } from '../../contract/key-ports.ts';
import { caseCipher, cipherOfEnvironment } from '../../security/case-keys.ts';
import { personKeysIn } from '../../security/person-keys.ts';
import { contextLocations, openContextAt, openPersonKeyTable } from '../../stores/index.ts';

let folder: string;
let table: PersonKeyTable;
let now = 0;
let cipher: CaseCipher;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-keys-'));
  table = await openPersonKeyTable(path.join(folder, 'keys.db'));
  now = 0;
  cipher = caseCipher(personKeysIn(table), () => now);
});
afterEach(async () => {
  await cipher.close();
  await rm(folder, { recursive: true, force: true });
});

const place = 'message 1';

/** A person with a case and one sealed text of it. */
async function sealedFor(name: string): Promise<{
  readonly person: string;
  readonly key: Awaited<ReturnType<CaseCipher['newKey']>>;
  readonly text: string;
}> {
  const person = await cipher.digestOf(name);
  const key = await cipher.newKey('t', person);
  const [text = ''] = await cipher.seal('t', key, [{ place, text: 'secret' }]);
  return { person, key, text };
}

test('what is sealed opens at its place, in its case, with its key, and nowhere else', async () => {
  const { key, text } = await sealedFor('ann');
  const other = await sealedFor('ben');
  expect(await cipher.open('t', key, [{ place, text }])).toEqual(['secret']);
  expect(await cipher.open('t', key, [{ place: 'message 2', text }])).toEqual([undefined]);
  expect(await cipher.open('t', other.key, [{ place, text }])).toEqual([undefined]);
  await expect(cipher.open('u', key, [{ place, text }])).rejects.toMatchObject({ code: 'PERSON_ERASED' });
  const changed = Buffer.from(text, 'base64');
  for (let byte = 0; byte < changed.length; byte += 1) {
    const flipped = Buffer.from(changed);
    flipped.writeUInt8(flipped.readUInt8(byte) ^ 1, byte);
    expect(await cipher.open('t', key, [{ place, text: flipped.toString('base64') }])).toEqual([undefined]);
  }
});

test('the same text twice has two ciphertexts, and a person one digest an installation', async () => {
  const { key } = await sealedFor('ann');
  const [one, two] = await cipher.seal('t', key, [
    { place, text: 'x' },
    { place, text: 'x' },
  ]);
  expect(one).not.toBe(two);
  const second = await openPersonKeyTable(path.join(folder, 'keys.db'));
  expect(await personKeysIn(second).digestOf('ann')).toBe(await cipher.digestOf('ann'));
  await second.close();
  const elsewhere = await openPersonKeyTable(path.join(folder, 'other.db'));
  expect(await personKeysIn(elsewhere).digestOf('ann')).not.toBe(await cipher.digestOf('ann'));
  await elsewhere.close();
});

test('another process may read on for half a minute after an erasure, and no longer', async () => {
  const { person, key, text } = await sealedFor('ann');
  const other = caseCipher(personKeysIn(table), () => now);
  expect(await other.open('t', key, [{ place, text }])).toEqual(['secret']);
  await cipher.erase(person);
  await expect(cipher.open('t', key, [{ place, text }])).rejects.toMatchObject({ code: 'PERSON_ERASED' });
  now = 30_000;
  await expect(other.open('t', key, [{ place, text }])).rejects.toMatchObject({ code: 'PERSON_ERASED' });
});

test('a destroyed key leaves no bytes in the files of the key store', async () => {
  const { person, key } = await sealedFor('ann');
  await sealedFor('ben');
  const secret = (await table.find(key.keyId))?.secret ?? '';
  const filesWith = async (bytes: string): Promise<readonly string[]> => {
    const files = await readdir(folder);
    const found = await Promise.all(
      files.map(async (file) => (await readFile(path.join(folder, file))).includes(bytes)),
    );
    return files.filter((_, index) => found[index]);
  };
  expect(await filesWith(secret)).not.toEqual([]);
  await cipher.erase(person);
  expect(await filesWith(secret)).toEqual([]);
  expect(await filesWith(key.keyId)).toEqual([]);
});

test('under a master key, the files hold no key that opens anything, and another master key is refused', async () => {
  const master = createSecretKey(randomBytes(32));
  const file = path.join(folder, 'guarded.db');
  const guarded = await openPersonKeyTable(file);
  const persons = personKeysIn(guarded, { present: master, retired: [] });
  const person = await persons.digestOf('ann');
  const wrapped = await persons.wrap(person, Buffer.alloc(32, 1), 'b');
  expect(await persons.unwrap(wrapped, 'b')).toEqual(Buffer.alloc(32, 1));
  const stranger = { present: createSecretKey(randomBytes(32)), retired: [], clear: true };
  for (const other of [personKeysIn(guarded), personKeysIn(guarded, stranger)])
    await expect(other.unwrap(wrapped, 'b')).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  await persons.close();
});

test('a master key that is none is refused without quoting it', () => {
  expect(() => cipherOfEnvironment({ BATON_MASTER_KEY: 'hunter2' })).toThrow(
    expect.objectContaining({
      code: 'CONFIGURATION_INVALID',
      message: expect.not.stringContaining('hunter2') as string,
    }) as Error,
  );
});

test('a backup of the context from before an erasure is unreadable after it (M11)', async () => {
  const environment = {
    BATON_LEDGER_URL: path.join(folder, 'baton.db'),
    BATON_MASTER_KEY: randomBytes(32).toString('base64url'),
  };
  const locations = contextLocations(environment);
  expect(locations).toEqual({
    contextUrl: path.join(folder, 'baton.db'),
    keysUrl: path.join(folder, 'baton-keys.db'),
  });
  const cipherOf = cipherOfEnvironment(environment);
  const owner = { trace: 't', caseId: 'c', person: 'ann@example.org' };
  let context = await openContextAt(locations, cipherOf);
  const [reference] = await context.write({
    case: owner,
    values: [{ key: 'facts', value: { name: 'Ann' }, expectedVersion: 0 }],
  });
  if (reference === undefined) throw new Error('no reference');
  const read = { trace: 't', values: [{ reference }] };
  await context.close();
  await copyFile(path.join(folder, 'baton.db'), path.join(folder, 'backup.db'));
  const backup = { ...locations, contextUrl: path.join(folder, 'backup.db') };
  context = await openContextAt(backup, cipherOf);
  expect((await context.read(read)).values).toEqual([{ name: 'Ann' }]);
  await context.close();

  context = await openContextAt(locations, cipherOf);
  await context.erasePerson('ann@example.org');
  await context.close();
  context = await openContextAt(backup, cipherOf);
  expect(await context.latest('t', 'facts')).toEqual(reference);
  await expect(context.read(read)).rejects.toMatchObject({ code: 'PERSON_ERASED' });
  await context.close();
});
