import { digestOf } from '../../contract/digest.ts';
import { failure } from '../../contract/failures.ts';
import { throughJson } from '../../contract/canonical-json.ts';
import { getOwn, type JsonValue } from '../../contract/json.ts';
import { unsigned, type Decision } from '../../contract/decision.ts';
import { isAwaitingRelease, type Decided, type Review } from '../../contract/review.ts';
import { planWaiting, type Waiting } from '../../contract/waiting.ts';
import type { Draft } from '../draft.ts';
import { changeReview, nowText, writeRow } from '../draft.ts';
import { proofInRow, type Proof } from '../prove.ts';
import { deciderOf } from '../standing.ts';
import { manifestOf } from '../state.ts';
import { consultForReview } from './consult.ts';
import { askForDoorKeys } from './door-keys.ts';

/** What a review is made of. */
export interface ReviewRequest {
  readonly kind: Review['kind'];
  readonly pool: string;
  readonly question: string;
  /** The exact content: an approval counts for this and nothing else (I8). */
  readonly subject: JsonValue;
  readonly requestedBy: string;
  readonly expiresMs: number;
  readonly approvers?: number | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly proof?: 'proven' | undefined;
  /** What is done while nobody decides; what the pool says when absent. */
  readonly waiting?: Waiting | undefined;
  readonly atExpiry?: 'refuse' | 'escalate' | undefined;
  readonly undoMs?: number | undefined;
  /** People whose yes does not count. */
  readonly excluded?: readonly string[] | undefined;
}

/**
 * Puts a question to people, with an absolute deadline.
 * @returns the review's id
 */
export function openReview(draft: Draft, request: ReviewRequest): string {
  const { state } = draft;
  state.reviewCount += 1;
  const id = `r${String(state.reviewCount)}`;
  const { kind, pool, question, requestedBy } = request;
  const subject = throughJson(request.subject);
  const rule = {
    ...(request.approvers === undefined ? {} : { approvers: request.approvers }),
    ...(request.roles === undefined ? {} : { roles: request.roles }),
    ...(request.proof === undefined ? {} : { proof: request.proof }),
  };
  const digest = digestOf({ id, kind, pool, question, subject, ...rule });
  const until = draft.now + request.expiresMs;
  const expiresAt = new Date(until).toISOString();
  const waiting = request.waiting ?? getOwn(manifestOf(state).pools, pool)?.waiting ?? {};
  const ahead = planWaiting({ pool, waiting, from: draft.now, until });
  const particulars = {
    ...(ahead.length === 0 ? {} : { ahead }),
    ...(request.atExpiry === 'escalate' ? { atExpiry: request.atExpiry } : {}),
    ...(request.undoMs === undefined ? {} : { undoMs: request.undoMs }),
    ...(request.excluded === undefined ? {} : { excluded: request.excluded }),
  };
  const review: Review = {
    id,
    kind,
    pool,
    question,
    subject,
    digest,
    requestedBy,
    openedAt: nowText(draft),
    expiresAt,
    ...rule,
    ...particulars,
    status: 'open',
  };
  state.reviews = [...state.reviews, review];
  writeRow(draft, 'review-opened', {
    reviewId: id,
    kind,
    pool,
    question,
    digest,
    requestedBy,
    expiresAt,
    ...rule,
    ...throughJson(particulars),
  });
  armReview(draft, review);
  consultForReview(draft, review, pool);
  if (review.proof) askForDoorKeys(draft);
  return id;
}

/** The timers of an open review; also after continue-as-new, for all instants are absolute. */
export function armReview(draft: Draft, review: Review): void {
  const { id: reviewId } = review;
  draft.steps.push({
    kind: 'arm',
    id: reviewTimer(reviewId),
    at: review.expiresAt,
    event: { kind: 'review-expired', reviewId },
  });
  armAhead(draft, review);
}

/** The timer of what is done next while nobody decides. */
export function armAhead(draft: Draft, { id: reviewId, ahead = [] }: Review): void {
  const [next] = ahead;
  if (!next) return;
  const event = { kind: 'review-due', reviewId } as const;
  draft.steps.push({ kind: 'arm', id: aheadTimer(reviewId), at: next.at, event });
}

/** The timers that a continued case sets again. */
export function armAgain(draft: Draft, review: Review): void {
  if (review.status === 'open') armReview(draft, review);
  if (isAwaitingRelease(review)) armRelease(draft, review);
}

function armRelease(draft: Draft, { id: reviewId, releaseAt: at }: Review): void {
  if (at === undefined) return;
  draft.steps.push({ kind: 'arm', id: releaseTimer(reviewId), at, event: { kind: 'release-due', reviewId } });
}

function releaseTimer(reviewId: string): string {
  return `review ${reviewId}, release`;
}

/** Nothing is waited for any more: neither a decision nor what was to be done without one. */
export function disarmReview(draft: Draft, { id, ahead, releaseAt }: Review): void {
  draft.steps.push({ kind: 'disarm', id: reviewTimer(id) });
  if (ahead) draft.steps.push({ kind: 'disarm', id: aheadTimer(id) });
  if (releaseAt !== undefined) draft.steps.push({ kind: 'disarm', id: releaseTimer(id) });
}

function reviewTimer(reviewId: string): string {
  return `review ${reviewId}`;
}

function aheadTimer(reviewId: string): string {
  return `review ${reviewId}, unanswered`;
}

