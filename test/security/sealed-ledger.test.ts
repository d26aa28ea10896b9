import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findLedgerFault, GENESIS_HASH, ledgerHash, type LedgerRow } from '../../contract/ledger.ts';
import type { LedgerStore } from '../../contract/ports.ts';
import { payloadsOfEnvironment, type Payloads } from '../../security/index.ts';
import { openLedgerStore, openPersonKeyTable } from '../../stores/index.ts';
import { keyRingText } from './key-rings.ts';

let folder: string;
let payloads: Payloads;
let bare: LedgerStore;
let ledger: LedgerStore;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-sealed-ledger-'));
  const environment = { BATON_CODEC_KEYS: keyRingText({ encryptWith: 'k1', active: ['k1'] }) };
  const openKeys = (): ReturnType<typeof openPersonKeyTable> =>
    openPersonKeyTable(path.join(folder, 'keys.db'));
  payloads = (await payloadsOfEnvironment(environment, { openKeys })) as Payloads;
  bare = await openLedgerStore(path.join(folder, 'ledger.db'));
  ledger = payloads.sealed(bare);
});
afterEach(async () => {
  await Promise.all([payloads.close(), bare.close()]);
  await rm(folder, { recursive: true, force: true });
});

function chain(trace: string, ...words: readonly string[]): readonly LedgerRow[] {
  let previous = GENESIS_HASH;
  return words.map((word, index) => {
    const row = {
      version: '1.0.0',
      trace,
      sequence: index + 1,
      previous,
      at: '2026-01-01T00:00:00.000Z',
      kind: 'human-asked',
      owner: 'triage',
      content: { by: 'user', reason: word },
    } as const;
    previous = ledgerHash(row);
    return { ...row, hash: previous };
  });
}

test('rows of a person lie sealed, come out as they went in, and a row moved or exchanged shows', async () => {
  await payloads.caseKeys.register('hers', 'ann');
  const rows = chain('t', 'my daughter is ill', 'again');
  await ledger.append(rows, { caseId: 'hers' });
  await ledger.append(rows, { caseId: 'hers' });
  expect(await ledger.read('t')).toEqual(rows);
  const stored = await bare.read('t');
  expect(JSON.stringify(stored)).not.toContain('daughter');
  expect(findLedgerFault('t', stored)).toMatchObject({ sequence: 1, problem: 'changed' });

  // Whoever edits the store can put one sealed text in another's place; it does not open there.
  const [first, second] = stored as [LedgerRow, LedgerRow];
  const exchanged = payloads.sealed({
    ...bare,
    read: () => Promise.resolve([{ ...first, content: second.content }, second]),
  });
  expect(findLedgerFault('t', await exchanged.read('t'))).toMatchObject({ sequence: 1, problem: 'changed' });
});

test('rows of nobody known pass as they are', async () => {
  const rows = chain('t', 'a question');
  await ledger.append(rows, { caseId: 'nobodys' });
  expect(await bare.read('t')).toEqual(rows);
  expect(await ledger.read('t')).toEqual(rows);
});

test('after erasure rows say so, the chain is still checked, and no reader takes it for sound unasked', async () => {
  await payloads.caseKeys.register('hers', 'ann');
  await ledger.append(chain('t', 'one', 'two', 'three'), { caseId: 'hers' });
  await payloads.caseKeys.erase('ann');
  const rows = await ledger.read('t');
  expect(rows.map(({ content, erased }) => [content, erased])).toEqual([
    [{}, true],
    [{}, true],
    [{}, true],
  ]);
  expect(findLedgerFault('t', rows, { erasedToo: true })).toBeUndefined();
  expect(findLedgerFault('t', rows)).toMatchObject({ sequence: 1, problem: 'changed' });
  const [first, , third] = rows as [LedgerRow, LedgerRow, LedgerRow];
  expect(findLedgerFault('t', [first, third], { erasedToo: true })).toMatchObject({ problem: 'missing' });
  expect(findLedgerFault('t', [first, { ...third, sequence: 2 }], { erasedToo: true })).toMatchObject({
    problem: 'swapped',
  });
});

test.each<[string, Partial<LedgerRow>]>([
  ['kind', { kind: 'message-sent' }],
  ['owner', { owner: 'billing' }],
  ['time', { at: '2026-01-02T00:00:00.000Z' }],
])('of an erased row a changed %s shows', async (_, change) => {
  await payloads.caseKeys.register('hers', 'ann');
  await ledger.append(chain('t', 'one', 'two'), { caseId: 'hers' });
  await payloads.caseKeys.erase('ann');
  const verify = async (rows: readonly LedgerRow[]): Promise<unknown> => {
    const read = (): Promise<readonly LedgerRow[]> => Promise.resolve(rows);
    const opened = await payloads.sealed({ ...bare, read }).read('t');
    return findLedgerFault('t', opened, { erasedToo: true });
  };
  const stored = await bare.read('t');
  expect(await verify(stored)).toBeUndefined();
  const changed = stored.map((row) => (row.sequence === 2 ? { ...row, ...change } : row));
  expect(await verify(changed)).toMatchObject({ sequence: 2, problem: 'changed' });
});
