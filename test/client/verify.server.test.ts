import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createBatonClient } from '../../client/baton-client.ts';
import type { Verification } from '../../client/ledger/verify.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import { ledgerHash } from '../../contract/ledger.ts';
import type { LedgerStore } from '../../contract/ports.ts';
import { failureFrom, startDesk, type RunningDesk } from './desk.ts';

let desk: RunningDesk;
const caseId = 'to-verify';
let rows: readonly LedgerRow[];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  desk = await startDesk();
  const baton = createBatonClient({ client: desk.client, ledger: desk.ledger });
  const message = { id: 'm-1', text: 'finish well' };
  const { trace } = await baton.open({ team: 'test-desk', task: { definition: 'x' }, message }, { caseId });
  await baton.result(caseId);
  rows = await desk.ledger.read(trace);
});
afterAll(() => desk.stop());

/** A store that holds these rows and appends honestly. */
function storeOf(held: readonly LedgerRow[]): LedgerStore & { readonly held: LedgerRow[] } {
  const mine = [...held];
  return {
    held: mine,
    append: (more) => {
      mine.push(...more);
      return Promise.resolve();
    },
    read: (trace, range) => {
      // The log of who looked behind masks is a trace of its own, and nobody has.
      const asked = trace.endsWith(':access') ? [] : mine;
      const after = asked.filter((row) => row.sequence > (range?.after ?? 0));
      return Promise.resolve(after.slice(0, range?.limit));
    },
    head: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
}
const verify = (held: readonly LedgerRow[], repair = false): Promise<Verification> =>
  createBatonClient({ client: desk.client, ledger: storeOf(held) }).verify(caseId, { repair });
const changed = (row: LedgerRow, change: Partial<LedgerRow>): LedgerRow => ({ ...row, ...change });
/** Changed by somebody who knows how hashes are made. */
const rehashed = (row: LedgerRow, change: Partial<LedgerRow>): LedgerRow => {
  const forged = { ...row, ...change };
  return { ...forged, hash: ledgerHash(forged) };
};
const at = (index: number): LedgerRow => rows[index] ?? (rows[0] as LedgerRow);

test('the whole ledger of a closed case is sound and anchored', async () => {
  expect(rows.length).toBeGreaterThanOrEqual(4);
  expect(await verify(rows)).toMatchObject({
    ok: true,
    closed: true,
    anchored: true,
    lag: 0,
    rows: rows.length,
  });
});

test('a changed row is named (F29)', async () => {
  const held = rows.map((row, index) => (index === 2 ? changed(row, { owner: 'mallory' }) : row));
  expect(await verify(held)).toMatchObject({
    ok: false,
    faults: [{ sequence: 3, problem: 'changed', where: 'store' }],
  });
});

test('a row changed together with its hash is named, and one whose whole chain was forged too', async () => {
  const held = rows.map((row, index) => (index === 2 ? rehashed(row, { owner: 'mallory' }) : row));
  const one = await verify(held);
  expect(one.ok).toBe(false);
  expect(one.faults[0]).toMatchObject({ sequence: 4, problem: 'swapped' });
  expect(one.faults[1]).toMatchObject({ sequence: 3, problem: 'changed', where: 'store' });
  const chain: LedgerRow[] = [];
  for (const row of rows) {
    const previous = chain.at(-1)?.hash ?? row.previous;
    chain.push(rehashed(row, { previous, ...(row.sequence === 2 ? { owner: 'mallory' } : {}) }));
  }
  const forged = await verify(chain);
  expect(forged).toMatchObject({ ok: false, anchored: false, faults: [{ sequence: 2, problem: 'changed' }] });
});

test('a missing row and swapped rows are named', async () => {
  const missing = await verify(rows.filter((row) => row.sequence !== 2));
  expect(missing.faults[0]).toMatchObject({ sequence: 2, problem: 'missing', where: 'store' });
  const swapped = await verify([at(1), at(0), ...rows.slice(2)]);
  expect(swapped.faults[0]).toMatchObject({ sequence: 1, where: 'store' });
  expect(swapped.ok).toBe(false);
});

test('a row that no history knows is named', async () => {
  const last = at(rows.length - 1);
  const extra = rehashed(last, { sequence: last.sequence + 1, previous: last.hash });
  expect(await verify([...rows, extra])).toMatchObject({
    ok: false,
    anchored: false,
    faults: [{ sequence: extra.sequence, problem: 'unknown', where: 'store' }],
  });
});

test('a lost tail shows against the anchor, and is rebuilt from the history', async () => {
  const kept = rows.slice(0, -2);
  expect(await verify(kept)).toMatchObject({
    ok: false,
    anchored: false,
    lag: 2,
    faults: [{ sequence: rows.length - 1, problem: 'lost' }],
  });
  expect(await verify(kept, true)).toMatchObject({ ok: true, anchored: true, lag: 0, repaired: 2 });
  expect(await verify([], true)).toMatchObject({ ok: true, repaired: rows.length });
});

test('what was changed is never written over by a repair', async () => {
  const held = rows
    .slice(0, -1)
    .map((row, index) => (index === 1 ? changed(row, { owner: 'mallory' }) : row));
  expect(await verify(held, true)).toMatchObject({ ok: false, repaired: 0 });
});

test('without a ledger verification says what is missing', async () => {
  const baton = createBatonClient({ client: desk.client });
  expect(await failureFrom(baton.verify(caseId))).toMatchObject({
    code: 'CONFIGURATION_INVALID',
    field: 'ledger',
  });
});