/** A decision that the doors let through, and how it came to be believed. */
export function decideReview(draft: Draft, review: Review, said: Decision, proof: Proof): void {
  const { state } = draft;
  const decision = unsigned(said);
  const onBehalfOf = deciderOf(state, review, decision.by, draft.now);
  const decided = {
    ...decision,
    at: nowText(draft),
    ...shownIn(said),
    ...(proof.kind === 'proven' ? { proof: proof.kind } : {}),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
  };
  if (decision.decision === 'approve' && !completesApproval(draft, review, decided, proof)) return;
  changeReview(draft, review.id, {
    status: decision.decision === 'approve' ? 'approved' : 'rejected',
    decision: decided,
  });
  disarmReview(draft, review);
  writeRow(draft, 'review-decided', {
    reviewId: review.id,
    digest: review.digest,
    decision: decision.decision,
    by: decision.by,
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...shownIn(said),
    ...proofInRow(proof),
    reason: decision.reason,
  });
  draft.receipt = {
    accepted: true,
    repeated: false,
    detail: `${review.id} ${decision.decision === 'approve' ? 'approved' : 'rejected'} by ${decision.by}`,
  };
  const approved = decision.decision === 'approve';
  if (approved && awaitRelease(draft, review)) return;
  const rejection = failure('EFFECT_REFUSED', `${decision.by} rejected it: ${decision.reason}`);
  switch (review.kind) {
    case 'tool-call':
      draft.next = { kind: 'advance-calls' };
      return;
    case 'handoff':
      if (state.work.kind !== 'held') return;
      draft.next = approved
        ? { kind: 'offer', handoffId: state.work.handoffId }
        : {
            kind: 'refuse-handoff',
            handoffId: state.work.handoffId,
            failure: { ...rejection, code: 'OFFER_DECLINED' },
          };
      return;
    case 'question':
      answerQuestion(draft, review, approved ? 'approve' : 'reject', decision.reason, decision.by);
      return;
  }
}

function shownIn({ shownAt }: Pick<Decision, 'shownAt'>): { readonly shownAt?: string } {
  return shownAt === undefined ? {} : { shownAt };
}

/** An approval that may be taken back does not count at once (I8): what it is for waits. */
function awaitRelease(draft: Draft, { id, undoMs, kind }: Review): boolean {
  if (undoMs === undefined || kind === 'question') return false;
  const releaseAt = new Date(draft.now + undoMs).toISOString();
  changeReview(draft, id, { releaseAt });
  const changed = draft.state.reviews.find((one) => one.id === id);
  if (changed) armRelease(draft, changed);
  if (draft.receipt) {
    const detail = `${draft.receipt.detail}, released at ${releaseAt} unless it is withdrawn`;
    draft.receipt = { ...draft.receipt, detail };
  }
  return true;
}

/**
 * Notes a yes of a review that more than one person must approve: each counts once (I8).
 * @returns whether it is the last one needed
 */
function completesApproval(draft: Draft, review: Review, decision: Decided, proof: Proof): boolean {
  const needed = review.approvers ?? 1;
  const before = review.approvals ?? [];
  if (needed === 1) return true;
  if (before.some((one) => one.by === decision.by)) {
    draft.receipt = { accepted: true, repeated: true, detail: `${decision.by} approved ${review.id} before` };
    return false;
  }
  const approvals = [...before, decision];
  changeReview(draft, review.id, { approvals });
  if (approvals.length >= needed) return true;
  const given = `${String(approvals.length)} of ${String(needed)}`;
  const { id, digest } = review;
  writeRow(draft, 'review-approval-given', {
    reviewId: id,
    digest,
    by: decision.by,
    ...(decision.onBehalfOf === undefined ? {} : { onBehalfOf: decision.onBehalfOf }),
    ...shownIn(decision),
    ...proofInRow(proof),
    reason: decision.reason,
    given,
  });
  draft.receipt = { accepted: true, repeated: false, detail: `${id} approved by ${decision.by}, ${given}` };
  return false;
}

/** A turn that a rule of the policy holds has its way now, where a person says yes; in any other case it is dropped. */
export function takeHeldTurn(
  draft: Draft,
  reviewId: string,
  decision: 'approve' | 'reject' | 'expired',
): boolean {
  const { state } = draft;
  if (state.policed?.held?.reviewId !== reviewId) return false;
  const { held, ...rest } = state.policed;
  state.policed = rest;
  if (decision !== 'approve' || state.work.kind !== 'question') return false;
  const { output, seen } = held;
  // The turn goes on where it was held.
  state.work = { kind: 'turn', turnId: `t${String(state.turns)}`, seen };
  draft.next = { kind: 'apply-turn', output, seen, approved: true };
  return true;
}

export function answerQuestion(
  draft: Draft,
  review: Review,
  decision: 'approve' | 'reject' | 'expired',
  reason: string,
  by?: string,
): void {
  const { state } = draft;
  if (takeHeldTurn(draft, review.id, decision)) return;
  state.notices = [
    ...state.notices,
    {
      kind: 'review-decided',
      question: review.question,
      decision,
      reason,
      ...(by === undefined ? {} : { by }),
    },
  ];
  if (state.work.kind === 'question' && state.work.reviewId === review.id) draft.next = { kind: 'take-turn' };
}

/** Closes open reviews, all or those that are meant: what they asked about is no longer going to happen. */
export function withdrawReviews(
  draft: Draft,
  because: string,
  meant: (reviewId: string) => boolean = () => true,
): void {
  for (const review of draft.state.reviews.filter((one) => one.status === 'open' || isAwaitingRelease(one))) {
    if (!meant(review.id)) continue;
    changeReview(draft, review.id, { status: 'withdrawn' });
    disarmReview(draft, review);
    writeRow(draft, 'review-withdrawn', { reviewId: review.id, because });
  }
}
