/** What is counted, of one dialogue or of all. */
interface Counts {
  /** Handoffs as the data set counts them. */
  readonly handoffs: number;
  /** Of them, those that went from the right service to the right one, at the right message. */
  readonly routed: number;
  /** Slot values that must survive a handoff unspoken. */
  readonly carried: number;
  /** Of them, those that did not arrive, and were not refused. */
  readonly lost: number;
  /** Those that arrived with another value. */
  readonly wrong: number;
  /** Those that arrived under another name of the receiver's build. */
  readonly adapted: number;
  /** Those that the receiver's build has no place for, and that the edge refused by name. */
  readonly refused: number;
  /** Those lost without a word in the record of a handoff. */
  readonly silent: number;
  /** Commits that were taken back. */
  readonly compensated: number;
}

/** What became of one dialogue. */
export interface DialogueReport extends Counts {
  readonly dialogue: string;
  readonly path: readonly string[];
  readonly outcome: string;
  readonly milliseconds: number;
  /** Why the dialogue counts as failed; empty when it does not. */
  readonly problems: readonly string[];
}

/** All dialogues together: the last line of `--json`. */
export interface SgdTotals extends Counts {
  readonly dialogues: number;
  readonly failed: readonly string[];
}

/** Adds the reports up. */
export function sgdTotals(reports: readonly DialogueReport[]): SgdTotals {
  const sum = (value: (report: DialogueReport) => number): number =>
    reports.reduce((total, report) => total + value(report), 0);
  return {
    dialogues: reports.length,
    handoffs: sum((report) => report.handoffs),
    routed: sum((report) => report.routed),
    carried: sum((report) => report.carried),
    lost: sum((report) => report.lost),
    wrong: sum((report) => report.wrong),
    adapted: sum((report) => report.adapted),
    refused: sum((report) => report.refused),
    silent: sum((report) => report.silent),
    compensated: sum((report) => report.compensated),
    failed: reports.filter((report) => report.problems.length > 0).map((report) => report.dialogue),
  };
}

/** Whether nothing is lost, wrong, silent or failed. */
export function isRight(totals: SgdTotals): boolean {
  return totals.lost + totals.wrong + totals.silent + totals.failed.length === 0;
}
