import { readFileSync } from 'node:fs';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { History } from '../../client/index.ts';
import { rowsInHistory } from '../../client/history/ledger-rows.ts';
import { accountOf, type CaseAccount } from '../../client/outcomes/account.ts';
import { edgeFigures } from '../../client/outcomes/handoffs.ts';
import { reportOn } from '../../client/outcomes/report.ts';
import { reportAnswer } from '../../command/outcomes/report-answer.ts';
import type { Feedback } from '../../contract/feedback.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import { isHasty, tookMs } from '../../contract/review.ts';

const folder = path.resolve(import.meta.dirname, '../histories/0.1.0');

/** The account of a case whose history was recorded. */
function recorded(name: string, rating?: number): CaseAccount {
  const json: unknown = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
  const history: History = historyFromJSON(json);
  const { rows } = rowsInHistory(history.events ?? []);
  const feedback: Feedback | undefined =
    rating === undefined
      ? undefined
      : { version: '1.0.0', at: '', team: '', path: [], hops: 0, outcome: 'finished', rating };
  return accountOf({ caseId: name, rows, ...(feedback ? { feedback } : {}) });
}

test('what became of a case is told from its rows alone', () => {
  expect(recorded('refund-approved')).toMatchObject({
    team: 'support-desk',
    path: ['triage', 'billing'],
    outcome: 'finished',
    reachedPeople: false,
    acts: [],
    reviews: [
      { id: 'r1', status: 'approved', changed: false, decisions: [{ by: 'fiona', decision: 'approve' }] },
    ],
  });
  expect(recorded('refund-rejected').reviews).toMatchObject([{ status: 'rejected' }]);
  expect(recorded('agent-asked').reviews).toMatchObject([{ status: 'approved', changed: true }]);
  // Taken back is no second decision, and the yes before it counts as the person's.
  expect(recorded('undo-window').reviews).toMatchObject([
    { status: 'rejected', decisions: [{ decision: 'approve' }] },
    { status: 'approved' },
  ]);
  const policed = recorded('policed-by-words');
  expect(policed).toMatchObject({ path: ['triage', 'people:support'], reachedPeople: true });
  expect(policed.acts.map((act) => act.action)).toContain('escalate');
});

test('figures go by way, by rule and its version, and by person, with what users said', () => {
  const report = reportOn([
    recorded('refund-approved', 5),
    recorded('refund-rejected', 2),
    recorded('policed-by-words', 4),
    recorded('undo-window'),
  ]);
  expect(report).toMatchObject({
    cases: 4,
    outcomes: { finished: 4, failed: 0 },
    reachedPeople: 1,
    feedback: { given: 3, average: 3.67, low: 1 },
  });
  const refunds = report.paths.find(({ path: way }) => way.join() === 'triage,billing');
  expect(refunds).toMatchObject({ cases: 2, feedback: { given: 2, average: 3.5, low: 1 } });
  expect(report.rules).toContainEqual(
    expect.objectContaining({
      policyVersion: '1.0.0',
      action: 'escalate',
      times: 1,
      cases: 1,
      feedback: { given: 1, average: 4, low: 0 },
    }),
  );
  const { text } = reportAnswer({ ...report, erased: 0 });
  expect(text).toContain('triage > billing');
  expect(text).toContain('3.50 of 5 (2, 1 of them 1 or 2)');
});

