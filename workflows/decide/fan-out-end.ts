import type { CallAnswer } from '../../contract/activities.ts';
import type { CaseOutcome } from '../../contract/case.ts';
import { failure } from '../../contract/failures.ts';
import { actorMemory, withActorMemory } from '../asks.ts';
import { fanOutOf, haltingOf, hasOpenLetters, inBranch, reviewsOf } from '../branches.ts';
import type { Draft } from '../draft.ts';
import { effectOf, writeRow } from '../draft.ts';
import type { Branch, FanOut } from '../fan-out-state.ts';
import type { CaseState } from '../state.ts';
import { failAsk, withdrawBranch } from './asks.ts';
import { withCrossed } from './carry-memory.ts';
import type { Settle } from './fan-outs.ts';
import { wantedEscalation } from './interrupt.ts';
import { withdrawReviews } from './reviews.ts';
import { stopTurn } from './stopped.ts';
import { couldNotTakeBack, keysToTakeBack, takeBack, tookBack } from './take-back.ts';

type Decision = NonNullable<FanOut['decided']>;

/**
 * Brings what is under way to rest.
 * @returns whether something is still under way
 */
export function haltFanOut(draft: Draft, fan: FanOut, settle: Settle): boolean {
  const { state } = draft;
  const wanted = haltingOf(draft, fan) ?? 'turns';
  if (fan.halted !== wanted && fan.halted !== 'calls') {
    state.work = { ...fan, halted: wanted };
    for (const { askId } of fan.branches) {
      const branch = fanOutOf(state)?.branches.find((one) => one.askId === askId);
      if (!branch || branch.end || branch.work.kind === 'idle') continue;
      inBranch(draft, branch, () => {
        halt(draft, wanted === 'calls');
        settle(draft);
      });
    }
  }
  return fanOutOf(state)?.branches.some((one) => one.work.kind !== 'idle') ?? false;
}

/** What a branch is at comes to rest. */
function halt(draft: Draft, stopsCalls: boolean): void {
  const { state } = draft;
  const { work } = state;
  const mine = new Set(reviewsOf(work));
  withdrawReviews(draft, 'fan-out', (reviewId) => mine.has(reviewId));
  switch (work.kind) {
    case 'turn':
      stopTurn(draft);
      state.work = { kind: 'idle' };
      return;
    case 'calls':
      for (const call of work.calls)
        if (stopsCalls && call.status === 'running' && call.key !== undefined)
          draft.steps.push({ kind: 'stop', id: call.key });
      draft.next = { kind: 'advance-calls' };
      return;
    case 'fan-out':
      draft.next = { kind: 'follow-fan-out' };
      return;
    case 'waiting':
    case 'question':
      state.work = { kind: 'idle' };
      return;
    case 'resolving':
    case 'idle':
    case 'assessing':
    case 'offer':
    case 'held':
    case 'parked':
    case 'unwinding':
    case 'unwound':
    case 'closing':
    case 'closed':
      return;
  }
}

/** Everything of an undecided fan-out is at rest, and the case goes another way: nobody waits for answers any more. */
export function stopAtRest(draft: Draft): void {
  const { state, within } = draft;
  withdrawBranches(draft);
  if (within) state.work = { kind: 'idle' };
  else goAnotherWay(draft);
}

function goAnotherWay(draft: Draft): void {
  const { state } = draft;
  if (state.ending !== undefined) draft.next = { kind: 'unwind', ending: state.ending };
  else if (state.humanAsked !== undefined)
    draft.next = { kind: 'escalate', escalation: wantedEscalation(state.humanAsked) };
}

/** Questions without an answer are withdrawn, in the order asked. */
function withdrawBranches(draft: Draft): void {
  const { state } = draft;
  const fan = fanOutOf(state);
  if (!fan) return;
  const withdrawn = fan.branches.map((branch): Branch => {
    if (branch.end) return branch;
    withdrawBranch(draft, branch);
    const problem = failure('ASK_WITHDRAWN', `${branch.to}, ${branch.askId ?? ''} of ${fan.id}`);
    return {
      ...branch,
      asks: [],
      end: { status: 'withdrawn', answer: { kind: 'failed', failure: problem } },
    };
  });
  state.work = { ...fan, branches: withdrawn };
}

/**
 * A fan-out that is decided comes to its end: the others rest, what has no answer that counts is taken back in reverse
 * order (I4), and whoever asked goes on. What could not be taken back waits for a person first (R3).
 */
