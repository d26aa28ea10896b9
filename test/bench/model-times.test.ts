import { scriptOf } from '../../bench/long-case.ts';
import { measureModelCalls } from '../../bench/model-times.ts';

test('the long case has as many calls of models, handoffs and calls of tools as it is to have', () => {
  const { left, right } = scriptOf({ modelCalls: 100, handoffs: 20, toolCalls: 100, resultBytes: 4_096 });
  const all = [...left, ...right];
  expect(all).toHaveLength(100);
  expect(all.filter((one) => one.kind === 'hands-over')).toHaveLength(20);
  expect(all.reduce((sum, one) => sum + (one.kind === 'looks' ? one.calls : 0), 0)).toBe(100);
  // Look-ups are spread over the owners, and the last owner ends the case.
  expect(left.at(-1)).toEqual({ kind: 'ends' });
  expect(right.filter((one) => one.kind === 'looks').length).toBeGreaterThan(30);
  expect(() => scriptOf({ modelCalls: 10, handoffs: 9, toolCalls: 5, resultBytes: 1 })).toThrow(RangeError);
});

test('both sides ask the model and get its answer', async () => {
  const rows = new Map((await measureModelCalls(2)).map((row) => [row.metric, row]));
  const { baton = 0, raw } = rows.get('model_call_ms') ?? {};
  expect(raw).toBeGreaterThan(0);
  expect(rows.get('model_call_overhead_ms')?.baton).toBeCloseTo(baton - (raw ?? 0), 1);
});
