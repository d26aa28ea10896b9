import { ApplicationFailure, Client, WorkflowUpdateFailedError } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { BatonClient } from '../../client/baton-client.ts';
import { createBatonClient } from '../../client/baton-client.ts';
import type { Decision } from '../../contract/decision.ts';
import type { Review } from '../../contract/review.ts';
import { until } from '../../scripts/ports.ts';
import { failureFrom, startDesk, type RunningDesk } from './desk.ts';

let desk: RunningDesk;
let baton: BatonClient;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  desk = await startDesk();
  baton = createBatonClient({ client: desk.client, ledger: desk.ledger, answerMs: 30_000 });
});
afterAll(() => desk.stop());

/** Opens a case that waits for the approval of a refund. */
async function openWithReview(): Promise<{ readonly caseId: string; readonly review: Review }> {
  const task = { definition: 'pay back' };
  const message = { id: 'm-1', text: 'billing O-1' };
  const { caseId } = await baton.open({ team: 'test-desk', task, message });
  await until(async () => (await baton.status(caseId)).owner === 'billing', { limitMs: 60_000 });
  await baton.say(caseId, { messageId: 'm-2', text: 'refund 400' });
  await until(async () => (await baton.status(caseId)).openReviews === 1, { limitMs: 60_000 });
  const [review] = (await baton.show(caseId)).reviews;
  if (!review) throw new Error('no review');
  return { caseId, review };
}

const decisionOn = (review: Review, decision: Decision['decision'], by = 'ann'): Decision => ({
  reviewId: review.id,
  digest: review.digest,
  decision,
  by,
  reason: `because ${by} says so`,
});

test('an open review is found over all cases and by its pool', async () => {
  const { caseId, review } = await openWithReview();
  await until(async () => (await baton.reviews()).items.length > 0, { limitMs: 60_000 });
  const { items, unanswered } = await baton.reviews({ pool: 'finance' });
  expect(items).toContainEqual({ caseId, team: 'test-desk', owner: 'billing', review });
  expect(unanswered).toEqual([]);
  expect((await baton.reviews({ pool: 'legal' })).items).toEqual([]);
});

test('a decision is taken once, repeated harmlessly, and final (F09, F10)', async () => {
  const { caseId, review } = await openWithReview();
  const approve = decisionOn(review, 'approve');
  expect(await baton.decide(caseId, approve)).toMatchObject({ accepted: true, repeated: false });
  expect(await baton.decide(caseId, approve)).toMatchObject({ accepted: true });
  const late = await failureFrom(baton.decide(caseId, decisionOn(review, 'reject', 'bob')));
  expect(late).toMatchObject({ code: 'REVIEW_DECIDED', field: 'reviewId' });
  expect(late.message).toContain('ann: approve');
  const other = await failureFrom(baton.decide(caseId, { ...approve, reason: 'on second thoughts' }));
  expect(other.code).toBe('REVIEW_DECIDED');
  await until(async () => (await baton.show(caseId)).effects[0]?.status === 'committed', { limitMs: 60_000 });
});

test('of two decisions at once one wins and the other is told who did (F09)', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { caseId, review } = await openWithReview();
    const ends = await Promise.all(
      (['approve', 'reject'] as const).map(async (word) => {
        const by = word === 'approve' ? 'ann' : 'bob';
        return baton.decide(caseId, decisionOn(review, word, by)).then(
          () => ({ by, won: true, message: '' }),
          (error: unknown) => ({ by, won: false, message: error instanceof Error ? error.message : '' }),
        );
      }),
    );
    const winner = ends.find((end) => end.won);
    const loser = ends.find((end) => !end.won);
    expect(winner).toBeDefined();
    expect(loser?.message).toContain(`${String(winner?.by)}: `);
    expect((await baton.show(caseId)).reviews[0]?.decision?.by).toBe(winner?.by);
  }
});

test('after the end of the case the winner is still named (F11)', async () => {
  const { caseId, review } = await openWithReview();
  await baton.decide(caseId, decisionOn(review, 'reject'));
  await until(async () => (await baton.status(caseId)).stage === 'waiting-user', { limitMs: 60_000 });
  await baton.say(caseId, { messageId: 'm-3', text: 'finish well' });
  await baton.result(caseId);
  const failed = await failureFrom(baton.decide(caseId, decisionOn(review, 'approve', 'bob')));
  expect(failed.code).toBe('REVIEW_DECIDED');
  expect(failed.message).toContain('ann: reject');
});

test('what may not be decided is refused, and the review stays open', async () => {
  const { caseId, review } = await openWithReview();
  const good = decisionOn(review, 'approve');
  const refused: readonly [Partial<Record<keyof Decision, unknown>>, string, string][] = [
    [{ digest: '0'.repeat(64) }, 'REVIEW_STALE', 'digest'],
    [{ by: 'mallory' }, 'REVIEW_FORBIDDEN', 'by'],
    [{ reviewId: 'r9' }, 'REVIEW_UNKNOWN', 'reviewId'],
    [{ reason: '' }, 'INPUT_INVALID', 'decision.reason'],
    [{ digest: 'abc' }, 'INPUT_INVALID', 'decision.digest'],
    [{ decision: 'maybe' }, 'INPUT_INVALID', 'decision.decision'],
    [{ reason: 'x'.repeat(2_621_440) }, 'INPUT_TOO_LARGE', 'decision'],
  ];
  for (const [change, code, field] of refused) {
    const failed = await failureFrom(baton.decide(caseId, { ...good, ...change } as Decision));
    expect({ change: Object.keys(change), ...failed }).toMatchObject({ code, field });
  }
  expect((await baton.show(caseId)).reviews[0]?.status).toBe('open');
  await baton.cancel(caseId);
  await baton.result(caseId);
  expect(await failureFrom(baton.decide(caseId, good))).toMatchObject({ code: 'CASE_CLOSED' });
});

test('a review that is shown a moment before the case knows it is decided all the same', async () => {
  const { caseId, review } = await openWithReview();
  let refusals = 0;
  const unknown = ApplicationFailure.nonRetryable('no such review', 'REVIEW_UNKNOWN');
  const { connection, options } = desk.client;
  const client = new Client({
    connection,
    namespace: options.namespace,
    dataConverter: options.loadedDataConverter,
    interceptors: {
      workflow: [
        {
          startUpdate: (input, next) => {
            refusals += 1;
            if (refusals > 1) return next(input);
            throw new WorkflowUpdateFailedError('refused', unknown);
          },
        },
      ],
    },
  });
  const early = createBatonClient({ client, ledger: desk.ledger, answerMs: 30_000 });
  expect(await early.decide(caseId, decisionOn(review, 'approve'))).toMatchObject({ accepted: true });
  expect(refusals).toBe(2);
  const never = await failureFrom(early.decide(caseId, { ...decisionOn(review, 'approve'), reviewId: 'r9' }));
  expect(never.code).toBe('REVIEW_UNKNOWN');
  expect(refusals).toBe(3);
});
