import type { BatonClient, FeedbackFigures } from '../../client/index.ts';
import { inert } from '../output/inert.ts';
import { spendLines } from '../output/spend-text.ts';
import { counted, table } from '../output/table.ts';
import type { Answer } from '../run-command.ts';
import type { AuditReport } from './audit.ts';

type Report = Awaited<ReturnType<BatonClient['report']>>;

/** What `baton report` says. */
export function reportAnswer(report: Report, audit?: AuditReport): Answer {
  const { cases, outcomes, reachedPeople, feedback, paths, rules, edges, decisions, spend, erased } = report;
  const ended = Object.entries(outcomes)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${String(count)} ${outcome}`);
  return {
    json: audit ? { ...report, audit } : report,
    text: [
      `${counted(cases, 'case')}: ${ended.join(', ') || 'none'}; ${String(reachedPeople)} reached people; ${feedbackText(feedback)}\n`,
      ...(audit ? [auditText(audit)] : []),
      ...(erased > 0 ? [`${counted(erased, 'case')} erased with their person\n`] : []),
      '\n',
      table(
        ['way', 'cases', 'finished', 'users said'],
        paths.map((one) => [
          one.path.join(' > '),
          String(one.cases),
          String(one.finished),
          feedbackText(one.feedback),
        ]),
      ),
      ...(edges.length === 0
        ? []
        : [
            '\n',
            table(
              ['handoffs', 'times', 'accepted', 'rolled back', 'not taken', 'measured', 'whole', 'median'],
              edges.map((one) => [
                `${one.from} -> ${one.to}`,
                ...[one.handoffs, one.accepted, one.rolledBack, one.notTaken, one.measured, one.whole].map(
                  String,
                ),
                one.medianMs === undefined ? '' : `${String(one.medianMs)} ms`,
              ]),
            ),
          ]),
      ...(rules.length === 0
        ? []
        : [
            '\n',
            table(
              ['rule', 'version', 'did', 'times', 'cases', 'yes', 'no', 'users said'],
              rules.map((one) => [
                ...[one.rule, one.policyVersion, one.action],
                ...[one.times, one.cases, one.approved, one.rejected].map(String),
                feedbackText(one.feedback),
              ]),
            ),
          ]),
      ...(decisions.given === 0
        ? []
        : [
            `\n${counted(decisions.given, 'decision')}, ${String(decisions.hasty)} in less than five seconds\n`,
            table(
              ['who', 'decisions', 'in under 5 s', 'median'],
              decisions.people.map((one) => [
                one.by,
                String(one.decisions),
                String(one.hasty),
                `${(one.medianMs / 1_000).toFixed(1)} s`,
              ]),
            ),
          ]),
      ...(spend ? ['\nmodels\n', ...spendLines(spend).map((one) => `  ${one}\n`)] : []),
    ].join(''),
  };
}

function auditText({ closed, succeeded, share, faults }: AuditReport): string {
  const percent = share === undefined ? '' : `, ${(share * 100).toFixed(2)} %`;
  const lines = faults.map((one) => `  ${inert(one.caseId)}: ${one.faults.join(', ')}\n`);
  return `audited success: ${String(succeeded)} of ${counted(closed, 'closed case')}${percent}\n${lines.join('')}`;
}

function feedbackText({ given, average, low }: FeedbackFigures): string {
  return average === undefined
    ? 'nothing'
    : `${average.toFixed(2)} of 5 (${String(given)}, ${String(low)} of them 1 or 2)`;
}
