import type { PolicyDecision } from '../../contract/case.ts';
import type { Crossing, TurnOutput } from '../../contract/activities.ts';
import { jsonOf } from '../../contract/canonical-json.ts';
import { evaluatePolicy, inputsRead, type PolicyValues } from '../../contract/policy/evaluate.ts';
import type { Policy, PolicyAction, PolicyRule } from '../../contract/policy/policy.ts';
import { wordsOf } from '../../contract/policy/words.ts';
import type { Readiness } from '../../contract/readiness.ts';
import { FINISHED_RECORDS } from '../../contract/limits.ts';
import type { Approval, EdgeManifest } from '../../contract/team.ts';
import type { Draft } from '../draft.ts';
import { hasUnanswered, nowText, sendMessage, writeRow } from '../draft.ts';
import { policyOf, type PinnedPolicy } from '../policed.ts';
import type { CaseState } from '../state.ts';
import { manifestOf } from '../state.ts';
import { bringToPeople, isWithPeople } from './interrupt.ts';
import { planMove, type Move } from './policy-moves.ts';
import { handoffValues, loadValues, valuesOf } from './policy-values.ts';
import { openReview } from './reviews.ts';
import { stopTurn } from './stopped.ts';
import { withdrawHandoff } from './withdrawals.ts';

/** What the policy is asked about. */
export type PolicyCase =
  /** A user's message was assessed. */
  | { readonly moment: 'message'; readonly sequence: number }
  /** The owner's turn has ended; nothing of it has been applied. */
  | {
      readonly moment: 'turn';
      readonly output: Extract<TurnOutput, { kind: 'turned' }>;
      readonly seen: number;
    }
  /** A handoff that the guards let pass; it is proposed and not offered. */
  | {
      readonly moment: 'handoff';
      readonly handoffId: string;
      readonly edge: EdgeManifest | undefined;
      readonly confidence: number | undefined;
      /** What was read of the receiver, where the policy asks for it. */
      readonly readiness?: Readiness | undefined;
    }
  /** Nothing but time has passed. */
  | { readonly moment: 'time' };

/** What became of what the policy was asked about. */
export type Disposal =
  /** It goes on as if there were no policy. */
  | { readonly kind: 'goes-on' }
  /** The policy has seen to it; the agent's wish is put aside. */
  | { readonly kind: 'disposed' }
  /** The handoff waits for a person. */
  | { readonly kind: 'held'; readonly approval: Approval };

const GOES_ON: Disposal = { kind: 'goes-on' };

/**
 * Asks the policy and does what it says. Each evaluation is a ledger row with everything it knew, so that a draft of
 * another policy can be tried on it; each decision says which rule, which version, why, and what the user was told.
 */
export function police(draft: Draft, asked: PolicyCase): Disposal {
  const { state } = draft;
  const pinned = policyOf(state);
  if (!pinned || !state.policed) return GOES_ON;
  const values = valuesOf(
    state,
    pinned.policy,
    { now: draft.now, moment: asked.moment },
    moreValues(draft, pinned.policy, asked),
  );
  const { acted, holding: held } = state.policed;
  const verdict = evaluatePolicy(pinned.policy, asked.moment, values, acted, held);
  if (asked.moment === 'time') state.policed = { ...state.policed, holding: verdict.holding };
  let disposal: Disposal = GOES_ON;
  const decisions = verdict.acting.map((rule) => {
    const because = obstacle(draft, asked, rule.then);
    const decision = decisionOf(draft, pinned, asked, rule, values, because);
    noteDecision(draft, decision);
    return { rule, decision, because };
  });
  // Written before anything follows from it: the ledger tells cause before effect.
  if (decisions.length > 0 || asked.moment !== 'time')
    writeRow(draft, 'policy-evaluated', {
      moment: asked.moment,
      policy: pinned.policy.name,
      policyVersion: pinned.policy.policyVersion,
      digest: pinned.digest,
      values,
      decisions: decisions.map(({ decision: { rule, action, inputs, explanation, because } }) => ({
        rule,
        action,
        inputs,
        explanation,
        ...(because === undefined ? {} : { because }),
      })),
    });
  for (const { rule, decision, because } of decisions)
    if (because === undefined) disposal = carryOut(draft, asked, rule, decision);
  return disposal;
}

function moreValues(draft: Draft, policy: Policy, asked: PolicyCase): PolicyValues {
  switch (asked.moment) {
    case 'turn': {
      const { intent, provenance } = asked.output.turn;
      return {
        intent: intent.kind,
        ...(intent.kind === 'finish' ? { outcome: intent.outcome } : {}),
        ...(provenance.confidence === undefined ? {} : { confidence: provenance.confidence }),
      };
    }
    case 'handoff':
      return {
        ...handoffValues(draft.state, asked.handoffId, draft.now, asked.confidence),
        ...loadValues(policy, asked.readiness, draft.now),
      };
    case 'message':
    case 'time':
      return {};
  }
}

function decisionOf(
  draft: Draft,
  { policy, digest }: PinnedPolicy,
  asked: PolicyCase,
  rule: PolicyRule,
  values: PolicyValues,
  because: string | undefined,
): PolicyDecision {
  const language = typeof values['language'] === 'string' ? values['language'] : undefined;
  return {
    at: nowText(draft),
    moment: asked.moment,
    rule: rule.id,
    action: rule.then.do,
    policyVersion: policy.policyVersion,
    digest,
    inputs: inputsRead(rule, values),
    explanation: wordsOf(rule, language),
    ...(because === undefined ? {} : { because }),
  };
}

