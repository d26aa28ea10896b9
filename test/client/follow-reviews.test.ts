import type { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { followReviews } from '../../client/people/follow-reviews.ts';
import type { Access } from '../../client/reach/access.ts';
import { createGates } from '../support/gates.ts';

const gates = createGates();

/** Cases that visibility has waiting, and what their workers answer. */
function accessTo(
  waiting: Readonly<Record<string, () => Promise<void>>>,
  changed: () => object = () => ({}),
): Access {
  const listed = (workflowId: string): object => ({
    workflowId,
    typedSearchAttributes: new TypedSearchAttributes(),
    startTime: new Date(0),
    status: { name: 'RUNNING' },
  });
  const client = {
    withDeadline: (_until: unknown, ask: () => unknown) => ask(),
    withAbortSignal: (signal: AbortSignal, ask: () => Promise<unknown>) =>
      Promise.race([
        ask(),
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('stopped'));
          });
        }),
      ]),
    workflow: {
      list: async function* () {
        await Promise.resolve();
        yield* Object.keys(waiting).map(listed);
      },
      getHandle: (caseId: string) => ({
        query: async () => {
          await waiting[caseId]?.();
          const review = { id: 'r1', status: 'open', pool: 'desk', ...changed() };
          return { caseId, team: 'team', owner: 'triage', reviews: [review], task: {}, transcript: [] };
        },
      }),
    },
  };
  return { client: client as unknown as Client, address: 'server', answerMs: 1_000, serverMs: 1_000 };
}

test('a case whose worker takes its time holds up no other review', async () => {
  const access = accessTo({ slow: () => gates.pass('slow'), quick: () => Promise.resolve() });
  const followed = followReviews(access, { intervalMs: 20 });
  const first = await followed.next();
  expect(first.value).toMatchObject({ kind: 'opened', open: { caseId: 'quick' } });
  gates.open('slow');
  const second = await followed.next();
  expect(second.value).toMatchObject({ kind: 'opened', open: { caseId: 'slow' } });
  await followed.return();
});

test('following ends at once, whoever has not answered yet', async () => {
  const access = accessTo({ silent: () => gates.pass('silent') });
  const stop = new AbortController();
  const followed = followReviews(access, { intervalMs: 20, signal: stop.signal });
  const next = followed.next();
  await gates.reached('silent');
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

test('whoever has a review before them hears of answers, and of another content', async () => {
  let review: object = { digest: 'a' };
  const followed = followReviews(
    accessTo({ asked: () => Promise.resolve() }, () => review),
    { intervalMs: 20 },
  );
  expect((await followed.next()).value).toMatchObject({ kind: 'opened' });
  const question = { by: 'pam', text: 'why?', at: '', to: 'ann' };
  review = { digest: 'a', questions: [question] };
  expect((await followed.next()).value).toMatchObject({ kind: 'changed', open: { review } });
  review = { digest: 'a', questions: [{ ...question, answer: { at: '', text: 'so' } }] };
  expect((await followed.next()).value).toMatchObject({ kind: 'changed', open: { review } });
  review = { ...review, digest: 'b' };
  expect((await followed.next()).value).toMatchObject({ kind: 'changed', open: { review } });
  await followed.return();
});
