import {
  limitBudget,
  requireLimit,
  reserveIn,
  settleIn,
  type BudgetState,
  type Reservation,
  type TenantBudgets,
} from '../contract/tenant-budget.ts';
import { changeMeter, type MeterName, type MeterTable } from './meter-table.ts';

/** Budgets of tenants over any table of meters. */
export function tenantBudgets(table: MeterTable): TenantBudgets {
  const of = (tenant: string): MeterName => ({ kind: 'budget', tenant, name: 'models' });
  return {
    set: (tenant, limit, audit, expected) =>
      changeMeter<BudgetState, BudgetState>(table, of(tenant), (before) => {
        requireLimit(before, expected);
        const state = limitBudget(before, limit, audit);
        return { state, answer: state };
      }),
    clear: (tenant, expected) =>
      changeMeter<BudgetState, boolean>(table, of(tenant), (before) => {
        requireLimit(before, expected);
        return { state: undefined, answer: before !== undefined };
      }),
    reserve: (tenant, { most, ...call }) => {
      let counted: Promise<Awaited<ReturnType<typeof most>>> | undefined;
      return changeMeter<BudgetState, Reservation>(table, of(tenant), async (before) => {
        if (!before) return { state: before, answer: { kind: 'unbounded' } };
        counted ??= most();
        return reserveIn(before, { ...call, most: await counted });
      });
    },
    settle: (tenant, call) =>
      changeMeter<BudgetState, undefined>(table, of(tenant), (before) => ({
        state: before && settleIn(before, call),
        answer: undefined,
      })),
    list: async () =>
      (await table.list('budget')).map((row) => {
        const [tenant = '', , state = ''] = row.map(String);
        return { tenant, state: JSON.parse(state) as BudgetState };
      }),
    close: () => table.close(),
  };
}
