import type { ToolRate } from '../../contract/rates.ts';
import {
  limitDigest,
  type BudgetAmount,
  type BudgetLimit,
  type TenantBudgets,
} from '../../contract/tenant-budget.ts';
import { openTenantBudgets, openToolRates } from '../../stores/index.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

const at = '2026-01-05T00:00:00.000Z';
const audit = { by: 'ann', at };
const most = (tokens: number, microUsd?: number): (() => Promise<BudgetAmount>) => {
  return () => Promise.resolve({ tokens, ...(microUsd === undefined ? {} : { microUsd }) });
};
const daily = (limit: Omit<BudgetLimit, 'per'>): BudgetLimit => ({ ...limit, per: 'day' });

async function spentOf(budgets: TenantBudgets, tenant: string): Promise<unknown> {
  return (await budgets.list()).find((one) => one.tenant === tenant)?.state.spent;
}

/** What every store of budgets and rates does. */
export function testMeters(stores: StoresUnderTest): void {
  describe('TenantBudgets', () => {
    it('reserves before, settles after, and keeps what nobody ever settled', async () => {
      const url = await stores.freshUrl();
      const budgets = await openTenantBudgets(url);
      const never = (): Promise<BudgetAmount> => Promise.reject(new Error('asked for'));
      expect(await budgets.reserve('acme', { key: 'k0', at, most: never })).toEqual({ kind: 'unbounded' });
      expect(await budgets.list()).toEqual([]);
      await budgets.set('acme', daily({ tokens: 100, microUsd: 1_000 }), { ...audit, reason: 'trial' });
      expect(await budgets.reserve('acme', { key: 'k1', at, most: most(60, 600) })).toEqual({
        kind: 'reserved',
      });
      // The same call again is the same call.
      expect(await budgets.reserve('acme', { key: 'k1', at, most: most(60, 600) })).toEqual({
        kind: 'reserved',
      });
      expect(await budgets.reserve('acme', { key: 'k2', at, most: most(60, 1) })).toEqual({
        kind: 'refused',
        most: { tokens: 60, microUsd: 1 },
        left: { tokens: 40, microUsd: 400 },
      });
      expect(await budgets.reserve('acme', { key: 'k2', at, most: most(1, 401) })).toMatchObject({
        kind: 'refused',
      });
      expect(await budgets.reserve('acme', { key: 'k2', at, most: most(1) })).toEqual({ kind: 'unpriced' });
      await budgets.settle('acme', { key: 'k1', took: { tokens: 10, microUsd: 100 } });
      await budgets.settle('acme', { key: 'k1', took: { tokens: 0, microUsd: 0 } });
      await budgets.settle('nobody', { key: 'k1', took: { tokens: 0 } });
      expect(await spentOf(budgets, 'acme')).toEqual({ calls: 1, tokens: 10, microUsd: 100 });
      expect(await budgets.reserve('acme', { key: 'k3', at, most: most(90, 900) })).toEqual({
        kind: 'reserved',
      });
      await budgets.close();

      const again = await openTenantBudgets(url);
      expect(await spentOf(again, 'acme')).toEqual({ calls: 2, tokens: 100, microUsd: 1_000 });
      expect(await again.reserve('acme', { key: 'k4', at, most: most(1, 1) })).toMatchObject({
        kind: 'refused',
      });
      expect(await again.reserve('other', { key: 'k4', at, most: never })).toEqual({ kind: 'unbounded' });
      // Another day is another budget, and a clock that is behind does not bring the old one back.
      const next = '2026-01-06T00:00:00.000Z';
      expect(await again.reserve('acme', { key: 'k5', at: next, most: most(70, 1) })).toEqual({
        kind: 'reserved',
      });
      expect(await again.reserve('acme', { key: 'k6', at, most: most(70, 1) })).toMatchObject({
        kind: 'refused',
      });
      await again.settle('acme', { key: 'k3', took: { tokens: 0 } });
      expect(await spentOf(again, 'acme')).toEqual({ calls: 1, tokens: 70, microUsd: 1 });
      // A limit that is raised keeps what was spent.
      await again.set('acme', daily({ tokens: 141 }), { ...audit, at: next });
      expect(await again.reserve('acme', { key: 'k7', at: next, most: most(71) })).toEqual({
        kind: 'reserved',
      });
      expect([await again.clear('acme'), await again.clear('acme')]).toEqual([true, false]);
      expect(await again.list()).toEqual([]);
      await again.close();
      await expect(again.list()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    });

    it('changes a limit for those alone who know what it is now', async () => {
      const budgets = await openTenantBudgets(await stores.freshUrl());
      const none = limitDigest(undefined);
      const first = await budgets.set('acme', daily({ tokens: 10 }), audit, none);
      const stale = { code: 'BUDGET_CHANGED', field: 'digest' };
      await expect(budgets.set('acme', daily({ tokens: 20 }), audit, none)).rejects.toMatchObject(stale);
      await expect(budgets.clear('acme', none)).rejects.toMatchObject(stale);
      // What is spent meanwhile is no other limit.
      await budgets.reserve('acme', { key: 'k', at, most: most(5) });
      const second = await budgets.set('acme', daily({ tokens: 20 }), audit, limitDigest(first));
      expect(second).toMatchObject({ limit: { tokens: 20 }, spent: { tokens: 5 } });
      await expect(budgets.clear('acme', limitDigest(first))).rejects.toMatchObject(stale);
      expect(await budgets.clear('acme', limitDigest(second))).toBe(true);
      await budgets.close();
    });

    it('lets as many of many through at once as the budget has room for', async () => {
      const url = await stores.freshUrl();
      const [one, two] = await Promise.all([openTenantBudgets(url), openTenantBudgets(url)]);
      const either = (index: number): TenantBudgets => (index % 2 === 0 ? one : two);
      await one.set('acme', daily({ tokens: 75 }), audit);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          either(index).reserve('acme', { key: `k${String(index)}`, at, most: most(10) }),
        ),
      );
      expect(answers.filter(({ kind }) => kind === 'reserved')).toHaveLength(7);
      expect(answers.filter(({ kind }) => kind === 'refused')).toHaveLength(13);
      await Promise.all(
        answers.map((_, index) =>
          either(index).settle('acme', { key: `k${String(index)}`, took: { tokens: 1 } }),
        ),
      );
      expect(await spentOf(one, 'acme')).toEqual({ calls: 7, tokens: 7, microUsd: 0 });
      await Promise.all([one.close(), two.close()]);
    });
  });

  describe('ToolRates', () => {
    it('gives calls that come too soon a time each, whichever process asks', async () => {
      const url = await stores.freshUrl();
      const [one, two] = await Promise.all([openToolRates(url), openToolRates(url)]);
      const rate: ToolRate = { calls: 3, perMs: 1_000 };
      const name = { tenant: 'acme', bucket: 'desk/refund' };
      const waits = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 === 0 ? one : two).take(name, rate, `k${String(index)}`, 5_000),
        ),
      );
      expect(waits.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 1_000, 1_000, 1_000, 2_000, 2_000]);
      const last = `k${String(waits.indexOf(2_000))}`;
      expect(await two.take(name, rate, last, 6_500)).toBe(500);
      expect(await two.take(name, rate, last, 7_000)).toBe(0);
      // Another tenant, and another tool, have rates of their own.
      expect(await one.take({ ...name, tenant: 'other' }, rate, 'k', 5_000)).toBe(0);
      expect(await one.take({ ...name, bucket: 'desk/find' }, rate, 'k', 5_000)).toBe(0);
      const listed = await one.list();
      expect(listed.map(({ tenant, bucket }) => `${tenant} ${bucket}`)).toEqual([
        'acme desk/find',
        'acme desk/refund',
        'other desk/refund',
      ]);
      expect(Object.keys(listed[1]?.state.waiting ?? {})).toHaveLength(4);
      await Promise.all([one.close(), two.close()]);
    });
  });
}
