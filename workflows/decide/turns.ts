import { spokenLanguage } from '../../contract/continuity.ts';
import type { TurnOutput } from '../../contract/activities.ts';
import type { Failure } from '../../contract/failures.ts';
import { failure } from '../../contract/failures.ts';
import type { LostCalls, ModelUsage } from '../../contract/model-usage.ts';
import type { AgentTurn } from '../../contract/turn.ts';
import { jsonOf } from '../../contract/canonical-json.ts';
import { actorMemory, actorOf, topAsk, withActorMemory } from '../asks.ts';
import type { Draft } from '../draft.ts';
import { countTurn, hasUnanswered, nowText, sendMessage, writeRow } from '../draft.ts';
import type { Next, Trouble } from '../events.ts';
import { manifestOf, type CaseState } from '../state.ts';
import { needsPeople, reportFailure } from './agent-failures.ts';
import { concludeAsk, endExpiredAsk, failAsk, openAsk } from './asks.ts';
import { askForNeeds, noteMissing, noteTold } from './clarify.ts';
import { agentOf, composeTurn, planTurn } from './compose.ts';
import { openFanOut } from './fan-outs.ts';
import { learn } from './learn.ts';
import { police } from './police.ts';
import { beginRemote, doubtRemote, noteRemote, waitForRemote } from './remote.ts';
import { openReview } from './reviews.ts';
import { previousAgent, rollBack } from './roll-back.ts';
import { skillAtWork, skillInRow, skillOf } from './skills.ts';
import { countLost, countSpend, usageOf } from './spend.ts';
import { actorEnvelope, summaryOf } from './turn-at-hand.ts';

/** The owner's turn begins: with everything it may know, on its own pool. */
export function takeTurn(draft: Draft): void {
  const { state } = draft;
  const { within } = draft;
  if (within?.halting) {
    state.work = { kind: 'idle' };
    return;
  }
  // Whoever is asked beside others does not see what the user has said meanwhile.
  if (!within && state.policed && state.policed.assessing.length > 0) {
    state.work = { kind: 'assessing' };
    return;
  }
  if (endExpiredAsk(draft)) return;
  const { limits } = manifestOf(state);
  if (state.turnsSinceAnswer >= limits.turns) {
    const spent = failure('TURN_LIMIT', `${state.owner} took ${String(state.turnsSinceAnswer)} turns`);
    if (within) {
      failAsk(draft, spent, state.asks?.[within.above]);
      return;
    }
    draft.next = { kind: 'escalate', escalation: { reasonCode: spent.code, explanation: spent.message } };
    return;
  }
  countTurn(draft);
  state.turnsSinceAnswer += 1;
  beginRemote(draft, agentOf(state, actorOf(state)), topAsk(state)?.id);
  sendTurn(draft);
}

/** The turn at hand again: an agent elsewhere is asked how far it is. It is no other turn, and has the same key. */
export function pollAgain(draft: Draft, turnId: string): void {
  const { state } = draft;
  if (state.work.kind !== 'waiting' || state.work.turnId !== turnId) return;
  if (!endExpiredAsk(draft)) sendTurn(draft);
}

function sendTurn(draft: Draft): void {
  const { state } = draft;
  const agent = agentOf(state, actorOf(state));
  const envelope = actorEnvelope(state);
  const turnId = `t${String(state.turns)}`;
  const plan = planTurn(agent, summaryOf(draft, agent.name));
  draft.steps.push({ kind: 'turn', turnId, plan, input: composeTurn(state, agent.name, envelope) });
  const read = state.answers.map((one) => one.tool);
  const beside = draft.within ? { step: envelope.step } : {};
  state.work = {
    kind: 'turn',
    ...{ turnId, seen: state.messages },
    ...skillInRow(skillOf(agent, read)),
    ...beside,
  };
  state.answers = [];
  state.notices = [];
}

/** What a turn brought. The caller has made sure that it is the turn the case waits for. */
export function applyTurn(draft: Draft, turned: Extract<Next, { kind: 'apply-turn' }>): void {
  const { output, seen, approved } = turned;
  const skill = approved ? undefined : skillAtWork(draft.state, output);
  if (!approved) {
    keepThread(draft, output);
    countSpend(draft, usageOf(output), skill);
    noteRemote(draft, actorOf(draft.state), topAsk(draft.state)?.id, output);
  }
  switch (output.kind) {
    case 'turned':
      if (approved || !isPutAside(draft, output, seen, skill)) applyIntent(draft, output, seen);
      return;
    case 'waiting':
      if (draft.state.work.kind === 'turn') waitForRemote(draft, draft.state.work, output.pauseMs);
      return;
    case 'lacking':
      hear(draft, output.language);
      if (askForNeeds(draft, output)) rest(draft, seen);
      return;
    case 'invalid':
      repairOrPark(draft, output.failure, { usage: output.usage, skill });
      return;
    case 'declined':
      // Declining is possible only before accepting; from an owner it is a failure like any other.
      draft.next = { kind: 'turn-trouble', failure: output.failure };
      return;
  }
}

