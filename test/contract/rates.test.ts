import fc from 'fast-check';
import { takeSlot, type RateState, type ToolRate } from '../../contract/rates.ts';

/** Plays calls that arrive at these times, each coming again when it was told to; when each went. */
function play(rate: ToolRate, arrivals: readonly number[]): readonly number[] {
  const asks = arrivals.map((at, index) => ({ at, key: `k${String(index)}` }));
  const went: number[] = [];
  let state: RateState | undefined;
  while (asks.length > 0) {
    asks.sort((one, other) => one.at - other.at);
    const next = asks.shift();
    if (!next) break;
    const taken = takeSlot(state, rate, next.key, next.at);
    state = taken.state;
    if (taken.waitMs === 0) went.push(next.at);
    else asks.push({ at: next.at + taken.waitMs, key: next.key });
  }
  return went;
}

const cases = fc.record({
  rate: fc.record({ calls: fc.integer({ min: 1, max: 5 }), perMs: fc.integer({ min: 1, max: 200 }) }),
  arrivals: fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 40 }),
});

test('no window has more calls than the rate allows, every call goes, and no sooner than it must wait', () => {
  fc.assert(
    fc.property(cases, ({ rate, arrivals }) => {
      const went = play(rate, arrivals);
      expect(went).toHaveLength(arrivals.length);
      went.forEach((time, index) => {
        const before = went[index - rate.calls];
        if (before !== undefined) expect(time - before).toBeGreaterThanOrEqual(rate.perMs);
      });
      const rare = arrivals.length <= rate.calls;
      if (rare) expect(went).toEqual(arrivals.toSorted((one, other) => one - other));
    }),
  );
});

test('a call that never came again is forgotten, and its time was lost to nobody else', () => {
  const rate = { calls: 1, perMs: 1_000 };
  const first = takeSlot(undefined, rate, 'a', 0);
  const second = takeSlot(first.state, rate, 'b', 0);
  expect(second.waitMs).toBe(1_000);
  const later = takeSlot(second.state, rate, 'c', 10_000_000);
  expect(later.waitMs).toBe(0);
  expect(later.state.waiting).toEqual({});
});
