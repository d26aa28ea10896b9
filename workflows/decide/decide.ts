import { failure } from '../../contract/failures.ts';
import { moveCase } from '../../contract/lifecycle.ts';
import type { Draft } from '../draft.ts';
import { noteRefusal, openDraft, writeRow } from '../draft.ts';
import type { CaseEvent, Decided, DoorEvent } from '../events.ts';
import { refuseDoorEvent } from '../refuse.ts';
import type { CaseState } from '../state.ts';
import { stageOf } from '../view.ts';
import { onFailureReported } from './agent-failures.ts';
import { branchAbout, fanOutOf, inBranch, openAsks, worksIn } from '../branches.ts';
import { expireAsk } from './asks.ts';
import { onAssessed } from './assess.ts';
import { cancelCase } from './cancel.ts';
import { isDoorEvent } from './door-kinds.ts';
import { endTurn, failTurn } from './end-turn.ts';
import { park, seeToLetter } from './dead-letters.ts';
import { advanceCalls, onCallEnded, onCallFailed, startCalls } from './effects.ts';
import { poolToAsk } from '../takers.ts';
import { onLookedAt, proposeHandover, refuseHandoff } from './handovers.ts';
import { askBeforeTaken, followLease } from './hold.ts';
import { endBranchBadly, endFanOutUndo } from './fan-out-end.ts';
import { followFanOut } from './fan-outs.ts';
import { followInquiry } from './inquiries.ts';
import { armAsk } from './judge-ask.ts';
import { onHumanAsked, onSaid } from './messages.ts';
import { acknowledge, escalateToPeople, offerHandoff } from './offers.ts';
import { onRecorded } from './on-recorded.ts';
import { openCase, pinTeam } from './opening.ts';
import { armPolicy, policeTime } from './policy-time.ts';
import { isQuiet } from './quiet.ts';
import { armPoll, followRemotes, hearOfRemote } from './remote.ts';
import { askSwitch, onFetched, switchWhenQuiet } from './policy-switch.ts';
import { takeDecision } from './decisions.ts';
import { onReadinessRead } from './readiness.ts';
import { armAgain } from './reviews.ts';
import { applyTurn, onTurnTrouble, pollAgain, takeTurn } from './turns.ts';
import { takePeopleEvent, takePersonDoor } from './people-events.ts';
import { followWait } from './unanswered.ts';
import { grantUnmask } from './unmasking.ts';
import { beginUnwind, closeCase, nextUndo, onUndoEnded, onUndoFailed } from './unwind.ts';
import { notTaken } from './withdrawals.ts';

/**
 * The decision core: `(state, event, now) -> (state, steps)`. It runs nothing and knows no clock; the workflow's
 * loop performs what it returns. After the shape of statecharts' pure transition functions.
 * @param now workflow time in milliseconds
 */
export function decide(state: CaseState, event: CaseEvent, now: number): Decided {
  const draft = openDraft(state, now);
  if (isDoorEvent(event)) takeDoorEvent(draft, event);
  else takeEvent(draft, event);
  moveStage(draft);
  settle(draft);
  switchWhenQuiet(draft, isQuiet(draft.state));
  if (movesTheCase(draft, event)) {
    policeTime(draft);
    moveStage(draft);
    settle(draft);
    armPolicy(draft, event.kind === 'continued');
  }
  if (draft.state.manifest !== null) followPeople(draft, event);
  followInquiry(draft);
  followRemotes(draft, state);
  // A ledger that has just refused the rows for good would refuse them again.
  if (event.kind !== 'record-failed') flushWhenQuiet(draft);
  const { receipt } = draft;
  return { state: draft.state, steps: draft.steps, ...(receipt ? { receipt } : {}) };
}

/** What follows from who holds the case, or that nobody does. */
function followPeople(draft: Draft, event: CaseEvent): void {
  const again = event.kind === 'continued';
  const by = isDoorEvent(event) && draft.receipt && 'by' in event.message ? event.message.by : undefined;
  followLease(draft, { again, ...(by === undefined ? {} : { by }) });
  followWait(draft, again);
}

