import type { TurnOutput } from '../../contract/activities.ts';
import { bindingConstraints } from '../../contract/constraints.ts';
import { getOwn } from '../../contract/json.ts';
import {
  addLostTo,
  addUsage,
  NO_CALLS,
  type Allowance,
  type CaseSpend,
  type LostCalls,
  type ModelUsage,
  type Spend,
} from '../../contract/model-usage.ts';
import { handoffOf, type Draft } from '../draft.ts';
import { actorOf, asksAfter, narrowed, spendOn } from '../asks.ts';
import { withFrames } from '../branches.ts';
import { manifestOf, type AskFrame, type CaseState, type StoppedTurn } from '../state.ts';

/** Puts a call of a model down to the case, its owner, the handoff that had brought it there and the skill (A3). */
export function countSpend(draft: Draft, usage: ModelUsage | undefined, skill: string | undefined): void {
  if (!usage) return;
  const { state } = draft;
  if (state.asks) state.asks = asksAfter(state.asks, (spend) => addUsage(spend, usage));
  const { broughtBy: handoffId } = state;
  add(draft, { agent: actorOf(state), handoffId, skill }, (spend) => addUsage(spend, usage));
}

/** The same for calls that came to nothing with a turn, all of whose attempts are spent. */
export function countLost(draft: Draft, lost: LostCalls | undefined, skill: string | undefined): void {
  if (!lost) return;
  const { state } = draft;
  const { work } = state;
  const offered = work.kind === 'offer' ? handoffOf(state, work.handoffId) : undefined;
  if (state.asks && !offered) state.asks = asksAfter(state.asks, (spend) => addLostTo(spend, lost));
  // The first turn of an offer that was not accepted is its receiver's, and the case still another one's.
  const agent = offered?.to ?? actorOf(state);
  add(draft, { agent, handoffId: offered?.id ?? state.broughtBy, skill }, (spend) => addLostTo(spend, lost));
}

/** The same for a turn that was stopped, once it is known what it took. */
export function putDown(
  draft: Draft,
  { agent, handoffId, skill, asks = [] }: Omit<StoppedTurn, 'turnId'>,
  { usage, lost }: { readonly usage: ModelUsage | undefined; readonly lost: LostCalls | undefined },
): void {
  const { state } = draft;
  const all = (spend: Spend | undefined): Spend => {
    const used = usage ? addUsage(spend, usage) : spend;
    return addLostTo(used, lost ?? NO_CALLS);
  };
  const one = all(undefined);
  const { asks: open, work } = withFrames(state, (frame) =>
    asks.includes(frame.id) ? spendOn(frame, one) : frame,
  );
  Object.assign(state, { work, ...(open ? { asks: open } : {}) });
  add(draft, { agent, handoffId, skill }, all);
}

/** Whom what models took is put down to. */
interface Accounts {
  readonly agent: string;
  readonly handoffId: string | undefined;
  readonly skill: string | undefined;
}

function add(
  { state }: Draft,
  { agent, handoffId, skill }: Accounts,
  to: (spend: Spend | undefined) => Spend,
): void {
  const { total, agents = {}, handoffs = {}, skills } = state.spend ?? {};
  const sums = (of: CaseSpend['agents'], name: string): CaseSpend['agents'] => ({
    ...of,
    [name]: to(getOwn(of, name)),
  });
  const worked = skill === undefined ? skills : sums(skills ?? {}, skill);
  state.spend = {
    total: to(total),
    agents: sums(agents, agent),
    handoffs: handoffId === undefined ? handoffs : sums(handoffs, handoffId),
    ...(worked ? { skills: worked } : {}),
  };
}

/** What is left of the bounds that the team sets, and of those of open questions; undefined where there are none. */
export function allowanceOf(state: CaseState): Allowance | undefined {
  const manifest = manifestOf(state);
  const { tokens } = manifest.limits;
  const { budgetUsd } = bindingConstraints(manifest, state.task);
  const [costUsd] = [manifest.limits.costUsd, budgetUsd]
    .flatMap((one) => one ?? [])
    .toSorted((a, b) => a - b);
  // What turns that were stopped may still cost is not to be spent twice.
  const stopped = state.stopped ?? [];
  const asks = (state.asks ?? []).map((frame) =>
    stopped.filter((one) => one.asks?.includes(frame.id)).reduce(withReserved, frame),
  );
  if (costUsd === undefined && tokens === undefined) return narrowed(undefined, asks);
  const spent = state.spend?.total;
  const usedTokens = (spent?.inputTokens ?? 0) + (spent?.outputTokens ?? 0);
  const held = (of: 'tokens' | 'microUsd'): number =>
    stopped.reduce((sum, { reserved }) => sum + (reserved?.[of] ?? 0), 0);
  const left: Allowance = {
    ...(costUsd === undefined
      ? {}
      : { microUsd: Math.round(costUsd * 1_000_000) - (spent?.microUsd ?? 0) - held('microUsd') }),
    ...(tokens === undefined ? {} : { tokens: tokens - usedTokens - held('tokens') }),
  };
  return narrowed(left, asks);
}

function withReserved(frame: AskFrame, { reserved }: StoppedTurn): AskFrame {
  const { tokens = 0, microUsd = 0 } = reserved ?? {};
  return spendOn(frame, { inputTokens: tokens, outputTokens: 0, microUsd });
}

/** The call of a model behind a turn, where there was one. */
export function usageOf(output: TurnOutput): ModelUsage | undefined {
  return 'usage' in output ? output.usage : undefined;
}
