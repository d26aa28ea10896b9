import { FEEDBACK_KEY, type Feedback } from '../../contract/feedback.ts';
import { isBatonError } from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { Access } from '../reach/access.ts';

/** The feedback on a case, where there is any and it can be read. */
export async function readFeedback(
  { context }: Pick<Access, 'context'>,
  trace: string,
): Promise<Feedback | undefined> {
  const reference = await context?.latest(trace, FEEDBACK_KEY);
  if (!context || !reference) return undefined;
  try {
    const { values } = await context.read({ trace, values: [{ reference }] });
    const [value] = values;
    // Written by clients of this release or a later one, never by anybody else.
    return isJsonObject(value) ? (value as unknown as Feedback) : undefined;
  } catch (thrown) {
    if (isBatonError(thrown) && thrown.code === 'PERSON_ERASED') return undefined;
    throw thrown;
  }
}
