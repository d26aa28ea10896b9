import type { CaseView } from '../../contract/case.ts';
import { wordsOf } from '../../contract/conversation.ts';
import { keptTextsIn } from '../../contract/kept-text.ts';
import { cutText } from '../../contract/text.ts';
import type { TicketDesk } from '../../contract/tickets/desks.ts';
import { maskText } from '../privacy/mask.ts';

/** Characters of one text that a ticket gets. */
const MOST = 4_000;

/** What a desk may be told in words. */
export interface TicketWords {
  /** A text as it may leave: masked and cut; undefined where nothing of it may. */
  readonly text: (value: unknown) => string | undefined;
  /** What a message of the conversation said. */
  readonly message: (messageId: string) => string | undefined;
  /** A review, as far as it may be shown; undefined where nothing of it may. */
  readonly review: (reviewId: string) => { readonly subject: string; readonly digest: string } | undefined;
  /** Why a handoff was made. */
  readonly handoff: (
    handoffId: string,
  ) => { readonly reasonCode: string; readonly explanation: string | undefined } | undefined;
}

/**
 * What leaves of a case for a desk. Words of private teams are references wherever this reads them, and a text with one
 * does not leave at all.
 * @param view the case, where it could be asked
 */
export function ticketWords(desk: Pick<TicketDesk, 'words'>, view: CaseView | undefined): TicketWords {
  const text = (value: unknown): string | undefined => {
    if (desk.words === 'none' || typeof value !== 'string' || value === '') return undefined;
    return keptTextsIn(value).size > 0 ? undefined : cutText(maskText(value).text, MOST);
  };
  return {
    text,
    message: (messageId) => {
      const found = view?.transcript.find((one) => one.id === messageId);
      return found && text(wordsOf(found));
    },
    review: (reviewId) => {
      const found = view?.reviews.find((one) => one.id === reviewId);
      const subject = found && text(JSON.stringify(found.subject, undefined, 1));
      return subject === undefined || !found ? undefined : { subject, digest: found.digest };
    },
    handoff: (handoffId) => {
      const found = view?.handoffs.find((one) => one.id === handoffId);
      return found && { reasonCode: found.reasonCode, explanation: text(found.explanation) };
    },
  };
}
