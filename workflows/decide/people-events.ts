import type { Draft } from '../draft.ts';
import { noteRefusal } from '../draft.ts';
import type { CaseEvent } from '../events.ts';
import { onConsulted } from './directory.ts';
import { expireReview, onPeopleDue, onReviewDue } from './unanswered.ts';

/** What time and the directory have to say of people. */
export type PeopleEvent = Extract<
  CaseEvent,
  { kind: 'review-expired' | 'review-due' | 'people-due' | 'consulted' | 'consult-failed' }
>;

/** Takes what time and the directory have to say of people. */
export function takePeopleEvent(draft: Draft, event: PeopleEvent): void {
  switch (event.kind) {
    case 'review-expired': {
      const review = openReviewOf(draft, event.reviewId);
      if (review) expireReview(draft, review);
      return;
    }
    case 'review-due': {
      const review = openReviewOf(draft, event.reviewId);
      if (review) onReviewDue(draft, review);
      return;
    }
    case 'people-due':
      onPeopleDue(draft);
      return;
    case 'consulted':
      onConsulted(draft, event.pool, event.occasion, event.answer);
      return;
    case 'consult-failed':
      noteRefusal(draft, `directory, pool ${event.pool}`, event.trouble.failure);
      return;
  }
}

function openReviewOf(draft: Draft, id: string): Draft['state']['reviews'][number] | undefined {
  return draft.state.reviews.find((one) => one.id === id && one.status === 'open');
}
