import { digestOf } from '../../contract/digest.ts';
import { failure } from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';
import { unsigned, type Decision } from '../../contract/decision.ts';
import { inboxOf, isAwaitingRelease, type Review } from '../../contract/review.ts';
import type { Draft } from '../draft.ts';
import { changeReview, nowText, sendMessage, writeRow } from '../draft.ts';
import { proofInRow, proofOf, provenInRow, type Proof } from '../prove.ts';
import { askAgent } from './inquiries.ts';
import { reviseCall } from './revise-review.ts';
import { decideReview, disarmReview } from './reviews.ts';

/** What a person lets a case know of a review. The doors have let it through. */
export function takeDecision(draft: Draft, review: Review, decision: Decision): void {
  if (review.status !== 'open' && decision.decision !== 'withdraw') {
    draft.receipt = { accepted: true, repeated: true, detail: `${review.id} was decided so before` };
    return;
  }
  const proof = proofOf(draft.state, decision, draft.now);
  switch (decision.decision) {
    case 'approve':
    case 'reject':
      decideReview(draft, review, decision, proof);
      return;
    case 'edit':
      approveEdited(draft, review, decision, proof);
      return;
    case 'ask':
      askForInformation(draft, review, decision, proof);
      return;
    case 'ask-agent':
      if (!wasAskedBefore(draft, review, decision, proof)) askAgent(draft, review, decision, proof);
      return;
    case 'withdraw':
      withdrawApproval(draft, review, decision, proof);
      return;
  }
}

/** A question with a signature that has been asked is sent again, by whomever: a signature speaks once. */
function wasAskedBefore(draft: Draft, review: Review, { by }: Decision, proof: Proof): boolean {
  const signature = proof.kind === 'proven' ? proof.signed.signature : undefined;
  if (signature === undefined) return false;
  if (review.questions?.some((one) => one.signature === signature) !== true) return false;
  draft.receipt = { accepted: true, repeated: true, detail: `${by} asked so before` };
  return true;
}

/**
 * A person changes the arguments and approves them so. What others have approved was something else: their yes does
 * not count any more, and the editor's is the first for what is there now (I8).
 */
function approveEdited(draft: Draft, review: Review, decision: Decision, proof: Proof): void {
  const { edits, ...rest } = decision;
  if (!edits || !isJsonObject(review.subject)) return;
  const { revised, change } = reviseCall(draft, review, edits);
  const { reviewId, ...what } = change;
  writeRow(draft, 'review-edited', { reviewId, by: decision.by, ...what, ...provenInRow(proof) });
  decideReview(draft, revised, { ...rest, decision: 'approve', digest: revised.digest }, proof);
}

/** A person asks the user something before they decide. The review stays open, and its clock runs on. */
function askForInformation(draft: Draft, review: Review, decision: Decision, proof: Proof): void {
  if (wasAskedBefore(draft, review, decision, proof)) return;
  const { by, reason } = decision;
  const signature = proof.kind === 'proven' ? proof.signed.signature : undefined;
  const asked = { by, text: reason, at: nowText(draft), ...(signature === undefined ? {} : { signature }) };
  changeReview(draft, review.id, { questions: [...(review.questions ?? []), asked].slice(-50) });
  sendMessage(draft, { kind: 'person', name: by, pool: inboxOf(review) }, reason);
  const { id: reviewId, expiresAt } = review;
  writeRow(draft, 'review-information-asked', {
    ...{ reviewId, by, questionDigest: digestOf(reason), expiresAt },
    ...provenInRow(proof),
  });
  draft.receipt = { accepted: true, repeated: false, detail: `${review.id} stays open until ${expiresAt}` };
}

/** The user has said something: what was asked of them for a review is answered, as far as anybody can tell. */
export function noteInformation(draft: Draft, messageId: string): void {
  for (const review of draft.state.reviews) {
    const open = (review.questions ?? []).some((one) => one.answeredBy === undefined && one.to === undefined);
    if (review.status !== 'open' || !open) continue;
    const questions = (review.questions ?? []).map((one) =>
      one.to === undefined ? { answeredBy: messageId, ...one } : one,
    );
    changeReview(draft, review.id, { questions });
    writeRow(draft, 'review-information-given', { reviewId: review.id, messageId });
  }
}

/** Whoever has approved takes it back before it is released: from then on it is a no. */
function withdrawApproval(draft: Draft, review: Review, said: Decision, proof: Proof): void {
  const { state } = draft;
  if (!isAwaitingRelease(review)) {
    draft.receipt = { accepted: true, repeated: true, detail: `${review.id} was withdrawn before` };
    return;
  }
  const decision = unsigned(said);
  const proven = proof.kind === 'proven' ? { proof: proof.kind } : {};
  changeReview(draft, review.id, {
    status: 'rejected',
    decision: { ...decision, at: nowText(draft), ...proven },
  });
  disarmReview(draft, review);
  const { by, reason } = decision;
  writeRow(draft, 'review-decided', {
    reviewId: review.id,
    digest: review.digest,
    decision: 'withdraw',
    by,
    ...proofInRow(proof),
    reason,
  });
  draft.receipt = { accepted: true, repeated: false, detail: `${review.id} withdrawn by ${by}` };
  if (review.kind === 'tool-call') draft.next = { kind: 'advance-calls' };
  if (state.work.kind === 'held')
    draft.next = {
      kind: 'refuse-handoff',
      handoffId: state.work.handoffId,
      failure: { ...failure('OFFER_DECLINED'), message: `${by} withdrew the approval: ${reason}` },
    };
}

/** Nobody has taken an approval back in its time: what it is for goes on. */
export function onReleaseDue(draft: Draft, review: Review): void {
  const { state } = draft;
  if (!isAwaitingRelease(review)) return;
  changeReview(draft, review.id, { releasedAt: nowText(draft) });
  writeRow(draft, 'review-released', { reviewId: review.id, digest: review.digest });
  if (review.kind === 'tool-call') draft.next = { kind: 'advance-calls' };
  if (state.work.kind === 'held' && state.work.reviewId === review.id)
    draft.next = { kind: 'offer', handoffId: state.work.handoffId };
}
