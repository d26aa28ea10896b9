import { z } from 'zod';
import type { Crossing, TurnInput } from '../contract/activities.ts';
import type { Adapter } from '../contract/adapters.ts';
import { crossFacts } from '../contract/adapters.ts';
import { failure } from '../contract/failures.ts';
import type { JsonObject } from '../contract/json.ts';
import { getOwn } from '../contract/json.ts';
import { poolOfOwner } from '../contract/queues.ts';
import type { TeamManifest } from '../contract/team.ts';
import type { AgentTurn } from '../contract/turn.ts';
import type { Agent } from './agent.ts';

/** A turn as it leaves its agent: what may not cross has been left behind. */
export interface Leaving {
  readonly turn: AgentTurn;
  readonly crossing?: Crossing;
}

/**
 * The exit edge: facts on their way to another owner are cut to what it accepts before they enter the history (I6).
 * The turn that is recorded no longer holds what was meant for the receiver; the crossing does.
 * @param facts what the source knows and adds, with values for what the receiver declares
 * @param receiver the receiver's definition where this worker has it, to validate early; the receiver validates anyway
 */
export function leave(
  turn: AgentTurn,
  input: Pick<TurnInput, 'envelope' | 'agent'>,
  facts: JsonObject,
  manifest: TeamManifest,
  receiver: (name: string) => Agent | undefined,
): Leaving {
  const { intent } = turn;
  if (intent.kind !== 'transfer' && intent.kind !== 'return' && intent.kind !== 'escalate') return { turn };
  const bare: AgentTurn = { ...turn, intent: { ...intent, facts: {} } };
  const to = intent.kind === 'return' ? input.envelope.transfer?.from : intent.to;
  if (to === undefined || poolOfOwner(to) !== undefined || getOwn(manifest.pools, to)) {
    return { turn: bare, crossing: { to: to ?? 'people', facts, declared: Object.keys(facts), dropped: [] } };
  }
  const target = getOwn(manifest.agents, to);
  // An unknown target is for the guards to refuse; nothing crosses to it.
  if (!target) return { turn: bare };
  const cut = crossFacts(target.accepts, adaptersOf(manifest, input.agent, to), facts);
  const crossing: Crossing = {
    to,
    facts: cut.facts,
    declared: cut.declared,
    dropped: cut.dropped,
    ...(cut.adapted.length > 0 ? { adapted: cut.adapted } : {}),
  };
  if (cut.failure) return { turn: bare, crossing: { ...crossing, failure: cut.failure } };
  const problem = whyNotAccepted(to, cut.facts, cut.missing, receiver(to));
  return {
    turn: bare,
    crossing:
      problem === undefined
        ? crossing
        : { ...crossing, failure: failure('AGENT_INPUT_INVALID', problem, 'facts') },
  };
}

/** The adapters of the edge at hand; a return along an edge of the team uses that edge's. */
function adaptersOf(manifest: TeamManifest, from: string, to: string): readonly Adapter[] {
  return manifest.edges.find((edge) => edge.from === from && edge.to === to)?.adapt ?? [];
}

function whyNotAccepted(
  to: string,
  facts: JsonObject,
  missing: readonly string[],
  receiver: Agent | undefined,
): string | undefined {
  if (missing.length > 0) return `${to} requires ${missing.map((name) => `facts.${name}`).join(', ')}`;
  const result = receiver?.accepts.safeParse(facts);
  return result && !result.success ? `${to} does not accept: ${z.prettifyError(result.error)}` : undefined;
}
