import type { z } from 'zod';
import { BatonError, failure } from '../../contract/failures.ts';
import { rateFigures } from '../../contract/rates.ts';
import { limitDigest, type BudgetState } from '../../contract/tenant-budget.ts';
import { route, type Route } from '../http/route.ts';
import * as answers from '../shapes/budgets.ts';
import * as requests from '../shapes/requests.ts';

/** What a tenant may spend on models, and how often its tools may be called: of the principal's own tenant alone. */
export function budgetRoutes(): readonly Route[] {
  return [
    route({
      operation: 'readBudget',
      method: 'GET',
      path: '/budget',
      summary: 'What the tenant may spend on models, and has spent',
      action: 'read-budget',
      query: requests.NoQuery,
      answer: answers.Budget,
      handle: async ({ budgets, principal: { tenant } }) => {
        const listed = await kept(budgets, 'budgets').list();
        return budgetOf(tenant, listed.find((one) => one.tenant === tenant)?.state);
      },
    }),
    route({
      operation: 'setBudget',
      method: 'POST',
      path: '/budget',
      summary: 'Bound what the tenant may spend on models; what the period has spent stays',
      action: 'set-budget',
      query: requests.NoQuery,
      body: requests.SetBudgetBody,
      answer: answers.Budget,
      handle: async ({ budgets, principal: { tenant, name: by }, body }) => {
        const { digest, reason } = body;
        const { per, microUsd, tokens } = body.limit;
        const limit = {
          per,
          ...(microUsd === undefined ? {} : { microUsd }),
          ...(tokens === undefined ? {} : { tokens }),
        };
        const audit = { by, at: new Date().toISOString(), reason };
        return budgetOf(tenant, await kept(budgets, 'budgets').set(tenant, limit, audit, digest));
      },
    }),
    route({
      operation: 'clearBudget',
      method: 'POST',
      path: '/budget/clear',
      summary: 'Take the bound of the tenant away, and with it what was counted',
      action: 'set-budget',
      query: requests.NoQuery,
      body: requests.ClearBudgetBody,
      answer: answers.Budget,
      handle: async ({ budgets, principal: { tenant }, body }) => {
        await kept(budgets, 'budgets').clear(tenant, body.digest);
        return budgetOf(tenant, undefined);
      },
    }),
    route({
      operation: 'listRates',
      method: 'GET',
      path: '/rates',
      summary: "Rates of the tenant's tools: how often each was called, and how many calls wait",
      action: 'list-rates',
      query: requests.NoQuery,
      answer: answers.RateList,
      handle: async ({ rates, principal }) => {
        const now = Date.now();
        const listed = (await kept(rates, 'rates').list()).filter((one) => one.tenant === principal.tenant);
        return {
          items: listed.map((one) => {
            const { bucket, rate, inWindow, waiting, lastAt } = rateFigures(one, now);
            return { bucket, rate, inWindow, waiting, ...(lastAt === undefined ? {} : { lastAt }) };
          }),
        };
      },
    }),
  ];
}

function budgetOf(tenant: string, state: BudgetState | undefined): z.output<typeof answers.Budget> {
  const digest = limitDigest(state);
  if (!state) return { tenant, digest };
  const { limit, period, spent, open, set } = state;
  return { tenant, digest, budget: { limit, period, spent, open: Object.keys(open).length, set } };
}

function kept<Store>(store: Store | undefined, what: 'budgets' | 'rates'): Store {
  if (store) return store;
  const detail = `the service was made without a store of ${what}`;
  throw new BatonError(failure('CONFIGURATION_INVALID', detail, what));
}
