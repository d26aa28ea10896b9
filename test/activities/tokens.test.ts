import { tokenCounter } from '../../activities/context/tokens.ts';

test('a text without a break is counted in time, and about as it would be whole', async () => {
  const count = await tokenCounter();
  const began = process.cpuUsage();
  // Whole, its time grows with the square of the run: a minute and a half of processor instead of a tenth of a second.
  expect(count('x'.repeat(262_144))).toBe(32_768);
  expect(process.cpuUsage(began).user / 1_000_000).toBeLessThan(20);
  expect(count(' '.repeat(262_144))).toBeGreaterThan(100);
  const words = 'The customer was charged twice for the same month. '.repeat(200);
  expect(count(words)).toBe(2_001);
});
