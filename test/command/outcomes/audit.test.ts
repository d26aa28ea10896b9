import { readFileSync } from 'node:fs';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { BatonClient, History } from '../../../client/index.ts';
import { rowsInHistory } from '../../../client/history/ledger-rows.ts';
import { auditCases, type AuditReport } from '../../../command/outcomes/audit.ts';
import { reportAnswer } from '../../../command/outcomes/report-answer.ts';
import { reportOn } from '../../../client/outcomes/report.ts';

const folder = path.resolve(import.meta.dirname, '../../histories/0.1.0');

interface Manifest {
  readonly histories: readonly { readonly file: string; readonly caseId: string }[];
}
const { histories } = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest;

/** A recorded case, and what is done to its history before it is audited. */
interface Kept {
  readonly name: string;
  readonly tamper?: (history: History) => void;
  /** What `verify` says of its ledger. */
  readonly sound?: boolean;
}

/** Audits recorded cases by a client that reads them. */
async function audit(...kept: readonly Kept[]): Promise<AuditReport> {
  const cases = kept.map(({ name, tamper, sound = true }) => {
    const caseId = histories.find((one) => one.file === `${name}.json`)?.caseId ?? '';
    const history: History = historyFromJSON(
      JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')),
    );
    const { rows } = rowsInHistory(history.events ?? []);
    tamper?.(history);
    return { caseId, history, rows, sound };
  });
  const caseOf = (caseId: string): (typeof cases)[number] => {
    const found = cases.find((one) => one.caseId === caseId);
    if (!found) throw new Error(`no case ${caseId}`);
    return found;
  };
  const baton = {
    pastCases: () => Promise.resolve({ cases, erased: ['gone'] }),
    verify: (caseId: string) => Promise.resolve({ ok: caseOf(caseId).sound, anchored: true }),
    histories: (caseId: string) => Promise.resolve({ runs: [{ history: caseOf(caseId).history }] }),
  } as unknown as BatonClient;
  return auditCases(baton, {});
}

/** The history says that another tool was called. */
function swapped(history: History): void {
  for (const { activityTaskScheduledEventAttributes: scheduled } of history.events ?? [])
    if (scheduled?.activityType?.name === 'effect') scheduled.activityType = { name: 'compensate' };
}

test('a closed case is an audited success when it ended well, was never parked, verifies and replays', async () => {
  const report = await audit(
    { name: 'refund-approved' },
    { name: 'refund-rejected', sound: false },
    { name: 'duplicate-charge', tamper: swapped },
    { name: 'parked-turn-redriven' },
  );
  const idOf = (name: string): string | undefined =>
    histories.find((one) => one.file === `${name}.json`)?.caseId;
  expect(report).toEqual({
    ...{ closed: 4, open: 0, erased: 1, succeeded: 1, share: 0.25 },
    faults: [
      { caseId: idOf('refund-rejected'), faults: ['ledger'] },
      { caseId: idOf('duplicate-charge'), faults: ['replay'] },
      { caseId: idOf('parked-turn-redriven'), faults: ['parked'] },
    ],
  });
  const { text, json } = reportAnswer({ ...reportOn([]), erased: 0 }, report);
  expect(text).toContain('audited success: 1 of 4 closed cases, 25.00 %\n');
  expect(text).toContain(`  ${String(idOf('duplicate-charge'))}: replay\n`);
  expect(json).toMatchObject({ audit: report });
});

test('what was cancelled and only partly taken back is none, and what is open is neither', async () => {
  const cancelled = await audit({ name: 'letter-then-cancelled' });
  expect(cancelled.faults.map((one) => one.faults)).toEqual([['partly-compensated']]);
  const nothing = await audit();
  expect(nothing).toEqual({ closed: 0, open: 0, erased: 1, succeeded: 0, faults: [] });
});
