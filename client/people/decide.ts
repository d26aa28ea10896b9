import { decisionUpdateId } from '../../contract/keys.ts';
import type { BatonError } from '../../contract/failures.ts';
import { isBatonError, failure, BatonError as Failed } from '../../contract/failures.ts';
import type { Receipt } from '../../contract/message-shapes.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { parseDecision, type Decision } from '../../contract/decision.ts';
import type { Review } from '../../contract/review.ts';
import { readView } from '../cases/read.ts';
import { update } from '../cases/messages.ts';
import type { Access } from '../reach/access.ts';
import { accepted } from '../reach/case-id.ts';
import { requestAtDoor } from '../reach/private-doors.ts';

/**
 * Decides a review. The update's id binds the decision, so the same decision again is a repeat, and another one
 * reaches the case, which refuses it naming the winner (F09, F10).
 * @throws BatonError `REVIEW_DECIDED`, `REVIEW_EXPIRED`, `REVIEW_STALE`, `REVIEW_FORBIDDEN`, `REVIEW_UNKNOWN`,
 * `CASE_CLOSED`, `CASE_UNKNOWN`, `NO_WORKER`, `INPUT_INVALID`
 */
export async function decide(access: Access, caseId: string, decision: Decision): Promise<Receipt> {
  const asked = accepted(parseDecision(decision));
  const value = await requestAtDoor(access, caseId, asked);
  const updateId = decisionUpdateId(value.reviewId, value);
  const send = (): Promise<Receipt> => update(access, caseId, MESSAGES.decide, value, { updateId });
  try {
    return await send().catch(async (thrown: unknown) => {
      // What a person was shown may be ahead of the case by one workflow task: by now it has caught up.
      if (!isBatonError(thrown) || thrown.code !== 'REVIEW_UNKNOWN') throw thrown;
      if (!(await isShown(access, caseId, value))) throw thrown;
      return send();
    });
  } catch (thrown) {
    // A closing case may leave an update behind that it has taken, or one that lost: its last state tells.
    if (!isBatonError(thrown) || thrown.code !== 'CASE_CLOSED') throw thrown;
    return afterTheEnd(access, caseId, asked, thrown);
  }
}

async function isShown(access: Access, caseId: string, decision: Decision): Promise<boolean> {
  const view = await readView(access, caseId).catch(() => undefined);
  return view?.reviews.some((one) => one.id === decision.reviewId && one.status === 'open') ?? false;
}

async function afterTheEnd(
  access: Access,
  caseId: string,
  decision: Decision,
  closed: BatonError,
): Promise<Receipt> {
  const view = await readView(access, caseId).catch(() => undefined);
  const review = view?.reviews.find((one) => one.id === decision.reviewId);
  if (review?.status === 'expired') {
    throw new Failed(
      failure('REVIEW_EXPIRED', `${review.id} expired at ${review.expiresAt} and was refused`),
    );
  }
  if (!review?.decision) throw closed;
  if (isSame(review.decision, decision)) {
    return { accepted: true, repeated: true, detail: `${review.id} was decided so at ${review.decision.at}` };
  }
  const { by, decision: winner, at, reason } = review.decision;
  throw new Failed(failure('REVIEW_DECIDED', `${by}: ${winner} at ${at}, ${reason}`, 'reviewId'));
}

function isSame(winner: NonNullable<Review['decision']>, decision: Decision): boolean {
  return (
    winner.by === decision.by &&
    winner.decision === decision.decision &&
    winner.digest === decision.digest &&
    winner.reason === decision.reason
  );
}
