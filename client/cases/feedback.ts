import {
  FEEDBACK_KEY,
  parseGiveFeedback,
  type Feedback,
  type GiveFeedback,
} from '../../contract/feedback.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import type { Receipt } from '../../contract/message-shapes.ts';
import { contextOf } from '../persons/cases-of-person.ts';
import type { Access } from '../reach/access.ts';
import { accepted } from '../reach/case-id.ts';
import { readOpenedFor } from './opened-for.ts';
import { readFeedback } from './kept-feedback.ts';
import { readStatus } from './read.ts';

/**
 * Keeps what a user says of a case that is over, once, with the way that it took. A closed case takes no message any
 * more: feedback stands in its context, encrypted, exported and erased with its person.
 * @throws BatonError `FEEDBACK_TOO_EARLY` for a case that is not closed, `FEEDBACK_GIVEN` where there is another,
 * `CONFIGURATION_INVALID` without a context store, `PERSON_ERASED`, `CASE_UNKNOWN`, `INPUT_INVALID`
 */
export async function giveFeedback(access: Access, caseId: string, request: GiveFeedback): Promise<Receipt> {
  const given = accepted(parseGiveFeedback(request));
  const context = contextOf(access);
  const { stage, trace, team, path, hops, outcome } = await readStatus(access, caseId);
  if (stage !== 'closed' || !outcome)
    throw new BatonError(failure('FEEDBACK_TOO_EARLY', `${JSON.stringify(caseId)} is ${stage}`, 'caseId'));
  const { user } = await readOpenedFor(access, caseId);
  const at = new Date().toISOString();
  const feedback: Feedback = {
    ...given,
    ...{ version: '1.0.0', at, team, path: [...path], hops, outcome: outcome.kind },
  };
  try {
    await context.write({
      case: { trace, caseId, ...(user === undefined ? {} : { person: user }) },
      values: [{ key: FEEDBACK_KEY, value: { ...feedback, path: [...path] }, expectedVersion: 0 }],
    });
  } catch (thrown) {
    if (!isBatonError(thrown) || thrown.code !== 'CONTEXT_CONFLICT') throw thrown;
    const there = await readFeedback(access, trace);
    if (there?.rating !== given.rating || there.text !== given.text)
      throw new BatonError(failure('FEEDBACK_GIVEN', caseId, 'caseId'), { cause: thrown });
    return { accepted: true, repeated: true, detail: 'it was given before' };
  }
  return { accepted: true, repeated: false, detail: `${String(given.rating)} of 5, kept` };
}
