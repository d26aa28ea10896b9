import { BatonError, failure } from '../../contract/failures.ts';
import type { LostCalls, ModelUsage } from '../../contract/model-usage.ts';
import type { BudgetAmount, TenantBudgets } from '../../contract/tenant-budget.ts';
import { tenantOfCase } from '../../contract/tenant.ts';

/** What the tenant of a case may spend, as one attempt of a turn asks for it. */
export interface TenantPurse {
  /**
   * Puts the most aside that a call can cost, before it is made.
   * @throws BatonError `TENANT_BUDGET_SPENT`, `MODEL_PRICE_UNKNOWN`, `STORE_UNAVAILABLE`
   */
  readonly reserve: (model: string, most: () => Promise<LostCalls>) => Promise<void>;
  /** Puts what it took in its place. */
  readonly settle: (
    model: string,
    took: Pick<ModelUsage, 'inputTokens' | 'outputTokens' | 'microUsd'>,
  ) => Promise<void>;
}

/**
 * The purse of a case's tenant. What was put aside for a call of unknown outcome stays spent: its worker was killed, or
 * its vendor never said what became of it (G3).
 * @param attempt names the attempt of the turn: each is a call of its own
 */
export function tenantPurse(
  budgets: TenantBudgets | undefined,
  caseId: string,
  attempt: string,
): TenantPurse {
  const tenant = tenantOfCase(caseId);
  const reserved = new Set<string>();
  return {
    reserve: async (model, most) => {
      const answer = await budgets?.reserve(tenant, {
        key: `${attempt} ${model}`,
        at: new Date().toISOString(),
        most: async () => amountOf(await most()),
      });
      if (!answer || answer.kind === 'unbounded') return;
      if (answer.kind === 'unpriced')
        throw new BatonError(failure('MODEL_PRICE_UNKNOWN', `${model}; tenant ${tenant}`, 'budget'));
      if (answer.kind === 'refused') {
        const detail = `tenant ${tenant}: ${words(answer.most)} at most, ${words(answer.left)} left`;
        throw new BatonError(failure('TENANT_BUDGET_SPENT', detail));
      }
      reserved.add(model);
    },
    settle: async (model, took) => {
      if (!budgets || !reserved.delete(model)) return;
      // The answer is paid for and must not be lost with it: what could not be settled counts as the most.
      await budgets
        .settle(tenant, { key: `${attempt} ${model}`, took: amountOf(took) })
        .catch(() => undefined);
    },
  };
}

function amountOf({
  inputTokens,
  outputTokens,
  microUsd,
}: Pick<LostCalls, 'inputTokens' | 'outputTokens' | 'microUsd'>): BudgetAmount {
  return { tokens: inputTokens + outputTokens, ...(microUsd === undefined ? {} : { microUsd }) };
}

function words({ tokens, microUsd }: Partial<BudgetAmount>): string {
  return [
    ...(tokens === undefined ? [] : [`${String(tokens)} tokens`]),
    ...(microUsd === undefined ? [] : [`${String(microUsd)} micro-USD`]),
  ].join(' and ');
}
