import { marginalCost, mean, median, percentile } from '../../bench/arithmetic.ts';

const ten = [7, 1, 10, 3, 5, 9, 2, 8, 4, 6];

test.each([
  [0.05, 1],
  [0.1, 1],
  [0.5, 5],
  [0.51, 6],
  [0.95, 10],
  [1, 10],
])('percentile %p of 1 to 10 in any order is %p', (share, expected) => {
  expect(percentile(ten, share)).toBe(expected);
});

test('a percentile is one of the samples, and leaves them as they were', () => {
  const samples = [3, 1, 2];
  expect(percentile(samples, 0.95)).toBe(3);
  expect(samples).toEqual([3, 1, 2]);
});

test('the median of an even number is the mean of the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([4, 1, 3])).toBe(3);
  expect(median([-4, -1, -3])).toBe(-3);
});

test('nothing has no statistics', () => {
  expect(() => percentile([], 0.5)).toThrow(RangeError);
  expect(() => median([])).toThrow(RangeError);
  expect(() => mean([])).toThrow(RangeError);
});

test('what a case costs without handoffs falls out of the marginal cost', () => {
  const at = (handoffs: number): { handoffs: number; costs: readonly number[] } => ({
    handoffs,
    costs: [1, 2, 3].map((noise) => 100 + noise + handoffs * 12),
  });
  expect(marginalCost(at(1), at(5), mean)).toBe(12);
  expect(marginalCost(at(2), at(3), (costs) => percentile(costs, 0.95))).toBe(12);
});

test('cases that differ in nothing have no marginal cost', () => {
  const costs = { handoffs: 1, costs: [1] };
  expect(() => marginalCost(costs, costs, mean)).toThrow(RangeError);
});
