import type { EffectRecord } from '../contract/case.ts';
import type { Draft, Within } from './draft.ts';
import type { CaseEvent } from './events.ts';
import type { Branch, FanOut } from './fan-out-state.ts';
import type { AskFrame, CaseState, Work } from './state.ts';

/** The questions that the case is at, where it has put several at once. */
export function fanOutOf({ work }: Pick<CaseState, 'work'>): FanOut | undefined {
  return work.kind === 'fan-out' ? work : undefined;
}

/** The branches of the case's fan-out, and of those that they have led to. */
function branchesOf(work: Work): readonly Branch[] {
  if (work.kind !== 'fan-out') return [];
  return work.branches.flatMap((branch) => [branch, ...branchesOf(branch.work)]);
}

/** Fan-outs under way, the outermost first. */
export function fanOutsIn(work: Work): readonly FanOut[] {
  if (work.kind !== 'fan-out') return [];
  return [work, ...work.branches.flatMap((branch) => fanOutsIn(branch.work))];
}

/** Every line of work: the case's own, and those of its branches. */
export function worksIn(work: Work): readonly Work[] {
  return [work, ...branchesOf(work).map((branch) => branch.work)];
}

/** Every open question, those that wait for one another and those that are worked on side by side. */
export function openAsks({ asks = [], work }: Pick<CaseState, 'asks' | 'work'>): readonly AskFrame[] {
  return [...asks, ...branchesOf(work).flatMap((branch) => branch.asks)];
}

/** The case with every open question changed. */
export function withFrames(state: CaseState, change: (frame: AskFrame) => AskFrame): CaseState {
  const inWork = (work: Work): Work =>
    work.kind === 'fan-out'
      ? {
          ...work,
          branches: work.branches.map((branch) => ({
            ...branch,
            asks: branch.asks.map(change),
            work: inWork(branch.work),
          })),
        }
      : work;
  return {
    ...state,
    ...(state.asks ? { asks: state.asks.map(change) } : {}),
    work: inWork(state.work),
  };
}

/** The case as one of its branches is worked on: its line of work, below what the case is at. */
export function seenFrom(state: CaseState, branch: Branch): CaseState {
  const { work, turn, answers, notices, repairs, troubles } = branch;
  return {
    ...state,
    ...{ work, answers, notices, repairs, troubles },
    turns: turn,
    asks: [...(state.asks ?? []), ...branch.asks],
  };
}

/** The case as whoever works on what a review asks about sees it. */
export function seenWhereReviewed(state: CaseState, reviewId: string): CaseState {
  const branch = fanOutOf(state)?.branches.find((one) => isAbout(one.work, reviewId));
  return branch ? seenWhereReviewed(seenFrom(state, branch), reviewId) : state;
}

/** Reviews that a line of work waits for. */
export function reviewsOf(work: Work): readonly string[] {
  switch (work.kind) {
    case 'calls':
      return work.calls.flatMap((call) => (call.status === 'held' ? (call.reviewId ?? []) : []));
    case 'question':
    case 'held':
      return [work.reviewId];
    case 'fan-out':
      return work.branches.flatMap((branch) => reviewsOf(branch.work));
    case 'resolving':
    case 'idle':
    case 'turn':
    case 'waiting':
    case 'assessing':
    case 'offer':
    case 'parked':
    case 'unwinding':
    case 'unwound':
    case 'closing':
    case 'closed':
      return [];
  }
}

function isAbout(work: Work, reviewId: string): boolean {
  return reviewsOf(work).includes(reviewId);
}

/** Whether a person must see to something that a fan-out could not take back. */
export function hasOpenLetters(
  letters: CaseState['deadLetters'],
  { all = [] }: NonNullable<FanOut['decided']>,
): boolean {
  return letters.some((one) => one.status === 'open' && one.kind === 'undo' && all.includes(one.subject));
}

/** Whether a line of work is writing to the outside world, or taking something back there. */
export function isWriting(work: Work): boolean {
  if (work.kind === 'calls')
    return work.calls.some(
      (call) => call.status === 'undoing' || (call.status === 'running' && call.effect === 'write'),
    );
  if (work.kind !== 'fan-out') return false;
  return work.decided?.current !== undefined || work.branches.some((branch) => isWriting(branch.work));
}

/** The branch that an event is about, of the fan-out that the state is at; undefined where it is about none. */
export function branchAbout(state: CaseState, event: CaseEvent): Branch | undefined {
  return fanOutOf(state)?.branches.find((branch) => concerns(state, branch, event));
}

