import { isHasty } from '../../contract/review.ts';
import type { CaseAccount } from './account.ts';
import { edgeFigures, type EdgeFigures } from './handoffs.ts';
import { spendTogether, type SpendFigures } from './spend.ts';

/** What users said of some cases. */
export interface FeedbackFigures {
  readonly given: number;
  /** Mean rating, 1 to 5, to two decimals; absent where nobody said anything. */
  readonly average?: number;
  /** Ratings of 1 and 2. */
  readonly low: number;
}

/** How cases went that took the same way. */
export interface PathFigures {
  readonly path: readonly string[];
  readonly cases: number;
  readonly finished: number;
  readonly feedback: FeedbackFigures;
}

/** What a rule of one version of a policy did, and what became of the cases. */
export interface RuleFigures {
  readonly policyVersion: string;
  readonly rule: string;
  readonly action: string;
  readonly times: number;
  readonly cases: number;
  /** Reviews that it opened, by what people made of them. */
  readonly approved: number;
  readonly rejected: number;
  readonly feedback: FeedbackFigures;
}

/** One person's decisions. */
export interface DeciderFigures {
  readonly by: string;
  readonly decisions: number;
  /** Decisions in less than five seconds: nobody has read much by then. */
  readonly hasty: number;
  /** Median time to a decision, in milliseconds. */
  readonly medianMs: number;
}

/** Figures over past cases. */
export interface OutcomesReport {
  readonly cases: number;
  readonly outcomes: Readonly<Record<CaseAccount['outcome'], number>>;
  readonly reachedPeople: number;
  readonly feedback: FeedbackFigures;
  /** By number of cases, the most first. */
  readonly paths: readonly PathFigures[];
  readonly rules: readonly RuleFigures[];
  /** Handoffs by the pair they went between, with what of their context arrived. */
  readonly edges: readonly EdgeFigures[];
  readonly decisions: {
    readonly given: number;
    readonly hasty: number;
    readonly people: readonly DeciderFigures[];
  };
  /** What models took, by agent and by skill; absent where none was called. */
  readonly spend?: SpendFigures;
}

/** Puts accounts of cases together. */
export function reportOn(accounts: readonly CaseAccount[]): OutcomesReport {
  const spend = spendTogether(accounts.map((one) => one.spend));
  const decisions = accounts.flatMap((one) => one.reviews.flatMap((review) => review.decisions));
  const count = (outcome: CaseAccount['outcome']): number =>
    accounts.filter((one) => one.outcome === outcome).length;
  return {
    cases: accounts.length,
    outcomes: {
      finished: count('finished'),
      cancelled: count('cancelled'),
      failed: count('failed'),
      open: count('open'),
    },
    reachedPeople: accounts.filter((one) => one.reachedPeople).length,
    feedback: feedbackOf(accounts),
    paths: [...groupedBy(accounts, ({ path }) => path.join(' '))].map(([, group]) => pathFigures(group)),
    rules: ruleFigures(accounts),
    edges: edgeFigures(accounts.flatMap((one) => one.handoffs)),
    decisions: {
      given: decisions.length,
      hasty: decisions.filter(isHasty).length,
      people: [...groupedBy(decisions, ({ by }) => by)].map(([by, own]) => ({
        by,
        decisions: own.length,
        hasty: own.filter(isHasty).length,
        medianMs: medianOf(own.map((one) => one.tookMs)),
      })),
    },
    ...(spend ? { spend } : {}),
  };
}

function pathFigures(group: readonly CaseAccount[]): PathFigures {
  return {
    path: group[0]?.path ?? [],
    cases: group.length,
    finished: group.filter((one) => one.outcome === 'finished').length,
    feedback: feedbackOf(group),
  };
}

function ruleFigures(accounts: readonly CaseAccount[]): readonly RuleFigures[] {
  const acts = accounts.flatMap((account) => account.acts.map((act) => ({ account, act })));
  return [...groupedBy(acts, ({ act }) => `${act.policyVersion} ${act.rule} ${act.action}`)].flatMap(
    ([, group]) => {
      const [first] = group;
      if (!first) return [];
      const { policyVersion, rule, action } = first.act;
      const cases = [...new Set(group.map((one) => one.account))];
      const reviews = group.flatMap(({ account, act }) => reviewBy(account, act.sequence, action));
      return [
        {
          ...{ policyVersion, rule, action, times: group.length, cases: cases.length },
          approved: reviews.filter((one) => one.status === 'approved').length,
          rejected: reviews.filter((one) => one.status === 'rejected').length,
          feedback: feedbackOf(cases),
        },
      ];
    },
  );
}

/** The review that a rule's act opened: it follows at once. */
export function reviewBy(
  { reviews }: CaseAccount,
  sequence: number,
  action: string,
): readonly CaseAccount['reviews'][number][] {
  return action === 'review' ? reviews.filter((one) => one.sequence > sequence).slice(0, 1) : [];
}

function feedbackOf(accounts: readonly CaseAccount[]): FeedbackFigures {
  const ratings = accounts.flatMap(({ feedback }) => (feedback ? [feedback.rating] : []));
  const sum = ratings.reduce((total, rating) => total + rating, 0);
  return {
    given: ratings.length,
    ...(ratings.length === 0 ? {} : { average: Math.round((sum / ratings.length) * 100) / 100 }),
    low: ratings.filter((rating) => rating <= 2).length,
  };
}

function medianOf(times: readonly number[]): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** Groups in which the largest comes first. */
function groupedBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return new Map([...groups].toSorted(([, left], [, right]) => right.length - left.length));
}
