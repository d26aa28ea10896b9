import type { Allowance } from '../../contract/model-usage.ts';

/**
 * What questions that are worked on side by side reserve before any of them begins, so that they cannot spend together
 * what is there once: each as much as it may take, and where that is more than there is, even shares of what others
 * leave (G3). What a question does not spend is the asker's again.
 * @param left what there is; undefined where nothing bounds it
 * @param wanted what each may take, in the order asked
 * @returns the reservation of each; of a field that nothing bounds, none
 */
export function sharesOf(left: Allowance | undefined, wanted: readonly Allowance[]): readonly Allowance[] {
  const tokens = evenShares(
    left?.tokens,
    wanted.map((one) => one.tokens),
  );
  const money = evenShares(
    left?.microUsd,
    wanted.map((one) => one.microUsd),
  );
  return wanted.map((_, index) => ({
    ...withField('tokens', tokens[index]),
    ...withField('microUsd', money[index]),
  }));
}

/** Whether a reservation is enough to begin with. */
export function isWorthBeginning({ tokens = 1, microUsd = 1 }: Allowance): boolean {
  return tokens > 0 && microUsd > 0;
}

function withField(name: keyof Allowance, value: number | undefined): Allowance {
  return value === undefined ? {} : { [name]: value };
}

function evenShares(
  left: number | undefined,
  wanted: readonly (number | undefined)[],
): readonly (number | undefined)[] {
  if (left === undefined) return wanted;
  let rest = Math.max(0, left);
  let waiting = wanted.length;
  const shares: number[] = [];
  // Those who want least first: what they leave is shared among the others.
  const order = wanted
    .map((want, index) => ({ want: want ?? Number.POSITIVE_INFINITY, index }))
    .sort((one, other) => one.want - other.want || one.index - other.index);
  for (const { want, index } of order) {
    const share = Math.min(want, Math.floor(rest / waiting));
    shares[index] = share;
    rest -= share;
    waiting -= 1;
  }
  return shares;
}
