import type { Decision } from '../../../contract/decision.ts';
import type { Journey } from './journey.ts';

/** Knocks with a decision of the first review, and answers the code of the refusal, or the review's status. */
export function decides(journey: Journey, by: string, change: Partial<Decision> = {}): string {
  const [review] = journey.state().reviews;
  if (!review) throw new Error('no review');
  const { id: reviewId, digest } = review;
  const before = journey.state().refusalCount;
  journey.dispatch({
    kind: 'decided',
    message: { reviewId, digest, decision: 'approve', by, reason: 'fine', ...change },
  });
  const { refusalCount, refusals, reviews } = journey.state();
  return refusalCount === before ? (reviews[0]?.status ?? '') : (refusals.at(-1)?.failure.code ?? '');
}
