import type { MessageContent } from '../contract/conversation.ts';
import type { Failure } from '../contract/failures.ts';
import { failure } from '../contract/failures.ts';
import { getOwn } from '../contract/json.ts';
import type { Decision } from '../contract/decision.ts';
import type { GiveBack } from '../contract/message-shapes.ts';
import { isAwaitingRelease, type Review } from '../contract/review.ts';
import { actingAgent } from './asks.ts';
import { seenWhereReviewed, waitsForLetter } from './branches.ts';
import { refuseInquiry } from './decide/inquiries.ts';
import { messageDigest } from './decide/messages.ts';
import { refuseSwitch } from './decide/policy-switch.ts';
import { refuseUnmask } from './decide/unmasking.ts';
import type { DoorEvent } from './events.ts';
import { refuseCall } from './guards.ts';
import {
  refuseAgent,
  refusePerson,
  refuseReassign,
  refuseRelease,
  refuseStranger,
  refuseTakeOver,
} from './refuse-staff.ts';
import { refuseUnproven } from './prove.ts';
import { deciderOf, standingOf, suffices } from './standing.ts';
import type { CaseState } from './state.ts';
import { refuseWhileAsked } from './takers.ts';

/**
 * Why a door may not let an event in, or undefined. The same answer serves update validators, which leave no
 * history, and signals, whose refusal is recorded. Asked again by the decision itself, because the state may have
 * moved between the two.
 * @param now workflow time in milliseconds
 */
export function refuseDoorEvent(state: CaseState, event: DoorEvent, now: number): Failure | undefined {
  if (state.work.kind === 'closing' || state.work.kind === 'closed') return refuseAtTheEnd(state, event);
  return refuseInOpenCase(state, event, now) ?? refuseWhileAsked(state, event, now);
}

function refuseInOpenCase(state: CaseState, event: DoorEvent, now: number): Failure | undefined {
  switch (event.kind) {
    case 'said':
      return refuseText(state, event.message);
    case 'human-asked':
      return undefined;
    case 'decided':
      return refuseDecision(state, event.message, now);
    case 'claimed':
      return refusePerson(state, event.message.by, now);
    case 'released':
      return refuseRelease(state, event.message.by, now);
    case 'reassigned':
      return refuseReassign(state, event.message, now);
    case 'taken-over':
      return refuseTakeOver(state, event.message, now);
    case 'whispered':
      return refuseStranger(state, event.message.by, now);
    case 'person-replied':
      return refusePerson(state, event.message.by, now) ?? refuseText(state, event.message);
    case 'gave-back':
      return (
        refusePerson(state, event.message.by, now) ??
        refuseBusy(state) ??
        refuseOptedOut(state, event.message) ??
        refuseAgent(state, event.message.to)
      );
    case 'person-resolved':
      return (
        refusePerson(state, event.message.by, now) ??
        refuseBusy(state) ??
        (event.overUnread ? undefined : refuseUnread(state, event.message.seen))
      );
    case 'redriven':
      return refuseLetter(state, event.message, 'redrive', now);
    case 'discarded':
      return refuseLetter(state, event.message, 'discard', now);
    case 'unmask-asked':
      return refuseUnmask(state, event.message);
    case 'policy-switch-asked':
      return refuseSwitch(state, event.message, now);
  }
}

/** A user who wants people alone gets agents back by their own word only (U4). */
function refuseOptedOut(state: CaseState, { userAgreed }: GiveBack): Failure | undefined {
  if (state.humanOnly === undefined || userAgreed === true) return undefined;
  return failure('USER_OPTED_OUT', undefined, 'userAgreed');
}

/** Repeats of what was taken before the end are answered as such; all else is over. */
function refuseAtTheEnd(state: CaseState, event: DoorEvent): Failure | undefined {
  if (event.kind === 'decided') {
    const review = state.reviews.find((one) => one.id === event.message.reviewId);
    if (review?.decision) return refuseDecided(review, event.message);
  }
  if ((event.kind === 'said' || event.kind === 'person-replied') && isRepeat(state, event.message))
    return undefined;
  const ending = state.ending;
  const how =
    ending === undefined ? 'ended' : ending.kind === 'finished' ? `finished, ${ending.outcome}` : ending.kind;
  return failure('CASE_CLOSED', how);
}

function isRepeat(
  state: CaseState,
  message: { readonly messageId: string; readonly text: string } & MessageContent,
): boolean {
  return state.messageIds.some(
    ([id, digest]) => id === message.messageId && digest === messageDigest(message),
  );
}

function refuseText(
  state: CaseState,
  message: { readonly messageId: string; readonly text: string } & MessageContent,
): Failure | undefined {
  const known = state.messageIds.find(([id]) => id === message.messageId);
  if (!known || known[1] === messageDigest(message)) return undefined;
  return failure('MESSAGE_CONFLICT', message.messageId, 'messageId');
}