function concerns(state: CaseState, { work, asks }: Branch, event: CaseEvent): boolean {
  const { kind } = event;
  if (work.kind === 'fan-out' && work.branches.some((branch) => concerns(state, branch, event))) return true;
  if (kind === 'turn-ended' || kind === 'turn-failed') {
    if (state.inquiry?.turnId === event.turnId) return isAbout(work, state.inquiry.reviewId);
    return work.kind === 'turn' && work.turnId === event.turnId;
  }
  if (kind === 'poll-due') return work.kind === 'waiting' && work.turnId === event.turnId;
  if (kind === 'call-ended' || kind === 'call-failed' || kind === 'undo-ended' || kind === 'undo-failed') {
    if (work.kind === 'fan-out') return work.decided?.current === event.key;
    return work.kind === 'calls' && work.calls.some((call) => call.key === event.key);
  }
  if (kind === 'remote-news') {
    const askId = state.remotes?.find((one) => one.key === event.key)?.askId;
    return askId !== undefined && asks.some((frame) => frame.id === askId);
  }
  if (kind === 'ask-expired') return asks.some((frame) => frame.id === event.askId);
  if (kind === 'decided') return isAbout(work, event.message.reviewId);
  if (kind === 'review-expired' || kind === 'release-due') return isAbout(work, event.reviewId);
  if (kind !== 'redriven' && kind !== 'discarded') return false;
  const letter = state.deadLetters.find((one) => one.id === event.message.deadLetterId);
  return letter?.kind === 'undo' && hasTakenBack(work, letter.subject);
}

function hasTakenBack(work: Work, key: string): boolean {
  return work.kind === 'fan-out' && work.decided?.all?.includes(key) === true;
}

/** Whether one of several questions that were put at once waits for somebody to see to what it could not take back. */
export function waitsForLetter(
  { work }: CaseState,
  { subject }: Pick<CaseState['deadLetters'][number], 'subject'>,
): boolean {
  const decided = fanOutsIn(work).find((one) => hasTakenBack(one, subject))?.decided;
  return decided?.remaining?.length === 0 && decided.current === undefined;
}

/** The questions that an effect is tried for, where several were put at once: by them it is taken back. */
export function askedForIn({ state, within }: Draft): Pick<EffectRecord, 'askedFor'> {
  return within ? { askedFor: (state.asks ?? []).map((frame) => frame.id) } : {};
}

/**
 * Works on one branch: what is done to the state meanwhile is done to its line of work, and to what all share. The
 * rest of the core need not know that there are others.
 */
export function inBranch(draft: Draft, branch: Branch, act: () => void): void {
  const { state, within: outer } = draft;
  const fan = fanOutOf(state);
  if (!fan) throw new RangeError('the case has not put several questions');
  const { answers, notices, repairs, troubles } = state;
  const above = state.asks?.length ?? 0;
  const halting = haltingOf(draft, fan);
  const within: Within = {
    above,
    ...(halting ? { halting } : {}),
    beside: `${String(fan.branches.indexOf(branch) + 1)} of ${String(fan.branches.length)}, ${String(fan.needed)} needed`,
    writing:
      outer?.writing === true || fan.branches.some((other) => other !== branch && isWriting(other.work)),
  };
  Object.assign(state, seenFrom(state, branch));
  draft.within = within;
  act();
  const all = state.asks ?? [];
  const changed: Branch = {
    ...branch,
    work: state.work,
    asks: all.slice(above),
    turn: state.turns,
    answers: state.answers,
    notices: state.notices,
    repairs: state.repairs,
    troubles: state.troubles,
    begun: true,
    ...(within.end ? { end: within.end } : {}),
  };
  Object.assign(state, {
    ...{ answers, notices, repairs, troubles },
    asks: all.slice(0, above),
    turns: draft.turnsTaken,
    work: { ...fan, branches: fan.branches.map((one) => (one === branch ? changed : one)) },
  });
  if (outer) draft.within = outer;
  else delete draft.within;
}

/**
 * How a fan-out comes to rest that goes no further. Where it is decided, or the case ends, calls are stopped as well: what
 * they write is taken back. Before people take over, what runs comes to its answer, so that they see what happened.
 */
export function haltingOf({ state, within }: Draft, { decided }: FanOut): 'turns' | 'calls' | undefined {
  if (decided || state.ending !== undefined || within?.halting === 'calls') return 'calls';
  return state.humanAsked === undefined ? within?.halting : 'turns';
}
