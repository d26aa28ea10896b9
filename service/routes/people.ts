import { BatonError, failure } from '../../contract/failures.ts';
import type { Principal } from '../access/principal.ts';
import { route, type Route } from '../http/route.ts';
import * as answers from '../shapes/answers.ts';
import * as requests from '../shapes/requests.ts';
import { given, messageIdOf } from './cases.ts';

/** What people of pools do: their inbox, decisions, and cases in their hands. */
export function peopleRoutes(): readonly Route[] {
  return [
    route({
      operation: 'listReviews',
      method: 'GET',
      path: '/reviews',
      summary: 'Reviews that wait for people, the soonest to expire first',
      action: 'list-reviews',
      query: requests.ReviewsQuery,
      answer: answers.ReviewList,
      handle: async ({ baton, principal, query }) => {
        const pools = poolsOf(principal, query.pool);
        const { tenant } = principal;
        const found = await Promise.all(
          (pools ?? [undefined]).map((pool) =>
            baton.reviews({ tenant, ...given({ pool, limit: query.limit }) }),
          ),
        );
        return {
          items: found
            .flatMap(({ items }) => items)
            .toSorted((left, right) => (left.review.expiresAt < right.review.expiresAt ? -1 : 1)),
          unanswered: [...new Set(found.flatMap(({ unanswered }) => unanswered))],
        };
      },
    }),
    route({
      operation: 'decide',
      method: 'POST',
      path: '/cases/{caseId}/reviews/{reviewId}/decision',
      summary: 'Decide a review, for exactly the content whose digest was shown',
      action: 'decide',
      query: requests.NoQuery,
      body: requests.DecideBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, part, principal, body, signer }) => {
        const { roles, tenant } = principal;
        return baton.decide(
          caseId,
          { ...given(body), reviewId: part, by: principal.name },
          signer ? { sign: (decision) => signer.sign({ caseId, decision, roles, tenant }) } : {},
        );
      },
    }),
    route({
      operation: 'claimCase',
      method: 'POST',
      path: '/cases/{caseId}/claim',
      summary: 'Take a case that your pool owns',
      action: 'hold-case',
      query: requests.NoQuery,
      body: requests.EmptyBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, principal }) => baton.claim(caseId, { by: principal.name }),
    }),
    route({
      operation: 'releaseCase',
      method: 'POST',
      path: '/cases/{caseId}/release',
      summary: 'Let go of a case that you hold',
      action: 'hold-case',
      query: requests.NoQuery,
      body: requests.ReleaseBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, principal, body }) =>
        baton.release(caseId, { ...given(body), by: principal.name }),
    }),
    route({
      operation: 'reassignCase',
      method: 'POST',
      path: '/cases/{caseId}/reassign',
      summary: 'Put a case that your pool owns into other hands',
      action: 'hold-case',
      query: requests.NoQuery,
      body: requests.ReassignBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, principal, body }) => baton.reassign(caseId, { ...body, by: principal.name }),
    }),
    route({
      operation: 'takeOverCase',
      method: 'POST',
      path: '/cases/{caseId}/take-over',
      summary: 'Take a case, whoever has it',
      action: 'hold-case',
      query: requests.NoQuery,
      body: requests.TakeOverBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, principal, body }) =>
        baton.takeOver(caseId, { ...given(body), reason: body.reason, by: principal.name }),
    }),
    route({
      operation: 'whisper',
      method: 'POST',
      path: '/cases/{caseId}/whispers',
      summary: 'Tell whoever works on a case something that its user never sees',
      action: 'hold-case',
      query: requests.NoQuery,
      body: requests.WhisperBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, principal, body }) => baton.whisper(caseId, { ...body, by: principal.name }),
    }),
    route({
      operation: 'reply',
      method: 'POST',
      path: '/cases/{caseId}/replies',
      summary: 'Speak to the user of a case that your pool owns',
      action: 'hold-case',
      query: requests.NoQuery,
      body: requests.ReplyBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, principal, body, keyId }) =>
        baton.reply(caseId, {
          by: principal.name,
          messageId: messageIdOf(body, keyId),
          text: body.text,
        }),
    }),
    route({
      operation: 'giveBack',
      method: 'POST',
      path: '/cases/{caseId}/give-back',
      summary: 'Give a case back to the agent it came from',
      action: 'hold-case',
      query: requests.NoQuery,
      body: requests.GiveBackBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, principal, body }) =>
        baton.giveBack(caseId, { ...given(body), by: principal.name }),
    }),
    route({
      operation: 'resolve',
      method: 'POST',
      path: '/cases/{caseId}/resolve',
      summary: 'End a case that your pool owns',
      action: 'hold-case',
      query: requests.NoQuery,
      body: requests.ResolveBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, principal, body }) =>
        baton.resolve(caseId, { ...given(body), by: principal.name }),
    }),
    route({
      operation: 'unmask',
      method: 'POST',
      path: '/cases/{caseId}/unmask',
      summary: 'See what an edge has masked, on record',
      action: 'unmask',
      query: requests.NoQuery,
      body: requests.UnmaskBody,
      answer: answers.Unmasked,
      handle: ({ baton, caseId, principal, body }) =>
        baton.unmask(caseId, { ...given(body), by: principal.name }),
    }),
    route({
      operation: 'redeemGrant',
      method: 'POST',
      path: '/cases/{caseId}/grants/{grantId}/redeem',
      summary: 'Use leave to see an original that the case gave before',
      action: 'unmask',
      query: requests.NoQuery,
      body: requests.EmptyBody,
      answer: answers.Unmasked,
      handle: ({ baton, caseId, part, principal }) =>
        baton.redeemGrant(caseId, { grantId: part, by: principal.name }),
    }),
    route({
      operation: 'listDeadLetters',
      method: 'GET',
      path: '/dead-letters',
      summary: 'Open dead letters of all cases',
      action: 'list-dead-letters',
      query: requests.DeadLettersQuery,
      answer: answers.DeadLetterList,
      handle: ({ baton, principal, query }) =>
        baton.deadLetters({ ...given(query), tenant: principal.tenant }),
    }),
    route({
      operation: 'listDeadLettersOfCase',
      method: 'GET',
      path: '/cases/{caseId}/dead-letters',
      summary: 'All dead letters of a case',
      action: 'list-dead-letters',
      query: requests.NoQuery,
      answer: answers.DeadLetterList,
      handle: ({ baton, caseId }) => baton.deadLetters({ caseId }),
    }),
    route({
      operation: 'redrive',
      method: 'POST',
      path: '/cases/{caseId}/dead-letters/{deadLetterId}/redrive',
      summary: 'Try a dead letter again, corrected or not',
      action: 'mend-dead-letter',
      query: requests.NoQuery,
      body: requests.RedriveBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, part, principal, body }) =>
        baton.redrive(caseId, { ...given(body), deadLetterId: part, by: principal.name }),
    }),
    route({
      operation: 'discard',
      method: 'POST',
      path: '/cases/{caseId}/dead-letters/{deadLetterId}/discard',
      summary: 'Give a dead letter up, with a reason',
      action: 'mend-dead-letter',
      query: requests.NoQuery,
      body: requests.DiscardBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, part, principal, body }) =>
        baton.discard(caseId, { ...body, deadLetterId: part, by: principal.name }),
    }),
  ];
}

/**
 * The pools whose inbox is asked for: that of the question, or all that the principal may see.
 * @returns undefined for every pool there is
 * @throws BatonError `PRINCIPAL_FORBIDDEN` for a pool that is not theirs
 */
export function poolsOf(principal: Principal, asked: string | undefined): readonly string[] | undefined {
  const { pools } = principal;
  if (asked === undefined) return pools;
  if (pools === undefined || pools.includes(asked)) return [asked];
  throw new BatonError(failure('PRINCIPAL_FORBIDDEN', `the inbox of ${asked} is not yours`, 'query.pool'));
}
