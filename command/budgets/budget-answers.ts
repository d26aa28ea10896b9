import { userInfo } from 'node:os';
import { BatonError, failure } from '../../contract/failures.ts';
import { rateFigures, type ToolRates } from '../../contract/rates.ts';
import { isTenantName } from '../../contract/tenant.ts';
import type { TenantBudget, TenantBudgets } from '../../contract/tenant-budget.ts';
import { table } from '../output/table.ts';
import type { Answer } from '../run-command.ts';
import type { SetOptions } from './budgets.ts';

/** Budgets of all tenants that have one. */
export async function listBudgets(budgets: TenantBudgets): Promise<Answer> {
  const listed = await budgets.list();
  return {
    json: { budgets: listed },
    text: listed.length === 0 ? 'no tenant has a budget\n' : budgetTable(listed),
  };
}

function budgetTable(listed: readonly TenantBudget[]): string {
  return table(
    ['tenant', 'period', 'calls', 'tokens', 'of', 'US dollars', 'of', 'under way', 'set by'],
    listed.map(({ tenant, state: { limit, period, spent, open, set } }) => [
      tenant,
      period,
      String(spent.calls),
      String(spent.tokens),
      limit.tokens === undefined ? 'any' : String(limit.tokens),
      usd(spent.microUsd),
      limit.microUsd === undefined ? 'any' : usd(limit.microUsd),
      String(Object.keys(open).length),
      set.reason === undefined ? set.by : `${set.by}: ${set.reason}`,
    ]),
  );
}

function usd(microUsd: number): string {
  return (microUsd / 1_000_000).toFixed(6);
}

/**
 * Bounds what a tenant may spend.
 * @throws BatonError `INPUT_INVALID`
 */
export async function setBudget(
  budgets: TenantBudgets,
  tenant: string,
  options: SetOptions,
): Promise<Answer> {
  const { per, reason, by = userInfo().username } = options;
  if (!isTenantName(tenant))
    throw new BatonError(
      failure('INPUT_INVALID', `${JSON.stringify(tenant)} is no name of a tenant`, 'tenant'),
    );
  const dollars = numberOf('usd', options.usd);
  const tokens = numberOf('tokens', options.tokens);
  if (tokens !== undefined && !Number.isSafeInteger(tokens))
    throw new BatonError(
      failure('INPUT_INVALID', `${String(options.tokens)} is no number of tokens`, 'tokens'),
    );
  const limit = {
    per,
    ...(dollars === undefined ? {} : { microUsd: Math.round(dollars * 1_000_000) }),
    ...(tokens === undefined ? {} : { tokens }),
  };
  const at = new Date().toISOString();
  const state = await budgets.set(tenant, limit, { by, at, ...(reason === undefined ? {} : { reason }) });
  return { json: { tenant, state }, text: budgetTable([{ tenant, state }]) };
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new BatonError(failure('INPUT_INVALID', `${JSON.stringify(text)} is no amount`, option));
}

/** Takes the bound of a tenant away. */
export async function clearBudget(budgets: TenantBudgets, tenant: string): Promise<Answer> {
  const cleared = await budgets.clear(tenant);
  return {
    json: { tenant, cleared },
    text: cleared ? `${tenant} may spend what its teams allow\n` : `${tenant} had no budget\n`,
  };
}

/** Rates that were asked for, and who waits. */
export async function listRates(rates: ToolRates): Promise<Answer> {
  const now = Date.now();
  const listed = (await rates.list()).map((one) => rateFigures(one, now));
  return {
    json: { rates: listed },
    text:
      listed.length === 0
        ? 'no tool with a rate was called\n'
        : table(
            ['tenant', 'tool', 'at most', 'now', 'waiting', 'until'],
            listed.map(({ tenant, bucket, rate, inWindow, waiting, lastAt }) => [
              tenant,
              bucket,
              `${String(rate.calls)} in ${String(rate.perMs)} ms`,
              String(inWindow),
              String(waiting),
              lastAt ?? '',
            ]),
          ),
  };
}
