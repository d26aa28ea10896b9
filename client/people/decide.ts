import { decisionUpdateId } from '../../contract/keys.ts';
import type { BatonError } from '../../contract/failures.ts';
import { isBatonError, failure, BatonError as Failed } from '../../contract/failures.ts';
import type { Receipt } from '../../contract/message-shapes.ts';
import { DOOR_KEYS_WANTED, MESSAGES } from '../../contract/messages.ts';
import { parseDecision, unsigned, type Decision } from '../../contract/decision.ts';
import type { Signed } from '../../contract/proof.ts';
import type { Review } from '../../contract/review.ts';
import { readView } from '../cases/read.ts';
import { update } from '../cases/messages.ts';
import type { Access } from '../reach/access.ts';
import { askAgain, isRefusedWith } from '../reach/ask-again.ts';
import { askServer, handleOf } from '../reach/ask-server.ts';
import { accepted } from '../reach/case-id.ts';
import { requestAtDoor } from '../reach/private-doors.ts';

/** How long a case may take to have the keys of doors read anew, in milliseconds. */
const NEW_KEYS_MS = 2_000;

/** How a decision is sent. */
export interface DecideOptions {
  /**
   * A door's signature of exactly what the case is told, which in private teams has references in place of words:
   * `(decision) => signer.sign({ caseId, decision, roles, tenant })`.
   */
  readonly sign?: (decision: Omit<Decision, 'signed'>) => Signed;
}

/**
 * Decides a review. The update's id binds the decision, so the same decision again is a repeat, and another one
 * reaches the case, which refuses it naming the winner (F09, F10).
 * @throws BatonError `REVIEW_DECIDED`, `REVIEW_EXPIRED`, `REVIEW_STALE`, `REVIEW_FORBIDDEN`, `REVIEW_UNKNOWN`,
 * `CASE_CLOSED`, `CASE_UNKNOWN`, `NO_WORKER`, `INPUT_INVALID`, and `PROOF_*` where the review takes proven decisions
 * only
 */
export async function decide(
  access: Access,
  caseId: string,
  decision: Decision,
  options: DecideOptions = {},
): Promise<Receipt> {
  const asked = accepted(parseDecision(decision));
  const kept = await requestAtDoor(access, caseId, asked);
  // In private teams a reason is a reference by now: what reaches the case is what is signed.
  const said = unsigned(kept);
  const { shownAt } = kept;
  const shown = shownAt === undefined ? {} : { shownAt };
  const value = options.sign ? { ...said, ...shown, signed: options.sign(said) } : kept;
  // Signed anew, a decision is the same one.
  const updateId = decisionUpdateId(value.reviewId, said);
  const once = (): Promise<Receipt> => update(access, caseId, MESSAGES.decide, value, { updateId });
  const send = (): Promise<Receipt> =>
    once().catch(async (thrown: unknown) => {
      if (!isBatonError(thrown) || thrown.code !== 'PROOF_KEY_UNKNOWN') throw thrown;
      // A key may be newer than what the case was told.
      await askServer(access, caseId, () => handleOf(access, caseId).signal(DOOR_KEYS_WANTED));
      return askAgain(NEW_KEYS_MS, once, isRefusedWith('PROOF_KEY_UNKNOWN'));
    });
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
