import fc from 'fast-check';
import { findLedgerFault, type LedgerRow } from '../../contract/ledger.ts';
import { followStored, openDraft, writeRow, type Draft } from '../../workflows/draft.ts';
import { initialState, type CaseState } from '../../workflows/state.ts';

const TRACE = '8d5c5c1e-7f3a-4f5e-9c39-0f6f5e7b2a11';

function fresh(): CaseState {
  return initialState(
    {
      version: '1.0.0',
      team: 'desk',
      task: { definition: '', constraints: {}, acceptance: [], completed: [], remaining: [], unable: [] },
      facts: {},
    },
    { caseId: 'case-1', trace: TRACE },
  );
}

/** Authors rows, each at a time of its own, and takes the store's answers where they come. */
function author(times: readonly number[], answers: ReadonlyMap<number, LedgerRow>): readonly LedgerRow[] {
  const all = new Map<number, LedgerRow>();
  let draft: Draft = openDraft(fresh(), 0);
  for (const [index, at] of times.entries()) {
    draft = openDraft(draft.state, at);
    writeRow(draft, 'message-refused', { number: index });
    const stored = answers.get(index);
    if (stored) followStored(draft, stored.sequence, stored.hash);
    for (const row of draft.state.rows) all.set(row.sequence, row);
  }
  return [...all.values()];
}

test('a replay that sees other times for some rows goes on with the chain that is stored (I9, I11)', () => {
  const lives = fc.record({
    times: fc.array(fc.nat({ max: 1_000_000 }), { minLength: 3, maxLength: 12 }),
    late: fc.nat({ max: 1 }),
    lag: fc.nat({ max: 3 }),
  });
  fc.assert(
    fc.property(lives, ({ times, late, lag }) => {
      const live = author(times, new Map());
      // The worker that wrote row `late` was too slow for its workflow task: a replay gives the row a later time.
      const heard = Math.min(late + lag, times.length - 1);
      const stored = live[late];
      if (!stored) throw new Error('a row is missing');
      const replayed = author(
        times.map((at, index) => (index === late ? at + 2_000 : at)),
        new Map([[heard, stored]]),
      );
      expect(replayed[late]?.hash).not.toBe(stored.hash);
      expect(replayed.slice(heard + 1)).toEqual(live.slice(heard + 1));
      expect(
        findLedgerFault(TRACE, [...live.slice(0, late + 1), ...replayed.slice(late + 1)]),
      ).toBeUndefined();
    }),
  );
});

test('on the worker that wrote the rows nothing changes', () => {
  const live = author([1, 2, 3], new Map());
  const first = live[0];
  if (!first) throw new Error('a row is missing');
  expect(author([1, 2, 3], new Map([[2, first]]))).toEqual(live);
});
