import type { TurnOutput } from '../../contract/activities.ts';
import { getOwn } from '../../contract/json.ts';
import {
  addLostTo,
  addUsage,
  type Allowance,
  type LostCalls,
  type ModelUsage,
  type Spend,
} from '../../contract/model-usage.ts';
import { handoffOf, type Draft } from '../draft.ts';
import { actorOf, asksAfter, narrowed } from '../asks.ts';
import { manifestOf, type CaseState } from '../state.ts';

/** Puts a call of a model down to the case, its owner and the handoff that had brought it there (A3). */
export function countSpend(draft: Draft, usage: ModelUsage | undefined): void {
  if (!usage) return;
  const { state } = draft;
  if (state.asks) state.asks = asksAfter(state.asks, (spend) => addUsage(spend, usage));
  add(draft, actorOf(state), state.broughtBy, (spend) => addUsage(spend, usage));
}

/** The same for calls that came to nothing with a turn, all of whose attempts are spent. */
export function countLost(draft: Draft, lost: LostCalls | undefined): void {
  if (!lost) return;
  const { state } = draft;
  const { work } = state;
  const offered = work.kind === 'offer' ? handoffOf(state, work.handoffId) : undefined;
  if (state.asks && !offered) state.asks = asksAfter(state.asks, (spend) => addLostTo(spend, lost));
  // The first turn of an offer that was not accepted is its receiver's, and the case still another one's.
  add(draft, offered?.to ?? actorOf(state), offered?.id ?? state.broughtBy, (spend) =>
    addLostTo(spend, lost),
  );
}

function add(
  { state }: Draft,
  agent: string,
  handoffId: string | undefined,
  to: (spend: Spend | undefined) => Spend,
): void {
  const { total, agents = {}, handoffs = {} } = state.spend ?? {};
  state.spend = {
    total: to(total),
    agents: { ...agents, [agent]: to(getOwn(agents, agent)) },
    handoffs:
      handoffId === undefined ? handoffs : { ...handoffs, [handoffId]: to(getOwn(handoffs, handoffId)) },
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
