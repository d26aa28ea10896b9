import type { Draft } from '../draft.ts';
import { noteRefusal } from '../draft.ts';
import type { CaseEvent, DoorEvent } from '../events.ts';
import { onReleaseDue } from './decisions.ts';
import { onConsulted } from './directory.ts';
import { onDoorKeysFailed, onDoorKeysWanted, takeDoorKeys } from './door-keys.ts';
import { onLeaseDue, onReassigned, onReleased, onTakenOver, onWhispered, settleClaim } from './hold.ts';
import { onClaimed, onGaveBack, onPersonReplied, onPersonResolved } from './people.ts';
import { expireReview, onPeopleDue, onReviewDue } from './unanswered.ts';

/** What time and the directory have to say of people. */
type PeopleEvent = Extract<
  CaseEvent,
  {
    kind:
      | 'review-expired'
      | 'review-due'
      | 'release-due'
      | 'people-due'
      | 'lease-due'
      | 'consulted'
      | 'consult-failed'
      | 'door-keys-read'
      | 'door-keys-failed'
      | 'door-keys-wanted';
  }
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
    case 'release-due': {
      const review = draft.state.reviews.find((one) => one.id === event.reviewId);
      if (review) onReleaseDue(draft, review);
      return;
    }
    case 'people-due':
      onPeopleDue(draft);
      return;
    case 'lease-due':
      onLeaseDue(draft);
      return;
    case 'consulted':
      onConsulted(draft, event.pool, event.occasion, event.answer);
      return;
    case 'consult-failed':
      noteRefusal(draft, `directory, pool ${event.pool}`, event.trouble.failure);
      settleClaim(draft, event.pool);
      return;
    case 'door-keys-read':
      takeDoorKeys(draft, event.keys);
      return;
    case 'door-keys-failed':
      onDoorKeysFailed(draft, event.trouble.failure);
      return;
    case 'door-keys-wanted':
      onDoorKeysWanted(draft);
      return;
  }
}

/** What a person who has a case, or wants it, lets it know. */
type PersonDoor = Extract<
  DoorEvent,
  {
    kind:
      | 'claimed'
      | 'released'
      | 'reassigned'
      | 'taken-over'
      | 'whispered'
      | 'person-replied'
      | 'gave-back'
      | 'person-resolved';
  }
>;

/** Takes what a person who has a case, or wants it, lets it know. */
export function takePersonDoor(draft: Draft, event: PersonDoor): void {
  switch (event.kind) {
    case 'claimed':
      onClaimed(draft, event.message);
      return;
    case 'released':
      onReleased(draft, event.message);
      return;
    case 'reassigned':
      onReassigned(draft, event.message);
      return;
    case 'taken-over':
      onTakenOver(draft, event.message);
      return;
    case 'whispered':
      onWhispered(draft, event.message);
      return;
    case 'person-replied':
      onPersonReplied(draft, event.message);
      return;
    case 'gave-back':
      onGaveBack(draft, event.message);
      return;
    case 'person-resolved':
      onPersonResolved(draft, event.message);
      return;
  }
}

function openReviewOf(draft: Draft, id: string): Draft['state']['reviews'][number] | undefined {
  return draft.state.reviews.find((one) => one.id === id && one.status === 'open');
}
