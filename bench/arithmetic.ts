/**
 * The value below which a share of the samples lies, by the nearest-rank method: always one of the samples.
 * @param share between 0 and 1; 0.5 is the median, of an even number the lower one
 * @throws RangeError for no samples
 */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((left, right) => left - right);
  const value = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1];
  if (value === undefined) throw new RangeError('no samples');
  return value;
}

/**
 * The middle of some figures; of an even number the mean of the two in the middle.
 * @throws RangeError for no figures
 */
export function median(figures: readonly number[]): number {
  const fromAbove = figures.map((figure) => -figure);
  return (percentile(figures, 0.5) - percentile(fromAbove, 0.5)) / 2;
}

/**
 * The mean of some figures.
 * @throws RangeError for no figures
 */
export function mean(figures: readonly number[]): number {
  if (figures.length === 0) throw new RangeError('no figures');
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}

/** Costs of cases that had the same number of handoffs. */
export interface CostsAt {
  readonly handoffs: number;
  readonly costs: readonly number[];
}

/**
 * What one more handoff costs: how much a statistic of the cases rises from few handoffs to many, over the handoffs
 * they differ by. What a case costs without handoffs falls out.
 * @param statistic such as {@link mean}, or a percentile
 * @throws RangeError when the cases of many have no more of them than those of few
 */
export function marginalCost(
  few: CostsAt,
  many: CostsAt,
  statistic: (costs: readonly number[]) => number,
): number {
  const extra = many.handoffs - few.handoffs;
  if (extra < 1)
    throw new RangeError(`${String(many.handoffs)} handoffs are not more than ${String(few.handoffs)}`);
  return (statistic(many.costs) - statistic(few.costs)) / extra;
}
