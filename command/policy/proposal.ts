import { isCaught, type Sample, type Threshold } from './evidence.ts';

/** How a threshold would have done: people not asked who were needed, and people asked in vain. */
export interface ThresholdFigures {
  readonly missed: number;
  readonly needless: number;
}

/** Another threshold for a rule, and what speaks for it. */
export interface ThresholdProposal {
  readonly rule: string;
  readonly input: string;
  readonly operator: Threshold['operator'];
  readonly from: number;
  readonly to: number;
  readonly path: Threshold['path'];
  readonly samples: number;
  readonly before: ThresholdFigures;
  readonly after: ThresholdFigures;
  /** Cases in which it would have made the difference, at most 50. */
  readonly cases: readonly string[];
}

/** What it takes to propose something. */
export interface ProposalRules {
  /** Samples at least. */
  readonly least: number;
  /** How many people asked in vain weigh as much as one who was needed and not asked. */
  readonly miss: number;
}

/** The smallest gain that is told, and its smallest share of what the threshold costs now. */
const LEAST_GAIN = 3;
const LEAST_SHARE = 0.1;

/**
 * The threshold at which least would have gone wrong, where that is clearly better than the one in use, and better on
 * both halves of the cases: what holds on one half by chance does not on the other.
 * @param samples in an order that has nothing to do with their values
 * @returns undefined where outcomes do not speak for another one
 */
export function proposeThreshold(
  threshold: Threshold,
  samples: readonly Sample[],
  rules: ProposalRules,
): ThresholdProposal | undefined {
  const { rule, input, operator, bound, path } = threshold;
  if (samples.length < rules.least) return undefined;
  const halves = [0, 1].map((half) => samples.filter((_, index) => index % 2 === half));
  const costAt = (at: number, of: readonly Sample[]): number => {
    const { missed, needless } = figuresAt(threshold, at, of);
    return missed * rules.miss + needless;
  };
  const now = costAt(bound, samples);
  const candidates = candidatesOf(samples)
    .map((at) => ({ at, cost: costAt(at, samples) }))
    .filter(({ at }) => halves.every((half) => costAt(at, half) < costAt(bound, half)))
    // Of those that cost the same, the one that changes least.
    .toSorted(
      (left, right) => left.cost - right.cost || Math.abs(left.at - bound) - Math.abs(right.at - bound),
    );
  const [best] = candidates;
  if (!best || now - best.cost < Math.max(LEAST_GAIN, LEAST_SHARE * now)) return undefined;
  const moved = samples.filter(
    ({ value }) => isCaught(threshold, bound, value) !== isCaught(threshold, best.at, value),
  );
  return {
    ...{ rule: rule.id, input, operator, from: bound, to: best.at, path, samples: samples.length },
    before: figuresAt(threshold, bound, samples),
    after: figuresAt(threshold, best.at, samples),
    cases: [...new Set(moved.map((one) => one.caseId))].slice(0, 50),
  };
}

function figuresAt(threshold: Threshold, at: number, samples: readonly Sample[]): ThresholdFigures {
  const wrong = samples.filter(({ value, needed }) => isCaught(threshold, at, value) !== needed);
  const missed = wrong.filter((one) => one.needed).length;
  return { missed, needless: wrong.length - missed };
}

/** Numbers between neighbouring values, as short as they can be: beyond all values there is no evidence. */
function candidatesOf(samples: readonly Sample[]): readonly number[] {
  const values = [...new Set(samples.map((one) => one.value))].toSorted((left, right) => left - right);
  return values.slice(1).map((value, index) => shortBetween(values[index] ?? value, value));
}

function shortBetween(low: number, high: number): number {
  const middle = (low + high) / 2;
  for (let digits = 0; digits <= 6; digits += 1) {
    const short = Number(middle.toFixed(digits));
    if (short > low && short < high) return short;
  }
  return middle;
}