function refuseDecision(state: CaseState, decision: Decision, now: number): Failure | undefined {
  const review = state.reviews.find((one) => one.id === decision.reviewId);
  if (!review) {
    const open = state.reviews.filter((one) => one.status === 'open').map((one) => one.id);
    return failure(
      'REVIEW_UNKNOWN',
      `${JSON.stringify(decision.reviewId)}; open: ${open.length > 0 ? open.join(', ') : 'none'}`,
      'reviewId',
    );
  }
  if (decision.decision === 'withdraw')
    return (
      refuseWithdrawal(review, decision, now) ??
      (isAwaitingRelease(review) ? refuseUnproven(state, review, decision, now) : undefined)
    );
  if (review.decision) return refuseDecided(review, decision);
  if (review.status === 'withdrawn')
    return failure('REVIEW_UNKNOWN', `${review.id} was withdrawn`, 'reviewId');
  // By the workflow's clock, even when the timer has not fired yet (F11).
  if (review.status === 'expired' || now >= Date.parse(review.expiresAt)) {
    return failure(
      'REVIEW_EXPIRED',
      `${review.id} expired at ${review.expiresAt} and was refused`,
      'reviewId',
    );
  }
  if (decision.digest !== review.digest) {
    return failure('REVIEW_STALE', `${review.id} has ${review.digest}`, 'digest');
  }
  return (
    refuseDecider(state, review, decision, now) ??
    refuseSecondThoughts(review, decision) ??
    (decision.decision === 'edit' ? refuseEdits(state, review, decision) : undefined) ??
    (decision.decision === 'ask-agent' ? refuseInquiry(state, review, decision) : undefined) ??
    // Last: it is the most work.
    refuseUnproven(state, review, decision, now)
  );
}

function refuseDecider(
  state: CaseState,
  review: Review,
  decision: Decision,
  now: number,
): Failure | undefined {
  const { by } = decision;
  const asked = [review, ...(review.widened ?? [])];
  const problems = asked.map(({ pool, roles }) => refuseOfPool(state, { pool, by, roles }, now));
  return problems.includes(undefined)
    ? (refuseRequester(review, decision, deciderOf(state, review, by, now)) ??
        refuseTwiceOne(review, by, deciderOf(state, review, by, now)))
    : problems.at(-1);
}

function refuseOfPool(
  state: CaseState,
  who: { readonly pool: string; readonly by: string; readonly roles: readonly string[] | undefined },
  now: number,
): Failure | undefined {
  const { pool, by, roles } = who;
  const standing = standingOf(state, who, now);
  const person = JSON.stringify(by);
  if (standing.kind === 'unknown') return failure('DIRECTORY_PENDING', `pool ${pool}`, 'by');
  if (standing.kind === 'stranger')
    return failure('REVIEW_FORBIDDEN', `${person} is not of the pool ${pool}`, 'by');
  return roles && !suffices(standing.roles, roles)
    ? failure('REVIEW_FORBIDDEN', `${person} has none of the roles ${roles.join(', ')}`, 'by')
    : undefined;
}

/** Whoever asked for something does not say yes to it, nor somebody for them; they may say no. */
function refuseRequester(
  { id, excluded, approvers = 1 }: Review,
  { by, decision }: Decision,
  onBehalfOf: string | undefined,
): Failure | undefined {
  if (!excluded || (decision !== 'approve' && decision !== 'edit')) return undefined;
  const asked = [by, onBehalfOf].find((person) => person !== undefined && excluded.includes(person));
  if (asked !== undefined)
    return failure('REVIEW_FORBIDDEN', `${JSON.stringify(asked)} has asked for what ${id} is about`, 'by');
  // Whoever edits asks for what is there now: somebody else has to say yes as well.
  return decision === 'edit' && approvers < 2
    ? failure('EDIT_FORBIDDEN', `${id} needs a yes of somebody who has not asked for it`, 'decision')
    : undefined;
}

/** Somebody and who acts for them are one person: four eyes need two (I8). */
function refuseTwiceOne(review: Review, by: string, onBehalfOf: string | undefined): Failure | undefined {
  const before = (review.approvals ?? []).find(
    (one) =>
      one.by !== by &&
      (one.onBehalfOf === by || (onBehalfOf !== undefined && principalsOf(one).includes(onBehalfOf))),
  );
  if (!before) return undefined;
  const detail = `${before.by} has approved, and ${by} and ${before.by} count as one: one acts for the other`;
  return failure('REVIEW_FORBIDDEN', detail, 'by');
}

function principalsOf({
  by,
  onBehalfOf,
}: {
  readonly by: string;
  readonly onBehalfOf?: string;
}): readonly string[] {
  return onBehalfOf === undefined ? [by] : [by, onBehalfOf];
}

/** Whoever has said yes may say the same again, or no for as long as the review is open; not another yes (F10). */
function refuseSecondThoughts(review: Review, decision: Decision): Failure | undefined {
  const before = review.approvals?.find((one) => one.by === decision.by);
  if (!before || decision.decision !== 'approve' || before.reason === decision.reason) return undefined;
  return failure('REVIEW_DECIDED', `${before.by}: approve at ${before.at}, ${before.reason}`, 'reviewId');
}