/** Whatever a model said stands in its thread, so that it can be told what was wrong with it. */
function keepThread(draft: Draft, output: TurnOutput): void {
  const { state } = draft;
  const thread = 'thread' in output ? output.thread : undefined;
  if (!thread) return;
  Object.assign(state, withActorMemory(state, { ...actorMemory(state), thread }));
}

/** Takes note of a turn, and asks the policy whether it may have its way (P10). */
function isPutAside(
  draft: Draft,
  output: Extract<TurnOutput, { kind: 'turned' }>,
  seen: number,
  skill: string | undefined,
): boolean {
  const { state } = draft;
  hear(draft, output.language);
  learn(draft, output.turn, { ...output, skill });
  if (!topAsk(state)) noteTold(draft, output.turn.facts);
  state.repairs = 0;
  state.troubles = [];
  const { kind } = output.turn.intent;
  // What goes to people anyway needs no rule.
  if (kind === 'escalate' || kind === 'ask-review') return false;
  // Nothing of the case moves on an answer: the turn that makes something of it is the one to ask about.
  if (kind === 'ask' || kind === 'fan-out' || topAsk(state)) return false;
  return police(draft, { moment: 'turn', output, seen }).kind === 'disposed';
}

function applyIntent(draft: Draft, output: Extract<TurnOutput, { kind: 'turned' }>, seen: number): void {
  const { state } = draft;
  const { turn } = output;
  const agent = state.owner;
  const { intent } = turn;
  if (topAsk(state) && !['call', 'ask', 'fan-out', 'ask-review'].includes(intent.kind)) {
    concludeAsk(draft, turn);
    return;
  }
  // What an asked agent says on the way, the user does not hear: the owner speaks to them.
  if (!topAsk(state) && turn.say !== undefined) sendMessage(draft, { kind: 'agent', name: agent }, turn.say);
  switch (intent.kind) {
    case 'reply':
      if (!noteMissing(draft, intent.missing)) return;
      sendMessage(draft, { kind: 'agent', name: agent }, intent.text, { missing: intent.missing });
      rest(draft, seen);
      return;
    case 'call':
      draft.next = { kind: 'call', calls: intent.calls };
      return;
    case 'ask':
      openAsk(draft, intent, output.crossing);
      return;
    case 'fan-out':
      openFanOut(draft, intent, output.crossings);
      return;
    case 'transfer':
    case 'return':
    case 'escalate':
      draft.next = {
        kind: 'propose',
        handover: intent,
        crossing: output.crossing,
        confidence: turn.provenance.confidence,
      };
      return;
    case 'ask-review':
      askReview(draft, intent);
      return;
    case 'finish':
      if (intent.text !== undefined) sendMessage(draft, { kind: 'agent', name: agent }, intent.text);
      answered(draft, seen);
      // A message that crossed with the ending is answered before the case ends (T8).
      if (hasUnanswered(draft)) {
        draft.next = { kind: 'take-turn' };
        return;
      }
      if (output.handsBack?.crossed) state.handsBack = output.handsBack.crossed;
      state.ending = { kind: 'finished', outcome: intent.outcome };
      draft.next = { kind: 'close' };
      return;
  }
}

/** Baton speaks the language that the user writes, where nobody has said which one they prefer (X7). */
function hear(draft: Draft, language: string | undefined): void {
  const { state } = draft;
  if (language === undefined || (state.user?.locale ?? state.locale) !== undefined) return;
  const speaks = spokenLanguage(language);
  if (speaks !== (state.speaks ?? 'en')) state.speaks = speaks;
}

/** The user has been spoken to, and the case waits for them; what they have said since is seen to at once. */
function rest(draft: Draft, seen: number): void {
  answered(draft, seen);
  draft.next = hasUnanswered(draft) ? { kind: 'take-turn' } : { kind: 'nothing' };
  draft.state.work = { kind: 'idle' };
}

