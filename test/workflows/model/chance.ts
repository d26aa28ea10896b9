/** Choices drawn from one number: the same number gives the same choices, so a failing play can be played again. */
export interface Chance {
  /** An integer from 0 to `bound - 1`. */
  readonly below: (bound: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  /** True in so many of a hundred cases. */
  readonly maybe: (percent: number) => boolean;
  readonly weighted: <Item>(items: readonly (readonly [weight: number, item: Item])[]) => Item;
}

/** Mulberry32: small, and good enough to wander through states. */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  return {
    below,
    pick,
    maybe: (percent) => below(100) < percent,
    weighted: (items) => {
      let left = below(items.reduce((sum, [weight]) => sum + weight, 0));
      for (const [weight, item] of items) {
        if (left < weight) return item;
        left -= weight;
      }
      throw new Error('weights must be positive');
    },
  };
}