function noteDecision(draft: Draft, decision: PolicyDecision): void {
  const { state } = draft;
  if (!state.policed) return;
  const { acted, decisions } = state.policed;
  state.policed = {
    ...state.policed,
    acted: { ...acted, [decision.rule]: (acted[decision.rule] ?? 0) + 1 },
    decisions: [...decisions, decision].slice(-FINISHED_RECORDS),
  };
}

/** Why an action cannot be carried out now: guard-rails dispose of what rules propose, too (P10). */
function obstacle(draft: Draft, asked: PolicyCase, action: PolicyAction): string | undefined {
  const { state } = draft;
  switch (action.do) {
    case 'tell':
      return undefined;
    case 'escalate':
      return isWithPeople(state) ? 'people have the case, or are about to' : undefined;
    case 'review':
      return asked.moment === 'handoff' && asked.edge?.approval ? 'the edge asks people anyway' : undefined;
    case 'clarify':
      return asked.moment === 'message' && state.work.kind !== 'assessing'
        ? `the case is ${state.work.kind} already`
        : undefined;
    case 'transfer': {
      const moves = planMove(state, action, '');
      if (!moves.ok) return moves.problem;
      return isInterruptible(state, asked, action.to) ? undefined : `the case is ${state.work.kind}`;
    }
  }
}

/** Whether ownership may move now: never in the middle of effects, approvals and parked work. */
function isInterruptible(state: CaseState, asked: PolicyCase, to: string): boolean {
  if (asked.moment === 'turn' || asked.moment === 'handoff') return true;
  const { work } = state;
  if (work.kind === 'offer') return state.handoffs.find((one) => one.id === work.handoffId)?.to !== to;
  return ['idle', 'assessing', 'turn', 'waiting'].includes(work.kind);
}

function carryOut(draft: Draft, asked: PolicyCase, rule: PolicyRule, decision: PolicyDecision): Disposal {
  const { state } = draft;
  const action = rule.then;
  const tell = (): void => sendMessage(draft, { kind: 'system' }, decision.explanation);
  switch (action.do) {
    case 'tell':
      tell();
      return GOES_ON;
    case 'escalate': {
      tell();
      const { reason: reasonCode = rule.id, pool } = action;
      const where = pool === undefined ? {} : { pool };
      const explanation = `rule ${rule.id} of the policy: ${decision.explanation}`;
      state.humanAsked = { by: 'policy', reason: explanation, reasonCode, ...where };
      const escalation = { reasonCode, explanation, ...where };
      // The turn at hand has ended, and so has whatever proposed the handoff: there is nothing to stop.
      if (asked.moment === 'turn' || asked.moment === 'handoff')
        draft.next = { kind: 'escalate', escalation };
      else bringToPeople(draft, escalation);
      return { kind: 'disposed' };
    }
    case 'transfer': {
      const planned = planMove(state, action, decision.explanation);
      if (!planned.ok) return GOES_ON;
      tell();
      interrupt(draft, asked);
      move(draft, planned.move, rule);
      return { kind: 'disposed' };
    }
    case 'review':
      tell();
      return review(draft, asked, action);
    case 'clarify':
      tell();
      answerUpTo(draft, seenBy(state, asked));
      state.work = { kind: 'idle' };
      // What came after it waits for an answer of its own.
      if (hasUnanswered(draft)) draft.next = { kind: 'take-turn' };
      return { kind: 'disposed' };
  }
}

function interrupt(draft: Draft, asked: PolicyCase): void {
  const { work } = draft.state;
  if (asked.moment === 'turn' || asked.moment === 'handoff') return;
  stopTurn(draft);
  if (work.kind === 'offer') withdrawHandoff(draft);
  // A case that waits for its user is at work again before it can be offered.
  if (work.kind === 'idle') draft.state.work = { kind: 'assessing' };
}

function move(draft: Draft, planned: Move, rule: PolicyRule): void {
  const { handover, crossing } = planned;
  const reasonCode = rule.then.do === 'transfer' ? (rule.then.reason ?? rule.id) : rule.id;
  draft.next = {
    kind: 'propose',
    handover: { ...handover, reasonCode },
    crossing: crossing satisfies Crossing,
    confidence: undefined,
    byPolicy: true,
  };
}

function review(draft: Draft, asked: PolicyCase, action: Extract<PolicyAction, { do: 'review' }>): Disposal {
  const { state } = draft;
  const { question, expiresMs, pool = manifestOf(state).escalation } = action;
  if (asked.moment === 'handoff') return { kind: 'held', approval: { pool, question, expiresMs } };
  if (asked.moment !== 'turn' || !state.policed) return GOES_ON;
  const { output, seen } = asked;
  const { intent, say, provenance } = output.turn;
  const reviewId = openReview(draft, {
    kind: 'question',
    pool,
    question,
    subject: jsonOf({ agent: state.owner, intent, say, provenance }),
    requestedBy: state.owner,
    expiresMs,
  });
  state.policed = { ...state.policed, held: { reviewId, output, seen } };
  state.work = { kind: 'question', reviewId };
  return { kind: 'disposed' };
}

/** The last message that what the policy put aside would have answered. */
function seenBy(state: CaseState, asked: PolicyCase): number {
  switch (asked.moment) {
    case 'message':
      return asked.sequence;
    case 'turn':
      return asked.seen;
    case 'handoff':
      return state.work.kind === 'turn' || state.work.kind === 'waiting'
        ? state.work.seen
        : state.answeredUpTo;
    case 'time':
      return state.answeredUpTo;
  }
}

function answerUpTo(draft: Draft, sequence: number): void {
  const { state } = draft;
  state.answeredUpTo = Math.max(state.answeredUpTo, sequence);
  state.turnsSinceAnswer = 0;
}
