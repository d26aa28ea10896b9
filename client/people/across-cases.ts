import type { CaseView, DeadLetter } from '../../contract/case.ts';
import { isBatonError } from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';
import { inboxOf, type Review } from '../../contract/review.ts';
import type { Unmaskable } from '../../contract/unmasking.ts';
import type { ListFilter } from '../cases/list.ts';
import { listCases } from '../cases/list.ts';
import { readView } from '../cases/read.ts';
import type { Access } from '../reach/access.ts';

/** A review that waits for people, with its case. */
export interface OpenReview {
  readonly caseId: string;
  readonly team: string;
  readonly owner: string;
  readonly review: Review;
  /** What was masked in the handoff under review; absent where nothing was. */
  readonly masked?: Unmaskable;
}

/** Which open reviews to list; all that is given must hold. */
export interface ReviewFilter {
  readonly pool?: string;
  /** Only those of one tenant's cases. */
  readonly tenant?: string;
  /** At most so many cases are asked; 50 when absent. */
  readonly limit?: number;
}

/** A dead letter with its case. */
export interface FoundDeadLetter {
  readonly caseId: string;
  readonly team: string;
  readonly deadLetter: DeadLetter;
}

/** What was found over several cases, and which could not be asked. */
export interface Found<Item> {
  readonly items: readonly Item[];
  /** Cases whose worker did not answer; what they hold is not among the items. */
  readonly unanswered: readonly string[];
}

const AT_ONCE = 8;

/**
 * All open reviews, or those of one pool, the soonest to expire first.
 * @throws BatonError `INPUT_INVALID`, `SERVER_UNREACHABLE`
 */
export async function openReviews(access: Access, filter: ReviewFilter = {}): Promise<Found<OpenReview>> {
  const { pool, tenant, limit } = filter;
  const found = await overCases(
    access,
    {
      waitingOn: pool === undefined ? 'people' : `people:${pool}`,
      open: true,
      ...(tenant === undefined ? {} : { tenant }),
      ...(limit === undefined ? {} : { limit }),
    },
    (view) =>
      view.reviews
        .filter((review) => review.status === 'open' && (pool === undefined || inboxOf(review) === pool))
        .map((review) => ({
          caseId: view.caseId,
          team: view.team,
          owner: view.owner,
          review,
          ...maskedUnder(review, view),
        })),
  );
  const items = found.items.toSorted((left, right) =>
    left.review.expiresAt < right.review.expiresAt ? -1 : 1,
  );
  return { ...found, items };
}

/**
 * Open dead letters: of one case, with those that were closed, or of all parked cases.
 * @throws BatonError `CASE_UNKNOWN`, `NO_WORKER`, `INPUT_INVALID`, `SERVER_UNREACHABLE`
 */
export async function findDeadLetters(
  access: Access,
  filter: { readonly caseId?: string; readonly tenant?: string; readonly limit?: number } = {},
): Promise<Found<FoundDeadLetter>> {
  const { caseId, tenant, limit } = filter;
  const lettersOf = (view: CaseView, closedToo: boolean): readonly FoundDeadLetter[] =>
    view.deadLetters
      .filter((letter) => closedToo || letter.status === 'open')
      .map((deadLetter) => ({ caseId: view.caseId, team: view.team, deadLetter }));
  if (caseId !== undefined) {
    return { items: lettersOf(await readView(access, caseId), true), unanswered: [] };
  }
  return overCases(
    access,
    {
      stage: 'parked',
      open: true,
      ...(tenant === undefined ? {} : { tenant }),
      ...(limit === undefined ? {} : { limit }),
    },
    (view) => lettersOf(view, false),
  );
}

/** Asks every case that a filter finds, a few at a time. One that nobody answers for does not hide the others. */
async function overCases<Item>(
  access: Access,
  filter: ListFilter,
  pick: (view: CaseView) => readonly Item[],
): Promise<Found<Item>> {
  const cases = [...(await listCases(access, filter))];
  const items: Item[] = [];
  const unanswered: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = cases.shift(); next !== undefined; next = cases.shift()) {
      const { caseId } = next;
      try {
        items.push(...pick(await readView(access, caseId)));
      } catch (thrown) {
        if (!isBatonError(thrown) || thrown.code === 'SERVER_UNREACHABLE') throw thrown;
        if (thrown.code === 'NO_WORKER') unanswered.push(caseId);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { items, unanswered: unanswered.toSorted() };
}

function maskedUnder(review: Review, view: CaseView): Pick<OpenReview, 'masked'> {
  const handoffId = isJsonObject(review.subject) ? review.subject['handoffId'] : undefined;
  const masked = view.unmaskable?.find((one) => one.handoffId === handoffId);
  return masked ? { masked } : {};
}
