import { getOwn } from '../../contract/json.ts';
import {
  clockValues,
  scoreOf,
  type PolicyInstants,
  type PolicyValues,
} from '../../contract/policy/evaluate.ts';
import { KEYWORD_INPUT, type PolicyMoment } from '../../contract/policy/inputs.ts';
import { inputsReadOn, type Policy } from '../../contract/policy/policy.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import { freshLoad, type Readiness } from '../../contract/readiness.ts';
import type { CaseState } from '../state.ts';
import { manifestOf } from '../state.ts';
import { stageOf } from '../view.ts';

/** Everything that is known of a case, as the inputs of its policy, `more` included. */
export function valuesOf(
  state: CaseState,
  policy: Policy,
  { now, moment: asked }: { readonly now: number; readonly moment: PolicyMoment },
  more: PolicyValues = {},
): PolicyValues {
  const { limits, agents } = manifestOf(state);
  const domain = getOwn(agents, state.owner)?.domain;
  const values: PolicyValues = {
    owner: state.owner,
    'owner-kind': poolOfOwner(state.owner) === undefined ? 'agent' : 'people',
    ...(domain === undefined ? {} : { domain }),
    ...(state.channel === undefined ? {} : { channel: state.channel }),
    ...languageIn(state),
    stage: stageOf(state),
    claimed: state.claimedBy !== undefined,
    hops: state.hops,
    'hops-left': limits.hops - state.hops,
    fallbacks: state.fallbacks,
    'turns-since-answer': state.turnsSinceAnswer,
    'user-messages': state.userMessages,
    completed: state.task.completed.length,
    remaining: state.task.remaining.length,
    unable: state.task.unable.length,
    ...signalsIn(state, policy),
    ...budgetIn(state, policy, asked),
    ...clockValues(instantsOf(state), now),
    ...more,
  };
  return { ...values, score: scoreOf(policy, values) };
}

/** What is spent and left, where the policy reads it: evaluations of earlier releases say nothing of it (I10). */
function budgetIn(state: CaseState, policy: Policy, moment: PolicyMoment): PolicyValues {
  const read = inputsReadOn(policy, moment);
  if (!BUDGET.some((name) => read.has(name))) return {};
  const { costUsd, tokens } = manifestOf(state).limits;
  const { inputTokens = 0, outputTokens = 0, microUsd = 0 } = state.spend?.total ?? {};
  const [usedTokens, usedUsd] = [inputTokens + outputTokens, microUsd / 1_000_000];
  const shares = [
    ...(tokens === undefined ? [] : [1 - usedTokens / tokens]),
    ...(costUsd === undefined ? [] : [1 - usedUsd / costUsd]),
  ];
  const values: PolicyValues = {
    'tokens-spent': usedTokens,
    'usd-spent': usedUsd,
    ...(tokens === undefined ? {} : { 'tokens-left': Math.max(0, tokens - usedTokens) }),
    ...(costUsd === undefined ? {} : { 'usd-left': rounded(Math.max(0, costUsd - usedUsd)) }),
    ...(shares.length === 0 ? {} : { 'budget-left': rounded(Math.max(0, Math.min(...shares))) }),
  };
  return Object.fromEntries(Object.entries(values).filter(([name]) => read.has(name)));
}

const BUDGET = ['tokens-spent', 'usd-spent', 'tokens-left', 'usd-left', 'budget-left'];

/** What reaches ledgers and people is written alike on every machine. */
function rounded(value: number): number {
  return Math.round(value * 1_000_000) / 1_000_000;
}

/** What was read of the receiver's pool, where the policy reads it and it is fresh. */
export function loadValues(policy: Policy, readiness: Readiness | undefined, now: number): PolicyValues {
  const load = readiness && freshLoad(readiness, now);
  if (!load) return {};
  const read = inputsReadOn(policy, 'handoff');
  const values: PolicyValues = {
    backlog: load.backlog,
    'backlog-age-ms': load.backlogAgeMs,
    workers: load.workers,
  };
  return Object.fromEntries(Object.entries(values).filter(([name]) => read.has(name)));
}

/** Whether a policy wants to know how busy a receiver is. */
export function readsLoad(policy: Policy): boolean {
  const read = inputsReadOn(policy, 'handoff');
  return ['backlog', 'backlog-age-ms', 'workers'].some((name) => read.has(name));
}

function languageIn(state: CaseState): PolicyValues {
  const language = state.policed?.signals?.language ?? state.user?.locale ?? state.locale;
  return language === undefined ? {} : { language };
}

function signalsIn(state: CaseState, policy: Policy): PolicyValues {
  const { policed } = state;
  if (!policed?.signals) return {};
  const { asksForHuman, legal, clarifies, frustration, sentiment, repeats, keywords, proposal } =
    policed.signals;
  return {
    'asks-for-human': asksForHuman,
    legal,
    clarifies,
    frustration,
    sentiment,
    repeats,
    ...(proposal ? { proposed: proposal.label, 'proposed-confidence': proposal.confidence } : {}),
    'frustration-so-far': policed.frustration,
    'repeats-so-far': policed.repeats,
    'clarifications-so-far': policed.clarifications,
    ...Object.fromEntries(
      Object.keys(policy.keywords).map((name) => [`${KEYWORD_INPUT}${name}`, keywords.includes(name)]),
    ),
  };
}

/** Instants from which the clocks of a case count. */
export function instantsOf(state: CaseState): PolicyInstants {
  const { policed, transcript, answeredUpTo, task } = state;
  if (!policed) return {};
  const brought = state.handoffs.find((one) => one.id === state.broughtBy)?.acceptedAt;
  const unanswered = transcript.find((one) => one.from.kind === 'user' && one.sequence > answeredUpTo);
  const last = transcript.at(-1);
  const waitsForUser = stageOf(state) === 'waiting-user' && unanswered === undefined;
  const { deadline } = task.constraints;
  return {
    'elapsed-ms': Date.parse(policed.openedAt),
    'owned-ms': Date.parse(brought ?? policed.openedAt),
    ...(unanswered ? { 'waiting-ms': Date.parse(unanswered.at) } : {}),
    ...(waitsForUser && last ? { 'idle-ms': Date.parse(last.at) } : {}),
    ...(deadline === undefined ? {} : { 'deadline-in-ms': Date.parse(deadline) }),
  };
}

/** What is known besides when an agent wants to hand the case on. */
export function handoffValues(
  state: CaseState,
  handoffId: string,
  now: number,
  confidence: number | undefined,
): PolicyValues {
  const record = state.handoffs.find((one) => one.id === handoffId);
  if (!record) return {};
  const accepted = state.handoffs.filter((one) => one.acceptedAt !== undefined && one.id !== handoffId);
  const since = accepted.at(-1)?.acceptedAt;
  return {
    to: record.to,
    edge: `${record.from} -> ${record.to}`,
    intent: record.verb,
    'reason-code': record.reasonCode,
    oscillations: oscillationsIn([...state.path, record.to]),
    'same-handoffs': accepted.filter((one) => one.fingerprint === record.fingerprint).length,
    ...(since === undefined ? {} : { 'since-handoff-ms': now - Date.parse(since) }),
    ...(confidence === undefined ? {} : { confidence }),
  };
}

/** How often a path goes back to where it had just been, counted back from its end: A, B, A, B has two. */
function oscillationsIn(path: readonly string[]): number {
  let count = 0;
  for (let at = path.length - 1; at >= 2 && path[at] === path[at - 2]; at -= 1) count += 1;
  return count;
}
