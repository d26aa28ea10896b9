import type { Allowance, Spend } from '../contract/model-usage.ts';
import { getOwn } from '../contract/json.ts';
import type { AgentManifest } from '../contract/team.ts';
import type { AskFrame, CaseState, OwnerMemory } from './state.ts';
import { manifestOf, memoryOf } from './state.ts';

/** The question that is being worked on: the newest of those that wait for one another. */
export function topAsk(state: Pick<CaseState, 'asks'>): AskFrame | undefined {
  return state.asks?.at(-1);
}

/** Who takes the next turn: whoever is asked, else the owner. Ownership and words to the user stay with the owner. */
export function actorOf(state: CaseState): string {
  return topAsk(state)?.to ?? state.owner;
}

/** What the next turn knows: for a question, what crossed with it and was learnt while working on it (I6). */
export function actorMemory(state: CaseState): OwnerMemory {
  return topAsk(state)?.memory ?? memoryOf(state, state.owner);
}

/** The state with another memory of whoever takes the turns. */
export function withActorMemory(state: CaseState, memory: OwnerMemory): Pick<CaseState, 'memory' | 'asks'> {
  const top = topAsk(state);
  if (!top) return { memory: { ...state.memory, [state.owner]: memory } };
  return { memory: state.memory, asks: [...(state.asks ?? []).slice(0, -1), { ...top, memory }] };
}

/**
 * What an agent may do on its next turn. Whoever works for others may not do what they may not: of limits that both
 * name the smaller holds, all the way up (G2).
 */
export function actingAgent(state: CaseState): AgentManifest {
  const agent = agentNamed(state, actorOf(state));
  const askers = (state.asks ?? []).map((frame) => agentNamed(state, frame.by).authority);
  if (askers.length === 0) return agent;
  const all = [agent.authority, ...askers];
  const own = { ...agent.authority, ...agent.tools };
  const tools = new Set(all.flatMap((one) => Object.keys(one)).filter((tool) => Object.hasOwn(own, tool)));
  const authority = Object.fromEntries(
    [...tools].map((tool) => [tool, smallestOf(all.map((one) => getOwn(one, tool) ?? {}))]),
  );
  return { ...agent, authority };
}

/** The smallest bound of every field that any of them names. */
function smallestOf(bounds: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const smallest: Record<string, number> = {};
  for (const [field, most] of bounds.flatMap((one) => Object.entries(one)))
    smallest[field] = Math.min(most, getOwn(smallest, field) ?? most);
  return smallest;
}

function agentNamed(state: CaseState, name: string): AgentManifest {
  const agent = getOwn(manifestOf(state).agents, name);
  if (!agent) throw new RangeError(`no agent ${name} in the manifest`);
  return agent;
}

/** The questions after calls of models were put down to each of them. */
export function asksAfter(
  asks: readonly AskFrame[],
  add: (spend: Spend | undefined) => Spend,
): readonly AskFrame[] {
  const one = add(undefined);
  return asks.map((frame) => spendOn(frame, one));
}

/** A question after so much was put down to it. */
export function spendOn(
  frame: AskFrame,
  one: Pick<Spend, 'inputTokens' | 'outputTokens' | 'microUsd'>,
): AskFrame {
  return {
    ...frame,
    spent: {
      tokens: frame.spent.tokens + one.inputTokens + one.outputTokens,
      microUsd: frame.spent.microUsd + one.microUsd,
    },
  };
}

/** The smallest of what the case and every open question have left: a question reserves, and returns what it kept. */
export function narrowed(
  allowance: Allowance | undefined,
  asks: readonly AskFrame[] = [],
): Allowance | undefined {
  const all = [allowance, ...asks.map(leftOf)].flatMap((one) => one ?? []);
  const tokens = all.flatMap((one) => one.tokens ?? []);
  const money = all.flatMap((one) => one.microUsd ?? []);
  if (tokens.length + money.length === 0) return undefined;
  return {
    ...(money.length > 0 ? { microUsd: Math.min(...money) } : {}),
    ...(tokens.length > 0 ? { tokens: Math.min(...tokens) } : {}),
  };
}

function leftOf({ bounds, spent }: AskFrame): Allowance {
  return {
    ...(bounds.tokens === undefined ? {} : { tokens: bounds.tokens - spent.tokens }),
    ...(bounds.microUsd === undefined ? {} : { microUsd: bounds.microUsd - spent.microUsd }),
  };
}