test('handoffs are counted by the pair they went between, with what of their context arrived (M5, Q3)', () => {
  const accounts = [recorded('working-memory'), recorded('private-team'), recorded('technician-unreachable')];
  const edges = reportOn(accounts).edges;
  const pair = (from: string, to: string): unknown => edges.find((one) => one.from === from && one.to === to);
  expect(pair('intake', 'clerk')).toMatchObject({ handoffs: 2, accepted: 0, notTaken: 2, measured: 0 });
  // What the workflow passes on to a stand-in is not measured, and not called whole.
  expect(pair('intake', 'writer')).toMatchObject({ handoffs: 2, accepted: 2, measured: 0, whole: 0 });
  expect(pair('people:desk', 'writer')).toMatchObject({
    accepted: 2,
    medianMs: expect.any(Number) as number,
  });
  const crossed = edgeFigures(
    [recorded('crossing-signed'), recorded('lawyers-letter')].flatMap((one) => one.handoffs),
  );
  const measured = crossed.reduce((sum, one) => sum + one.measured, 0);
  expect(measured).toBeGreaterThan(1);
  expect(crossed.reduce((sum, one) => sum + one.whole, 0)).toBe(measured);
  const [first] = recorded('crossing-signed').handoffs.filter((one) => one.whole);
  if (!first) throw new Error('nothing was measured');
  expect(edgeFigures([first, { ...first, whole: false }])).toMatchObject([{ measured: 2, whole: 1 }]);
  expect(reportAnswer({ ...reportOn(accounts), erased: 0 }).text).toContain('intake -> clerk');
});

test('a decision in less than five seconds since it was shown is counted', () => {
  const at = '2026-01-01T00:01:00.000Z';
  const opened = '2026-01-01T00:00:00.000Z';
  const took = (shownAt?: string): number => tookMs(opened, { at, shownAt });
  expect(took()).toBe(60_000);
  expect(took('2026-01-01T00:00:57.000Z')).toBe(3_000);
  // Nobody has it longer before them than it is there, and no clock of a door makes time run backwards.
  expect(took('2025-12-31T23:00:00.000Z')).toBe(60_000);
  expect(took('2026-01-01T00:02:00.000Z')).toBe(0);
  expect(took('some time ago')).toBe(60_000);
  expect([4_999, 5_000].map((ms) => isHasty({ tookMs: ms }))).toEqual([true, false]);
  // The drills decide as machines do.
  const { decisions } = reportOn([recorded('refund-approved'), recorded('undo-window')]);
  expect(decisions.hasty).toBe(decisions.given);
  expect(decisions.people.map(({ by }) => by).toSorted()).toEqual(['bea', 'fiona']);
});

test('what models took is told of all cases together, by agent and by skill, and what has none (A3)', () => {
  const row = (sequence: number, content: JsonObject): LedgerRow => ({
    ...{ version: '1.0.0', trace: 't', sequence, previous: '', hash: '', at: '2026-11-22T10:00:00.000Z' },
    ...{ kind: 'turn-completed', owner: 'triage', content },
  });
  const usage = { model: 'openai:gpt', inputTokens: 100, outputTokens: 10, microUsd: 1_500_000 };
  const lost = { calls: 2, inputTokens: 8, outputTokens: 4 };
  const one = accountOf({
    caseId: 'one',
    rows: [
      row(1, { agent: 'triage', skill: 'sorting', usage }),
      row(2, { agent: 'billing', skill: 'refunds', usage: { ...usage, lost } }),
      row(3, { agent: 'billing', usage }),
    ],
  });
  const other = accountOf({ caseId: 'other', rows: [row(1, { agent: 'billing', skill: 'refunds', lost })] });
  const report = reportOn([one, other, accountOf({ caseId: 'none', rows: [] })]);
  const calls = (sums: Readonly<Record<string, { readonly calls: number }>> = {}): object =>
    Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum.calls]));
  expect(report.spend?.total).toEqual({
    ...{ calls: 7, inputTokens: 316, outputTokens: 38, microUsd: 4_500_000, unpriced: 4 },
  });
  expect(calls(report.spend?.agents)).toEqual({ triage: 1, billing: 6 });
  expect(calls(report.spend?.skills)).toEqual({ sorting: 1, refunds: 5 });
  expect(report.spend?.unattributed).toEqual({
    ...{ calls: 1, inputTokens: 100, outputTokens: 10, microUsd: 1_500_000, unpriced: 0 },
  });
  const { text } = reportAnswer({ ...report, erased: 0 });
  expect(text).toContain(
    'skill refunds: 5 calls, 116 tokens in, 18 out, 1.500000 USD, 4 calls without a price',
  );
  expect(text).toContain('no skill: 1 call,');
  expect(reportOn([accountOf({ caseId: 'none', rows: [] })])).not.toHaveProperty('spend');
});