function answered(draft: Draft, seen: number): void {
  draft.state.answeredUpTo = Math.max(draft.state.answeredUpTo, seen);
  draft.state.turnsSinceAnswer = 0;
}

function askReview(draft: Draft, intent: Extract<AgentTurn['intent'], { kind: 'ask-review' }>): void {
  const { state } = draft;
  const manifest = manifestOf(state);
  const pool = intent.pool ?? manifest.escalation;
  if (!Object.hasOwn(manifest.pools, pool)) {
    const unknown = failure(
      'TARGET_UNKNOWN',
      `${JSON.stringify(pool)}; pools: ${Object.keys(manifest.pools).join(', ')}`,
      'intent.pool',
    );
    repairOrPark(draft, unknown);
    return;
  }
  const reviewId = openReview(draft, {
    kind: 'question',
    pool,
    question: intent.question,
    subject: intent.subject,
    requestedBy: actorOf(state),
    expiresMs: intent.expiresMs ?? 86_400_000,
  });
  state.work = { kind: 'question', reviewId };
}

/** Output that breaks the contract goes back with its issues, `limits.repairs` times; then a person sees it (F14). */
function repairOrPark(
  draft: Draft,
  problem: Failure,
  took: { readonly usage?: ModelUsage | undefined; readonly skill?: string | undefined } = {},
): void {
  const { state } = draft;
  const { usage, skill } = took;
  writeRow(draft, 'turn-refused', {
    turn: state.turns,
    agent: actorOf(state),
    failure: problem,
    ...(usage ? { ...skillInRow(skill), usage: jsonOf(usage) } : {}),
  });
  state.troubles = [...state.troubles, { at: nowText(draft), failure: problem }].slice(-20);
  if (state.repairs < manifestOf(state).limits.repairs) {
    state.repairs += 1;
    state.notices = [...state.notices, { kind: 'output-invalid', failure: problem }];
    draft.next = { kind: 'take-turn' };
    return;
  }
  state.repairs = 0;
  reportFailure(draft, actorOf(state), problem, { turnId: `t${String(state.turns)}`, ...firstTurnOf(state) });
  if (topAsk(state)) failAsk(draft, problem);
  else parkTurn(draft, problem);
}

/** A turn that did not come to an answer: retries are spent, and the case looks for somebody else (T7). */
export function onTurnTrouble(draft: Draft, problem: Failure, lost?: LostCalls): void {
  const { state } = draft;
  writeRow(draft, 'turn-failed', {
    turn: state.turns,
    agent: actorOf(state),
    failure: problem,
    ...(lost ? { ...skillInRow(skillAtWork(state)), lost: jsonOf(lost) } : {}),
  });
  reportFailure(draft, actorOf(state), problem, { turnId: `t${String(state.turns)}`, ...firstTurnOf(state) });
  if (topAsk(state)) {
    failAsk(draft, problem);
    return;
  }
  state.troubles = [...state.troubles, { at: nowText(draft), failure: problem }].slice(-20);
  if (needsPeople(problem)) {
    draft.next = { kind: 'escalate', escalation: { reasonCode: problem.code, explanation: problem.message } };
    return;
  }
  const previous = previousAgent(draft);
  if (previous === undefined || state.fallbacks >= manifestOf(state).limits.fallbacks) {
    parkTurn(draft, problem);
    return;
  }
  rollBack(draft, previous, problem);
}

/** The handoff that brought the case to its owner: what comes of the first turn after it says how a probe went. */
function firstTurnOf(state: CaseState): { readonly handoffId?: string } {
  return topAsk(state) || state.broughtBy === undefined ? {} : { handoffId: state.broughtBy };
}

function parkTurn(draft: Draft, problem: Failure): void {
  const { state } = draft;
  const envelope = actorEnvelope(state);
  draft.next = {
    kind: 'park',
    letter: {
      kind: 'turn',
      subject: `t${String(state.turns)}`,
      agent: state.owner,
      failure: problem,
      payload: jsonOf(envelope),
    },
  };
}

/** An activity of a turn failed for good. One that the case stopped is no longer the turn it waits for. */
export function onTurnFailed(draft: Draft, turnId: string, trouble: Trouble): void {
  const { state } = draft;
  if (state.work.kind !== 'turn' || state.work.turnId !== turnId) return;
  const { lost } = trouble;
  countLost(draft, lost, skillAtWork(state));
  doubtRemote(draft, actorOf(state), topAsk(state)?.id, trouble.failure);
  draft.next = { kind: 'turn-trouble', failure: trouble.failure, ...(lost ? { lost } : {}) };
}
