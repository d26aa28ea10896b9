import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { BatonClient } from '../../client/index.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import { actsAsUser } from '../access/permissions.ts';
import { route, type Asked, type Route } from '../http/route.ts';
import * as answers from '../shapes/answers.ts';
import * as requests from '../shapes/requests.ts';

/** How long the end of a case may be behind its last word, in milliseconds. */
const CLOSING_MS = 2_000;

/** Opening cases, speaking in them and looking at them. */
export function caseRoutes(): readonly Route[] {
  return [
    route({
      operation: 'openCase',
      method: 'POST',
      path: '/cases',
      summary: 'Open a case; the same open again under its id, or the same idempotency key, joins it',
      action: 'open',
      query: requests.NoQuery,
      body: requests.OpenBody,
      answer: answers.OpenedCase,
      status: 201,
      handle: (asked) => {
        const { caseId = caseOfKey(asked.keyId), ...input } = asked.body;
        const { name, tenant } = asked.principal;
        const user = userOf(asked, input.user);
        const whole = { ...input, ...(user ? { user } : {}), openedBy: name };
        return asked.baton.open(whole, { ...given({ caseId }), tenant });
      },
    }),
    route({
      operation: 'listCases',
      method: 'GET',
      path: '/cases',
      summary: 'List cases by team, stage, owner, or whom they wait for, the newest first',
      action: 'list',
      query: requests.ListQuery,
      answer: answers.CaseList,
      handle: async ({ baton, principal, query }) => ({
        items: await baton.list({ ...given(query), tenant: principal.tenant }),
      }),
    }),
    route({
      operation: 'showCase',
      method: 'GET',
      path: '/cases/{caseId}',
      summary: 'Everything a person needs to go on with a case',
      action: 'show',
      query: requests.NoQuery,
      answer: answers.CaseView,
      handle: ({ baton, caseId }) => baton.show(caseId),
    }),
    route({
      operation: 'readStatus',
      method: 'GET',
      path: '/cases/{caseId}/status',
      summary: 'Where a case stands; answers without a worker too',
      action: 'read-status',
      query: requests.NoQuery,
      answer: answers.CaseStatus,
      handle: ({ baton, caseId }) => baton.status(caseId),
    }),
    route({
      operation: 'readResult',
      method: 'GET',
      path: '/cases/{caseId}/result',
      summary: 'How a case ended, once it has; waits for a while where it is asked to',
      action: 'read-status',
      query: requests.ResultQuery,
      answer: answers.CaseEnd,
      handle: ({ baton, caseId, query }) => resultOf(baton, caseId, query.waitMs ?? 0),
    }),
    route({
      operation: 'readTranscript',
      method: 'GET',
      path: '/cases/{caseId}/messages',
      summary: 'The conversation so far',
      action: 'read-transcript',
      query: requests.NoQuery,
      answer: answers.Transcript,
      handle: async ({ baton, caseId }) => ({ items: await baton.transcript(caseId) }),
    }),
    route({
      operation: 'say',
      method: 'POST',
      path: '/cases/{caseId}/messages',
      summary: "Say something on the user's behalf",
      action: 'speak',
      query: requests.NoQuery,
      body: requests.SayBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, body, keyId }) =>
        baton.say(caseId, { ...given(body), messageId: messageIdOf(body, keyId) }),
    }),
    route({
      operation: 'askForHuman',
      method: 'POST',
      path: '/cases/{caseId}/human',
      summary: 'Ask for a human; honoured from any state',
      action: 'ask-for-human',
      query: requests.NoQuery,
      body: requests.AskForHumanBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, principal, body }) =>
        baton.askForHuman(caseId, { ...given(body), by: principal.name }),
    }),
    route({
      operation: 'giveFeedback',
      method: 'POST',
      path: '/cases/{caseId}/feedback',
      summary: 'What the user says of a case that is over, once',
      action: 'speak',
      query: requests.NoQuery,
      body: requests.FeedbackBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, body }) => baton.feedback(caseId, given(body)),
    }),
    route({
      operation: 'cancelCase',
      method: 'POST',
      path: '/cases/{caseId}/cancel',
      summary: 'End a case and take back what it has written',
      action: 'cancel',
      query: requests.NoQuery,
      body: requests.EmptyBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId }) => baton.cancel(caseId),
    }),
    route({
      operation: 'switchPolicy',
      method: 'POST',
      path: '/cases/{caseId}/policy',
      summary:
        'Have a running case decided by another published version of its policy, from its next quiet moment on',
      action: 'switch-policy',
      query: requests.NoQuery,
      body: requests.SwitchPolicyBody,
      answer: answers.Receipt,
      handle: ({ baton, caseId, principal, body }) =>
        baton.switchPolicy(caseId, { ...body, by: principal.name }),
    }),
    route({
      operation: 'verifyCase',
      method: 'POST',
      path: '/cases/{caseId}/verify',
      summary: 'Hold the ledger of a case against its history',
      action: 'verify',
      query: requests.NoQuery,
      body: requests.VerifyBody,
      answer: answers.Verification,
      handle: ({ baton, caseId, body }) => baton.verify(caseId, given(body)),
    }),
  ];
}

/** The end of a case, or that there is none yet: whoever wants to know asks again. */
async function resultOf(
  baton: BatonClient,
  caseId: string,
  waitMs: number,
): Promise<z.output<typeof answers.CaseEnd>> {
  const { stage } = await baton.status(caseId);
  if (stage !== 'closed' && waitMs === 0) return { caseId, ended: false };
  // A case that says it is closed has recorded all it had to, and completes at once.
  const signal = AbortSignal.timeout(Math.max(waitMs, CLOSING_MS));
  try {
    return { caseId, ended: true, result: await baton.result(caseId, { signal }) };
  } catch (thrown) {
    if (signal.aborted && !isBatonError(thrown)) return { caseId, ended: false };
    throw thrown;
  }
}

/** The fields that were given: the client's options have no place for undefined. */
export function given<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]: Exclude<Fields[Name], undefined> } {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };
}

function caseOfKey(keyId: string | undefined): string | undefined {
  return keyId === undefined ? undefined : `case-${keyId}`;
}

/** The id of a message: the sender's own, that of the idempotency key, or a new one. */
export function messageIdOf(
  body: { readonly messageId?: string | undefined },
  keyId: string | undefined,
): string {
  return body.messageId ?? `m-${keyId ?? randomUUID()}`;
}

/** A user opens cases for themselves: their profile carries their own name as its id. */
function userOf(
  { principal }: Pick<Asked<unknown, unknown>, 'principal'>,
  profile: { readonly id?: string | undefined } | undefined,
): { readonly id?: string | undefined } | undefined {
  if (!actsAsUser(principal, 'open')) return profile;
  if (profile?.id !== undefined && profile.id !== principal.name) {
    const detail = 'a user opens cases for nobody else';
    throw new BatonError(failure('PRINCIPAL_FORBIDDEN', detail, 'body.user.id'));
  }
  return { ...profile, id: principal.name };
}
