import fc from 'fast-check';
import { findLedgerFault, GENESIS_HASH, ledgerHash, type LedgerRow } from '../../contract/ledger.ts';

const TRACE = '8d5c5c1e-7f3a-4f5e-9c39-0f6f5e7b2a11';

function chain(length: number, trace = TRACE): LedgerRow[] {
  const rows: LedgerRow[] = [];
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const unhashed = {
      version: '1.0.0' as const,
      trace,
      sequence,
      previous: rows.at(-1)?.hash ?? GENESIS_HASH,
      at: '2026-01-05T09:00:00.000Z',
      kind: 'message-received' as const,
      owner: 'ann',
      content: { sequence, text: 'hello' },
    };
    rows.push({ ...unhashed, hash: ledgerHash(unhashed) });
  }
  return rows;
}

const length = fc.integer({ min: 2, max: 12 });
const somewhere = fc.nat({ max: 1_000 });

test('a chain as it was written has no fault', () => {
  fc.assert(
    fc.property(fc.nat({ max: 12 }), (rows) => {
      expect(findLedgerFault(TRACE, chain(rows))).toBeUndefined();
    }),
  );
});

test.each<[string, Partial<LedgerRow>]>([
  ['content', { content: { text: 'good bye' } }],
  ['owner', { owner: 'bob' }],
  ['kind', { kind: 'case-closed' }],
  ['time', { at: '2026-01-05T09:00:00.001Z' }],
  ['hash', { hash: 'f'.repeat(64) }],
  ['predecessor', { previous: 'f'.repeat(64) }],
])('a changed %s is found at its row', (_, change) => {
  fc.assert(
    fc.property(length, somewhere, (size, where) => {
      const rows = chain(size);
      const index = where % size;
      rows.splice(index, 1, { ...(rows[index] as LedgerRow), ...change });
      expect(findLedgerFault(TRACE, rows)).toMatchObject({ sequence: index + 1, problem: 'changed' });
    }),
  );
});

test('a removed row is found at its place; a lost tail only the head can tell', () => {
  fc.assert(
    fc.property(length, somewhere, (size, where) => {
      const rows = chain(size);
      const index = where % (size - 1);
      rows.splice(index, 1);
      expect(findLedgerFault(TRACE, rows)).toMatchObject({ sequence: index + 1, problem: 'missing' });
      expect(findLedgerFault(TRACE, chain(size).slice(0, -1))).toBeUndefined();
    }),
  );
});

test('swapped rows are found, even when their numbers are mended', () => {
  fc.assert(
    fc.property(length, somewhere, (size, where) => {
      const rows = chain(size);
      const index = where % (size - 1);
      const [left, right] = [rows[index] as LedgerRow, rows[index + 1] as LedgerRow];
      rows.splice(index, 2, right, left);
      expect(findLedgerFault(TRACE, rows)?.sequence).toBe(index + 1);
      // A forger who renumbers and hashes again still does not follow the row before.
      const renumbered = { ...right, sequence: index + 1 };
      rows.splice(index, 1, { ...renumbered, hash: ledgerHash(renumbered) });
      expect(findLedgerFault(TRACE, rows)).toMatchObject({ sequence: index + 1, problem: 'swapped' });
    }),
  );
});

test('a row of another trace is foreign', () => {
  const rows = chain(3);
  rows.splice(1, 1, chain(3, 'another')[1] as LedgerRow);
  expect(findLedgerFault(TRACE, rows)).toMatchObject({ sequence: 2, problem: 'foreign' });
});

test('a hash covers every field but itself', () => {
  const [row] = chain(1);
  if (!row) throw new Error('no row');
  const fields = Object.keys(row).filter((field) => field !== 'hash');
  for (const field of fields) {
    const changed = { ...row, [field]: field === 'sequence' ? 99 : field === 'content' ? {} : 'other' };
    expect([field, ledgerHash(changed) === row.hash]).toEqual([field, false]);
  }
});
