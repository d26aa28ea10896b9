import type { Crossing } from '../../contract/activities.ts';
import { crossFacts } from '../../contract/adapters.ts';
import { edgeBetween } from '../../contract/edges.ts';
import type { PolicyAction } from '../../contract/policy/policy.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import type { Handover } from '../events.ts';
import { judgeHandover } from '../guards.ts';
import type { CaseState } from '../state.ts';
import { manifestOf, memoryOf } from '../state.ts';
import { carryMemory } from './carry-memory.ts';
import { agentOf } from './compose.ts';

/** A handoff that the policy wants, with what crosses. */
export interface Move {
  readonly handover: Extract<Handover, { kind: 'transfer' }>;
  readonly crossing: Crossing;
}

/**
 * What a transfer by the policy would be, or why it cannot be: it obeys the same edges and guards as an agent's own,
 * and carries what the edge lets cross of the owner's facts.
 */
export function planMove(
  state: CaseState,
  { to, reason }: Extract<PolicyAction, { do: 'transfer' }>,
  explanation: string,
): { readonly ok: true; readonly move: Move } | { readonly ok: false; readonly problem: string } {
  if (poolOfOwner(state.owner) !== undefined) return { ok: false, problem: 'people own the case' };
  const manifest = manifestOf(state);
  const edge = edgeBetween(manifest, state.owner, to);
  if (!edge) return { ok: false, problem: `there is no edge ${state.owner} -> ${to}` };
  // Nothing is detected in a workflow: over an edge that redacts, nothing crosses that was not masked before (X5).
  const facts = edge.redact ? {} : memoryOf(state, state.owner).facts;
  const cut = crossFacts(agentOf(state, to).accepts, edge.adapt ?? [], facts);
  const { needs = {} } = agentOf(state, to);
  const missing = cut.missing.filter((name) => !Object.hasOwn(needs, name));
  if (missing.length > 0) return { ok: false, problem: `${to} needs ${missing.join(', ')}` };
  if (cut.failure) return { ok: false, problem: cut.failure.code };
  const handover: Move['handover'] = {
    kind: 'transfer',
    to,
    reasonCode: reason ?? 'policy',
    explanation,
    facts: {},
    completed: [],
    remaining: [],
    unable: [],
  };
  const verdict = judgeHandover(state, handover, cut.facts);
  if (verdict.kind === 'refused') return { ok: false, problem: verdict.failure.code };
  const { facts: crossed, declared, dropped, adapted } = cut;
  const memory = carryMemory(state, to, 'transfer');
  const crossing = { to, facts: crossed, declared, dropped, adapted, ...(memory ? { memory } : {}) };
  return { ok: true, move: { handover, crossing } };
}