/** Only what stands in a call can be edited, within what its agent may do: a person's edit lifts no limit (G2). */
function refuseEdits(state: CaseState, review: Review, { edits }: Decision): Failure | undefined {
  if (review.kind !== 'tool-call')
    return failure('EDIT_FORBIDDEN', `${review.id} asks about a ${review.kind}`);
  if (!edits)
    return failure('INPUT_INVALID', 'decision.edits: the arguments as they shall be', 'decision.edits');
  const seen = seenWhereReviewed(state, review.id);
  const { work, owner, manifest } = seen;
  const call = work.kind === 'calls' ? work.calls.find((one) => one.reviewId === review.id) : undefined;
  const agent = seen === state ? getOwn(manifest?.agents ?? {}, owner) : actingAgent(seen);
  if (!call || !agent) return failure('EDIT_FORBIDDEN', `${review.id} asks about nothing that is to happen`);
  return refuseCall(agent, { id: call.id, tool: call.tool, arguments: edits }, state);
}

/** Whoever has approved may take it back for as long as nothing has come of it. */
function refuseWithdrawal(review: Review, decision: Decision, now: number): Failure | undefined {
  const { decision: winner, releaseAt } = review;
  if (winner?.decision === 'withdraw') return refuseDecided(review, decision);
  if (!isAwaitingRelease(review) || releaseAt === undefined || now >= Date.parse(releaseAt)) {
    const detail =
      releaseAt === undefined ? `${review.id} is ${review.status}` : `${review.id} was due at ${releaseAt}`;
    return failure('REVIEW_RELEASED', detail, 'decision');
  }
  if (decision.digest !== review.digest)
    return failure('REVIEW_STALE', `${review.id} has ${review.digest}`, 'digest');
  const deciders = [winner, ...(review.approvals ?? [])].map((one) => one?.by);
  return deciders.includes(decision.by)
    ? undefined
    : failure('REVIEW_FORBIDDEN', `${JSON.stringify(decision.by)} has not approved it`, 'by');
}

/** The same decision again is a repeat; any other is told who won (F09, F10). */
function refuseDecided(review: Review, decision: Decision): Failure | undefined {
  const winner = review.decision;
  if (!winner) return undefined;
  const same = [winner, ...(review.approvals ?? [])].some(
    (one) =>
      one.by === decision.by &&
      one.decision === decision.decision &&
      one.digest === decision.digest &&
      one.reason === decision.reason,
  );
  return same
    ? undefined
    : failure(
        'REVIEW_DECIDED',
        `${winner.by}: ${winner.decision} at ${winner.at}, ${winner.reason}`,
        'reviewId',
      );
}

function refuseBusy(state: CaseState): Failure | undefined {
  if (state.work.kind === 'idle') return undefined;
  const what =
    state.work.kind === 'offer' ? 'the case is being handed over' : `the case is ${state.work.kind}`;
  return failure('REQUEST_FORBIDDEN', what);
}

/** A user's message is not lost in the end of its case (T8): whoever ends it has read everything. */
function refuseUnread(state: CaseState, seen = 0): Failure | undefined {
  const { messages, readUpTo = messages } = state;
  if (seen > messages)
    return failure(
      'INPUT_INVALID',
      `resolve.seen: the case has ${String(messages)} messages`,
      'resolve.seen',
    );
  const last = state.transcript.filter((message) => message.from.kind === 'user').at(-1);
  if (!last || last.sequence <= Math.max(readUpTo, seen)) return undefined;
  return failure('MESSAGES_UNREAD', `message ${String(last.sequence)} of the case`, 'seen');
}

function refuseLetter(
  state: CaseState,
  request: { readonly deadLetterId: string; readonly by: string; readonly correction?: unknown },
  what: 'redrive' | 'discard',
  now: number,
): Failure | undefined {
  const letter = state.deadLetters.find((one) => one.id === request.deadLetterId && one.status === 'open');
  if (!letter) {
    const open = state.deadLetters.filter((one) => one.status === 'open').map((one) => one.id);
    return failure(
      'DEAD_LETTER_UNKNOWN',
      `${JSON.stringify(request.deadLetterId)}; open: ${open.length > 0 ? open.join(', ') : 'none'}`,
      'deadLetterId',
    );
  }
  const stranger = refuseStranger(state, request.by, now);
  if (stranger) return stranger;
  if (letter.kind === 'undo') {
    if (request.correction !== undefined)
      return failure('REQUEST_FORBIDDEN', 'an undo runs by its key and takes no correction', 'correction');
    return state.work.kind === 'unwound' || waitsForLetter(state, letter)
      ? undefined
      : failure('REQUEST_FORBIDDEN', 'the compensations are still running');
  }
  const parked = state.work.kind === 'parked' && state.work.deadLetterId === letter.id;
  return parked ? undefined : failure('REQUEST_FORBIDDEN', `${what} while the case is ${state.work.kind}`);
}
