import type { TurnOutput } from '../../contract/activities.ts';
import { missingMessage } from '../../contract/continuity.ts';
import { getOwn, type JsonObject } from '../../contract/json.ts';
import { CLARIFICATIONS } from '../../contract/limits.ts';
import type { MissingFact } from '../../contract/missing.ts';
import { textIn } from '../../contract/texts.ts';
import type { Draft } from '../draft.ts';
import { forget, sendMessage, writeRow } from '../draft.ts';
import type { Clarification } from '../state.ts';
import { manifestOf, memoryOf } from '../state.ts';
import { agentOf } from './compose.ts';

/**
 * The owner needs facts that nobody has told, and has not worked: the user is asked for exactly those (U13). Together
 * at first; one by one once an answer to all of them could not be read.
 * @returns whether the user is asked; otherwise people take the case, for it was asked in vain too often (I7)
 */
export function askForNeeds(draft: Draft, output: Extract<TurnOutput, { kind: 'lacking' }>): boolean {
  const { state } = draft;
  const { owner, clarification: before } = state;
  const memory = memoryOf(state, owner);
  state.memory = { ...state.memory, [owner]: { ...memory, facts: { ...memory.facts, ...output.facts } } };
  const missing = inWords(draft, output.missing);
  const times = timesAsked(before, missing);
  const oneByOne = before !== undefined && (times > 1 || before.asked.length < before.missing.length);
  const asked = oneByOne ? missing.slice(0, 1) : missing;
  writeRow(draft, 'facts-missing', {
    turn: state.turns,
    agent: owner,
    missing: namesOf(missing),
    asked: namesOf(asked),
    told: Object.keys(output.facts),
    times,
  });
  if (isInVain(draft, missing, times)) return false;
  state.clarification = { missing, asked: namesOf(asked), times };
  sendMessage(draft, { kind: 'system' }, missingMessage(asked, state.speaks), { missing: asked });
  return true;
}

/**
 * The owner has answered its user, and named what it cannot go on without; or nothing more is missing.
 * @returns whether its answer is said; otherwise people take the case, for it asked in vain too often (I7)
 */
export function noteMissing(draft: Draft, missing: readonly MissingFact[] | undefined): boolean {
  const { state } = draft;
  if (!missing) {
    forget(draft, 'clarification');
    return true;
  }
  const times = timesAsked(state.clarification, missing);
  if (isInVain(draft, missing, times)) return false;
  state.clarification = { missing, asked: namesOf(missing), times };
  return true;
}

/** What the owner has learnt is not missing any more. */
export function noteTold(draft: Draft, facts: JsonObject): void {
  const { clarification } = draft.state;
  if (!clarification) return;
  const missing = clarification.missing.filter((one) => (getOwn(facts, one.fact) ?? null) === null);
  if (missing.length === 0) forget(draft, 'clarification');
  else if (missing.length < clarification.missing.length)
    draft.state.clarification = { ...clarification, missing, times: 0 };
}

function inWords(draft: Draft, names: readonly string[]): readonly MissingFact[] {
  const { state } = draft;
  const { needs = {} } = agentOf(state, state.owner);
  return names.map((fact) => {
    const need = getOwn(needs, fact);
    return need
      ? { fact, question: textIn(need.question, state.speaks), why: textIn(need.why, state.speaks) }
      : { fact, why: fact };
  });
}

/** Whoever has told something of what was missing is not asked in vain. */
function timesAsked(before: Clarification | undefined, missing: readonly MissingFact[]): number {
  const still = new Set(namesOf(missing));
  return before?.missing.every((one) => still.has(one.fact)) === true ? before.times + 1 : 1;
}

function isInVain(draft: Draft, missing: readonly MissingFact[], times: number): boolean {
  const most = manifestOf(draft.state).limits.clarifications ?? CLARIFICATIONS;
  if (times <= most) return false;
  const explanation = `the user was asked ${String(most)} times in vain for ${namesOf(missing).join(', ')}`;
  draft.next = { kind: 'escalate', escalation: { reasonCode: 'facts-missing', explanation } };
  return true;
}

function namesOf(missing: readonly MissingFact[]): readonly string[] {
  return missing.map((one) => one.fact);
}
