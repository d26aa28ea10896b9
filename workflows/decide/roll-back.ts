import { crossFacts } from '../../contract/adapters.ts';
import { edgeBetween } from '../../contract/edges.ts';
import type { Failure } from '../../contract/failures.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import { kindsRedactedBetween } from '../../contract/redaction.ts';
import type { Draft } from '../draft.ts';
import { handoffOf, moveHandoffTo, nowText, writeRow } from '../draft.ts';
import { manifestOf, memoryOf } from '../state.ts';
import { carryMemory } from './carry-memory.ts';
import { agentOf } from './compose.ts';
import { proposeHandoff } from './propose-handoff.ts';

/** Who gave the case to its owner, where that is an agent. */
export function previousAgent(draft: Draft): string | undefined {
  const { state } = draft;
  if (state.broughtBy === undefined) return undefined;
  const brought = handoffOf(state, state.broughtBy);
  return brought.status === 'accepted' && poolOfOwner(brought.from) === undefined ? brought.from : undefined;
}

/** The receiver fails after accepting: the case goes back to whoever gave it, as an automated fallback. */
export function rollBack(draft: Draft, previous: string, problem: Failure): void {
  const { state } = draft;
  const from = state.owner;
  state.fallbacks += 1;
  if (state.broughtBy !== undefined) {
    moveHandoffTo(draft, state.broughtBy, 'rolled-back', { endedAt: nowText(draft), failure: problem });
    writeRow(draft, 'handoff-rolled-back', { handoffId: state.broughtBy, failure: problem });
  }
  // Whoever takes the case back has its own memory: what has no place there is left behind, and recorded as such.
  const adapters = edgeBetween(manifestOf(state), from, previous)?.adapt ?? [];
  // Nothing is detected in a workflow: over an edge that redacts, the previous owner gets back what it had (X5).
  const redacts = kindsRedactedBetween(manifestOf(state), from, previous, 'return').length > 0;
  const learnt = memoryOf(state, from).facts;
  const cut = crossFacts(agentOf(state, previous).accepts, adapters, redacts ? {} : learnt);
  const handoffId = proposeHandoff(draft, {
    verb: 'return',
    to: previous,
    reasonCode: 'receiver-failed',
    explanation: `${from} could not go on: ${problem.code}`,
    facts: cut.facts,
    declared: cut.declared,
    dropped: redacts ? Object.keys(learnt) : cut.dropped,
    memory: carryMemory(state, previous, 'return'),
    adapted: cut.adapted,
    particulars: { flags: ['receiver-failed'] },
    noReturn: false,
    offerMs: manifestOf(state).limits.offerMs,
    fallback: [],
  });
  draft.next = { kind: 'offer', handoffId };
}
