import type { TurnOutput } from '../../contract/activities.ts';
import { getOwn } from '../../contract/json.ts';
import { addUsage, type Allowance, type ModelUsage } from '../../contract/model-usage.ts';
import type { Draft } from '../draft.ts';
import { actorOf, asksAfter, narrowed } from '../asks.ts';
import { manifestOf, type CaseState } from '../state.ts';

/** Puts a call of a model down to the case, its owner and the handoff that had brought it there (A3). */
export function countSpend(draft: Draft, usage: ModelUsage | undefined): void {
  if (!usage) return;
  const { state } = draft;
  const { total, agents = {}, handoffs = {} } = state.spend ?? {};
  const { broughtBy } = state;
  const actor = actorOf(state);
  if (state.asks) state.asks = asksAfter(state.asks, usage);
  state.spend = {
    total: addUsage(total, usage),
    agents: { ...agents, [actor]: addUsage(getOwn(agents, actor), usage) },
    handoffs:
      broughtBy === undefined
        ? handoffs
        : { ...handoffs, [broughtBy]: addUsage(getOwn(handoffs, broughtBy), usage) },
  };
}

/** What is left of the bounds that the team sets; undefined where it sets none. */
export function allowanceOf(state: CaseState): Allowance | undefined {
  const { costUsd, tokens } = manifestOf(state).limits;
  if (costUsd === undefined && tokens === undefined) return narrowed(undefined, state.asks);
  const spent = state.spend?.total;
  const usedTokens = (spent?.inputTokens ?? 0) + (spent?.outputTokens ?? 0);
  const left: Allowance = {
    ...(costUsd === undefined ? {} : { microUsd: Math.round(costUsd * 1_000_000) - (spent?.microUsd ?? 0) }),
    ...(tokens === undefined ? {} : { tokens: tokens - usedTokens }),
  };
  return narrowed(left, state.asks);
}

/** The call of a model behind a turn, where there was one. */
export function usageOf(output: TurnOutput): ModelUsage | undefined {
  return output.kind === 'declined' || output.kind === 'waiting' ? undefined : output.usage;
}
