import { digestOf } from '../../contract/digest.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import type { Review } from '../../contract/review.ts';
import type { Draft } from '../draft.ts';
import { changeCall } from './effects.ts';

/** A review of something else than before. */
export interface Revision {
  readonly revised: Review;
  /** What a row says of it. */
  readonly change: {
    readonly reviewId: string;
    readonly before: string;
    readonly digest: string;
    /** Names that have another value, at most 100. */
    readonly fields: string[];
    /** People whose yes was to something else. */
    readonly voided: string[];
  };
}

/** A call that waits for people gets other arguments: nobody has said yes to that yet (I8). */
export function reviseCall(draft: Draft, review: Review, given: JsonObject): Revision {
  const { record, ...was } = isJsonObject(review.subject) ? review.subject : {};
  const { work } = draft.state;
  const call = work.kind === 'calls' ? work.calls.find((one) => one.reviewId === review.id) : undefined;
  if (call) changeCall(draft, call.id, { arguments: given });
  const before = was['arguments'];
  return revise(draft, review, {
    question: review.question,
    // The record is what it was; what it would be is another thing now.
    subject: {
      ...was,
      arguments: given,
      ...(isJsonObject(record) && record['before'] !== undefined
        ? { record: { before: record['before'] } }
        : {}),
    },
    fields: changedFields(isJsonObject(before) ? before : {}, given),
  });
}

/** An agent asks people something else than before. */
export function reviseQuestion(
  draft: Draft,
  review: Review,
  asked: { readonly question: string; readonly subject: JsonValue },
): Revision {
  const { question, subject } = review;
  return revise(draft, review, { ...asked, fields: changedFields({ question, subject }, { ...asked }) });
}

function revise(
  draft: Draft,
  review: Review,
  { question, subject, fields }: Pick<Review, 'question' | 'subject'> & { readonly fields: string[] },
): Revision {
  const { id, kind, pool, approvers, roles, proof, digest: before } = review;
  const digest = digestOf({ id, kind, pool, question, subject, approvers, roles, proof });
  const { approvals, ...open } = review;
  const revised: Review = { ...open, question, subject, digest };
  draft.state.reviews = draft.state.reviews.map((one) => (one.id === id ? revised : one));
  const voided = (approvals ?? []).map((one) => one.by);
  return { revised, change: { reviewId: id, before, digest, fields, voided } };
}

function changedFields(was: JsonObject, now: JsonObject): string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(now)])];
  return names.filter((name) => digestOf(was[name] ?? null) !== digestOf(now[name] ?? null)).slice(0, 100);
}