/** Whether the policy's rules on time are asked: a refused or repeated message, and a flush, change nothing. */
function movesTheCase(draft: Draft, event: CaseEvent): boolean {
  if (isDoorEvent(event)) return draft.receipt?.repeated === false;
  return !['message-refused', 'recorded', 'record-failed', 'showing-due'].includes(event.kind);
}

/** What doors let in. The check is repeated here, because a signal has no validator and an update's is older. */
function takeDoorEvent(draft: Draft, event: DoorEvent): void {
  const refused = refuseDoorEvent(draft.state, event, draft.now);
  if (refused) {
    noteRefusal(draft, event.kind, refused);
    return;
  }
  const pool = poolToAsk(draft.state, event, draft.now);
  if (pool !== undefined) {
    askBeforeTaken(draft, event, pool);
    return;
  }
  letIn(draft, event);
}

function letIn(draft: Draft, event: DoorEvent): void {
  if (takeInBranch(draft, event, () => letIn(draft, event))) return;
  switch (event.kind) {
    case 'said':
      onSaid(draft, event.message);
      return;
    case 'human-asked':
      onHumanAsked(draft, event.message);
      return;
    case 'decided': {
      const review = draft.state.reviews.find((one) => one.id === event.message.reviewId);
      if (review) takeDecision(draft, review, event.message);
      return;
    }
    case 'claimed':
    case 'released':
    case 'reassigned':
    case 'taken-over':
    case 'whispered':
    case 'person-replied':
    case 'gave-back':
    case 'person-resolved':
      takePersonDoor(draft, event);
      return;
    case 'redriven':
    case 'discarded':
      seeToLetter(draft, event);
      return;
    case 'unmask-asked':
      grantUnmask(draft, event.message);
      return;
    case 'policy-switch-asked':
      askSwitch(draft, event.message);
      return;
  }
}

/** What is about one of several questions is taken as if there were no other. @returns whether it was about one */
function takeInBranch(draft: Draft, event: CaseEvent, act: () => void): boolean {
  const branch = branchAbout(draft.state, event);
  if (!branch) return false;
  inBranch(draft, branch, () => {
    act();
    settle(draft);
  });
  draft.next = { kind: 'follow-fan-out' };
  return true;
}

function takeEvent(draft: Draft, event: Exclude<CaseEvent, DoorEvent>): void {
  const { state } = draft;
  if (takeInBranch(draft, event, () => takeEvent(draft, event))) return;
  switch (event.kind) {
    case 'opened':
      openCase(draft, event.input);
      return;
    case 'continued':
      writeRow(draft, 'case-continued', {});
      for (const frame of openAsks(state)) draft.steps.push(armAsk(frame));
      for (const work of worksIn(state.work))
        if (work.kind === 'waiting') draft.steps.push(armPoll(work, work !== state.work));
      for (const review of state.reviews) armAgain(draft, review);
      return;
    case 'team-resolved':
      pinTeam(draft, event.manifest, event.doorKeys);
      return;
    case 'team-failed':
      if (state.work.kind !== 'resolving') return;
      state.ending = { kind: 'failed', failure: event.trouble.failure };
      draft.next = { kind: 'close' };
      return;
    case 'assessed':
      onAssessed(draft, event);
      return;
    case 'policy-fetched':
      onFetched(draft, event);
      return;
    case 'policy-due':
    case 'showing-due':
      // What follows from it is asked after every event.
      return;
    case 'turn-ended':
      endTurn(draft, event);
      return;
    case 'turn-failed':
      failTurn(draft, event);
      return;
    case 'readiness-read':
      onReadinessRead(draft, event);
      return;
    case 'looked-at':
      onLookedAt(draft, event);
      return;
    case 'failure-reported':
      onFailureReported(draft, event);
      return;
    case 'acknowledged':
      acknowledge(draft, event.acknowledgement);
      return;
    case 'offer-expired':
      if (state.work.kind !== 'offer' || state.work.handoffId !== event.handoffId) return;
      notTaken(draft, 'expired', failure('OFFER_EXPIRED', `handoff ${event.handoffId}`));
      return;
    case 'ask-expired':
      expireAsk(draft, event.askId);
      return;
    case 'poll-due':
      pollAgain(draft, event.turnId);
      return;
    case 'remote-news':
      hearOfRemote(draft, event.key);
      return;
    case 'call-ended':
      onCallEnded(draft, event.key, event.output);
      return;
    case 'call-failed':
      onCallFailed(draft, event.key, event.trouble);
      return;
    case 'undo-ended':
      if (!endFanOutUndo(draft, event.key)) onUndoEnded(draft, event.key);
      return;
    case 'undo-failed':
      if (!endFanOutUndo(draft, event.key, event.trouble.failure))
        onUndoFailed(draft, event.key, event.trouble);
      return;
    case 'review-expired':
    case 'review-due':
    case 'release-due':
    case 'people-due':
    case 'lease-due':
    case 'consulted':
    case 'consult-failed':
    case 'door-keys-read':
    case 'door-keys-failed':
    case 'door-keys-wanted':
      takePeopleEvent(draft, event);
      return;
    case 'message-refused':
      noteRefusal(draft, event.door, event.failure);
      return;
    case 'cancel-requested':
      cancelCase(draft);
      return;
    case 'recorded':
      onRecorded(draft, event);
      return;
    case 'record-failed':
      // The rows stay with the case and in its history; `verify` names the bad one. Ending late would mend nothing.
      noteRefusal(draft, 'ledger', event.trouble.failure);
      if (state.work.kind === 'closing' && !state.stopped) state.work = { kind: 'closed' };
      return;
  }
}

