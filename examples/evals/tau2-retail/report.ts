import type { CaseView } from '../../../contract/case.ts';
import type { Refusal, Task } from './folder.ts';

/** How the shop's database stands at the end. */
type DatabaseEnd = 'end' | 'initial' | 'between';

/** What became of one task. */
export interface TaskReport {
  readonly task: string;
  readonly database: DatabaseEnd;
  readonly endHashRight: boolean;
  readonly initialHashRestored: boolean;
  readonly outcome: string;
  readonly handoffs: number;
  /** Changes of the shop that were committed, those that were taken back included. */
  readonly effects: number;
  readonly compensations: number;
  readonly slotsDeclared: number;
  readonly slotsArrived: number;
  readonly refusalsExpected: number;
  readonly refusalsSeen: number;
  readonly path: readonly string[];
  readonly milliseconds: number;
  /** Why the task counts as failed; empty when it does not. */
  readonly problems: readonly string[];
}

/** All tasks together: the last line of `--json`. */
export interface Totals {
  readonly tasks: number;
  readonly endHashRight: number;
  readonly initialHashRestored: number;
  readonly between: number;
  readonly handoffs: number;
  readonly effects: number;
  readonly compensations: number;
  readonly slotsDeclared: number;
  readonly slotsArrived: number;
  readonly failed: readonly string[];
}

/** What a report is made from. */
export interface Played {
  readonly task: Task;
  readonly view: CaseView | undefined;
  /** What went wrong around the case. */
  readonly problem: string | undefined;
  readonly initialHash: string;
  /** Hash of the database when the case had ended. */
  readonly hash: string;
  readonly slots: { readonly declared: number; readonly arrived: number };
  /** Effects after which the task was to be cancelled. */
  readonly abortAfter: number | undefined;
  /** Whether faults may have ended the case before its time. */
  readonly disturbed: boolean;
  readonly milliseconds: number;
}

/** Judges one task. */
export function reportTask(played: Played): TaskReport {
  const { task, view, slots } = played;
  const cancelled = view?.outcome?.kind === 'cancelled' || view?.outcome?.kind === 'failed';
  const database = databaseEnd(played, cancelled);
  const effects = view?.effects ?? [];
  const seen = refusalsSeen(view);
  const report = {
    task: task.id,
    database,
    endHashRight: database === 'end',
    initialHashRestored: database === 'initial',
    outcome: outcomeOf(view),
    handoffs: (view?.handoffs ?? []).filter((handoff) => handoff.acceptedAt !== undefined).length,
    effects: effects.filter((effect) => effect.result !== undefined || effect.status === 'committed').length,
    compensations: effects.filter((effect) => effect.status === 'undone').length,
    slotsDeclared: slots.declared,
    slotsArrived: slots.arrived,
    refusalsExpected: task.refusals.length,
    refusalsSeen: seen.length,
    path: view?.path ?? [],
    milliseconds: played.milliseconds,
  };
  return { ...report, problems: problemsOf(played, report, seen, cancelled) };
}

/** Adds the reports up. */
export function totalsOf(reports: readonly TaskReport[]): Totals {
  const sum = (value: (report: TaskReport) => number): number =>
    reports.reduce((total, report) => total + value(report), 0);
  return {
    tasks: reports.length,
    endHashRight: sum((report) => Number(report.endHashRight)),
    initialHashRestored: sum((report) => Number(report.initialHashRestored)),
    between: sum((report) => Number(report.database === 'between')),
    handoffs: sum((report) => report.handoffs),
    effects: sum((report) => report.effects),
    compensations: sum((report) => report.compensations),
    slotsDeclared: sum((report) => report.slotsDeclared),
    slotsArrived: sum((report) => report.slotsArrived),
    failed: reports.filter((report) => report.problems.length > 0).map((report) => report.task),
  };
}

/** A task whose right end is the beginning ends there either way: what the case says tells the two apart. */
function databaseEnd(played: Played, cancelled: boolean): DatabaseEnd {
  const { hash, initialHash, task } = played;
  if (hash === initialHash && (cancelled || hash !== task.endHash)) return 'initial';
  return hash === task.endHash ? 'end' : 'between';
}

function outcomeOf(view: CaseView | undefined): string {
  if (!view?.outcome) return view?.stage ?? 'unknown';
  return view.outcome.kind === 'finished' ? view.outcome.outcome : view.outcome.kind;
}

function refusalsSeen(view: CaseView | undefined): readonly Refusal[] {
  const refusals = view?.facts['refusals'];
  if (!Array.isArray(refusals)) return [];
  return (refusals as readonly { step: string; why: string }[]).map(({ step, why }) => ({
    action: step,
    error: why,
  }));
}

function problemsOf(
  played: Played,
  report: Omit<TaskReport, 'problems'>,
  seen: readonly Refusal[],
  cancelled: boolean,
): readonly string[] {
  const { task, view, abortAfter } = played;
  const problems = played.problem === undefined ? [] : [played.problem];
  if (view?.stage !== 'closed') problems.push(`the case is ${view?.stage ?? 'not known'}`);
  if (report.database === 'between') problems.push('the database is between beginning and end');
  if (view?.outcome?.kind === 'finished' && report.database !== 'end') {
    problems.push('the case finished, but not with the right database');
  }
  const mayEndEarly = played.disturbed || (abortAfter !== undefined && report.effects >= abortAfter);
  if (cancelled && !mayEndEarly) problems.push(`the case was ${report.outcome}`);
  if (!cancelled && abortAfter !== undefined && report.effects >= abortAfter) {
    problems.push(`the case was not cancelled after effect ${abortAfter}`);
  }
  if (task.mustNotWrite && report.effects > 0) problems.push('something was written');
  if (report.slotsArrived < report.slotsDeclared) problems.push('context was lost at a handoff');
  if (!cancelled) problems.push(...wrongRefusals(task.refusals, seen));
  if (report.outcome === 'unexpected-escalation') problems.push('the case went to a person unasked');
  return problems;
}

/** The same calls must be refused, for the same reasons. */
function wrongRefusals(expected: readonly Refusal[], seen: readonly Refusal[]): readonly string[] {
  const missing = expected.filter(
    (one) => !seen.some((other) => other.action === one.action && other.error.includes(`: ${one.error};`)),
  );
  const extra = seen.filter((one) => !expected.some((other) => other.action === one.action));
  return [
    ...missing.map((one) => `${one.action} was not refused with "${one.error}"`),
    ...extra.map((one) => `${one.action} was refused: ${one.error}`),
  ];
}