export function endFanOut(draft: Draft, fan: FanOut, decided: Decision, settle: Settle): void {
  const { state, within } = draft;
  if (haltFanOut(draft, fan, settle) || decided.current !== undefined) return;
  if (state.ending !== undefined || within?.halting === 'calls') {
    // Whoever stops this takes everything back.
    stopAtRest(draft);
    return;
  }
  const resting = fanOutOf(state) ?? fan;
  if (decided.remaining === undefined) {
    withdrawBranches(draft);
    const all = keysToTakeBack(state.effects, (effect) => !counts(resting, decided, effect));
    continueWith(draft, { ...decided, remaining: all, all });
    draft.next = { kind: 'follow-fan-out' };
    return;
  }
  const [key, ...remaining] = decided.remaining;
  if (key !== undefined) {
    if (within?.writing === true) return;
    if (takeBack(draft, key)) continueWith(draft, { ...decided, remaining, current: key });
    else {
      continueWith(draft, { ...decided, remaining });
      draft.next = { kind: 'follow-fan-out' };
    }
    return;
  }
  if (!hasOpenLetters(state.deadLetters, decided)) conclude(draft, resting, decided);
}

function continueWith(draft: Draft, decided: Decision): void {
  const fan = fanOutOf(draft.state);
  if (fan) draft.state.work = { ...fan, decided };
}

/** Whether an effect stays: it is of an answer that counts, or of nothing that was asked here. */
function counts(
  { branches }: FanOut,
  { met }: Decision,
  { askedFor = [] }: CaseState['effects'][number],
): boolean {
  const branch = branches.find(({ askId }) => askId !== undefined && askedFor.includes(askId));
  return branch === undefined || (met && branch.end?.status === 'answered');
}

/** An undo of a fan-out has come to its end. @returns whether it was one */
export function endFanOutUndo(
  draft: Draft,
  key: string,
  problem?: Parameters<typeof couldNotTakeBack>[2],
): boolean {
  const fan = fanOutOf(draft.state);
  if (!fan?.decided || fan.decided.current !== key) return false;
  if (problem) couldNotTakeBack(draft, key, problem);
  else tookBack(draft, key);
  const { current, ...decided } = fan.decided;
  if (current === key) continueWith(draft, decided);
  draft.next = { kind: 'follow-fan-out' };
  return true;
}

/** Whoever asked takes its next turn with all answers, in the order asked; or the case goes where it is wanted. */
function conclude(draft: Draft, fan: FanOut, decided: Decision): void {
  const { state, within } = draft;
  state.answers = fan.branches.map((branch): CallAnswer => ({
    id: branch.callId,
    tool: `ask_${branch.to}`,
    answer: branch.end?.answer ?? { kind: 'failed', failure: failure('ASK_WITHDRAWN') },
    asked: {
      fanOut: fan.id,
      status: branch.end?.status ?? 'withdrawn',
      ...toolsOf(state, branch, decided),
    },
  }));
  for (const { end } of fan.branches)
    if (end?.crossed)
      Object.assign(state, withActorMemory(state, withCrossed(actorMemory(state), end.crossed)));
  const answered = fan.branches.filter((one) => one.end?.status === 'answered').length;
  const unmet = failure(
    'FAN_OUT_UNMET',
    `${fan.id}: ${String(answered)} answered, ${String(fan.needed)} of ${String(fan.branches.length)} needed`,
  );
  if (!decided.met)
    state.notices = [...state.notices, { kind: 'fan-out-unmet', fanOut: fan.id, failure: unmet }];
  state.repairs = 0;
  state.troubles = [];
  const { all = [] } = decided;
  writeRow(draft, 'fan-out-ended', {
    fanOutId: fan.id,
    met: decided.met,
    answered,
    questions: fan.branches.map(({ to, askId, end }) => ({
      to,
      ...(askId === undefined ? {} : { askId }),
      status: end?.status ?? 'withdrawn',
    })),
    takenBack: all.filter((key) => effectOf(state, key).status === 'undone'),
    kept: all.filter((key) => effectOf(state, key).status === 'kept'),
  });
  if (within || state.humanAsked === undefined) draft.next = { kind: 'take-turn' };
  else goAnotherWay(draft);
}

/** What became of what was written for a question and does not count. */
function toolsOf(
  state: CaseState,
  { askId }: Branch,
  { all = [] }: Decision,
): Pick<NonNullable<CallAnswer['asked']>, 'takenBack' | 'kept'> {
  if (askId === undefined) return {};
  const mine = all
    .map((key) => effectOf(state, key))
    .filter((effect) => effect.askedFor?.includes(askId) === true);
  const named = (status: string): readonly string[] =>
    mine.filter((effect) => effect.status === status).map((effect) => effect.tool);
  const takenBack = named('undone');
  const kept = named('kept');
  return {
    ...(takenBack.length > 0 ? { takenBack } : {}),
    ...(kept.length > 0 ? { kept } : {}),
  };
}

/**
 * What would unwind the whole case unwinds the fan-out that it happened in, and no more: its question has failed, and
 * what was written for it is taken back once the others are decided.
 */
export function endBranchBadly(draft: Draft, ending: CaseOutcome): void {
  const { state, within } = draft;
  const root = state.asks?.[within?.above ?? 0];
  if (within?.halting || ending.kind !== 'failed') state.work = { kind: 'idle' };
  else failAsk(draft, ending.failure, root);
}