/** Every stage on the way is a step of the lifecycle: an offer accepted and answered at once was worked on between. */
function moveStage(draft: Draft): void {
  const { state, within } = draft;
  // The stage of a case is that of all its lines of work together.
  if (within) return;
  const stage = stageOf(state);
  const between = fanOutOf(state) && stage === 'parked' ? moveCase(state.stage, 'working') : state.stage;
  state.stage = moveCase(between, stage);
}

/** Performs what one room of the core asked of another, until nothing more follows. */
function settle(draft: Draft): void {
  // Bounded: every round either starts an activity or ends in waiting; the number is far above any real chain.
  for (let round = 0; draft.next.kind !== 'nothing'; round += 1) {
    if (round > 1_000) throw new RangeError('a decision does not come to rest');
    const next = draft.next;
    draft.next = { kind: 'nothing' };
    switch (next.kind) {
      case 'take-turn':
        takeTurn(draft);
        break;
      case 'apply-turn':
        applyTurn(draft, next);
        break;
      case 'turn-trouble':
        onTurnTrouble(draft, next.failure, next.lost);
        break;
      case 'call':
        startCalls(draft, next.calls);
        break;
      case 'advance-calls':
        advanceCalls(draft);
        break;
      case 'propose':
        proposeHandover(draft, next);
        break;
      case 'offer':
        offerHandoff(draft, next.handoffId);
        break;
      case 'refuse-handoff':
        refuseHandoff(draft, next.handoffId, next.failure);
        break;
      case 'follow-fan-out':
        followFanOut(draft, settle);
        break;
      case 'escalate':
        // People get the case once all its lines of work are at rest.
        if (draft.within) draft.state.work = { kind: 'idle' };
        else escalateToPeople(draft, next.escalation);
        break;
      case 'park':
        park(draft, next.letter);
        break;
      case 'unwind':
        if (draft.within) endBranchBadly(draft, next.ending);
        else beginUnwind(draft, next.ending);
        break;
      case 'next-undo':
        nextUndo(draft, next.ends);
        break;
      case 'close':
        closeCase(draft);
        break;
    }
    moveStage(draft);
  }
}

/** A case that waits for somebody leaves no row unrecorded: whoever looks at the ledger sees it whole. */
function flushWhenQuiet(draft: Draft): void {
  const { state } = draft;
  if (isQuiet(state) && state.rows.length > 0 && !draft.steps.some((step) => step.kind === 'record'))
    draft.steps.push({ kind: 'record' });
}
