import type { Envelope } from '../../contract/envelope.ts';
import { actorMemory, actorOf, topAsk } from '../asks.ts';
import type { Draft } from '../draft.ts';
import type { CaseState } from '../state.ts';
import { composeEnvelope } from './compose.ts';

/** One line for the Temporal UI. */
export function summaryOf(draft: Draft, agent: string): string {
  const { state } = draft;
  const asked = topAsk(state);
  const beside = draft.within?.beside;
  if (asked && beside !== undefined)
    return `${asked.by} asks ${agent} (${beside}): ${asked.reasonCode}, turn ${String(state.turns)}`;
  return asked
    ? `${asked.by} asks ${agent}: ${asked.reasonCode}, turn ${String(state.turns)}`
    : `${agent}, turn ${String(state.turns)}`;
}

/** The envelope of the turn at hand: what its owner knows, or whoever is asked. */
export function actorEnvelope(state: CaseState): Envelope {
  const memory = actorMemory(state);
  return composeEnvelope(state, {
    agent: actorOf(state),
    step: state.work.kind === 'waiting' ? (state.work.step ?? state.steps) : state.steps,
    name: `turn ${String(state.turns)}`,
    memory,
    transfer: memory.transfer,
  });
}
