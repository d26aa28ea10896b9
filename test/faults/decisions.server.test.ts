import { z } from 'zod';
import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { createBatonClient, type BatonClient } from '../../client/baton-client.ts';
import { isBatonError } from '../../contract/failures.ts';
import { decisionUpdateId } from '../../contract/keys.ts';
import { MESSAGES } from '../../contract/messages.ts';
import type { Decision } from '../../contract/decision.ts';
import type { Review } from '../../contract/review.ts';
import { agent, call, finish } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';

/** 40 cases with 25 races each are 1,000; the last of each case races with the end of the case as well. */
const cases = 40;
const batches = 6;
const perBatch = 4;
/** Cases under way at a time. */
const atOnce = 10;

const pool = unique('pool');
const desk = people('desk', { ann: { roles: [] }, bob: { roles: [] } });
/** Calls that were carried out, by case: only approved ones may be. */
const carriedOut: Record<string, string[]> = {};

const look = defineTool({
  name: 'look',
  description: 'looks something up that a person must allow',
  input: z.object({ id: z.string() }),
  effect: 'read',
  approval: { pool: 'desk', expiresMs: 600_000, question: 'May it?' },
  run: ({ caseId, input }) => {
    (carriedOut[caseId] ??= []).push(input.id);
    return Promise.resolve({ kind: 'done', result: input.id });
  },
});
const clerk = agent(
  'clerk',
  pool,
  (turn) => {
    const [notice] = turn.notices;
    if (notice?.kind === 'review-decided') return finish(`${notice.decision} by ${String(notice.by)}`);
    if (turn.number > batches || turn.task.definition === 'one question')
      return { intent: { kind: 'ask-review', question: 'Yes?', subject: turn.caseId } };
    const ids = Array.from({ length: perBatch }, (_, index) => `${String(turn.number)}.${String(index)}`);
    return call(...ids.map((id) => ({ tool: 'look', arguments: { id } })));
  },
  { tools: [look] },
);
const team = defineTeam({ name: unique('decided'), start: clerk, edges: [escalate(clerk, desk)] });
const oneQuestion = { task: { definition: 'one question' } };

let bed: Bed;
let baton: BatonClient;
beforeAll(async () => {
  bed = await openBed({ teams: [team] });
  baton = createBatonClient({ client: bed.client, answerMs: 60_000, serverMs: 60_000 });
});
afterAll(async () => {
  await bed.close();
});

function decisionOn(review: Review, change: Partial<Decision> = {}): Decision {
  const { id, digest } = review;
  return { reviewId: id, digest, decision: 'approve', by: 'ann', reason: 'fine', ...change };
}

/**
 * Ann approves and Bob rejects, at once, through the client: one of them wins, and the other is told who did, also
 * when the case has ended meanwhile.
 * @returns whether it was approved
 */
async function race(caseId: string, review: Review): Promise<boolean> {
  const ends = await Promise.allSettled([
    baton.decide(caseId, decisionOn(review)),
    baton.decide(caseId, decisionOn(review, { decision: 'reject', by: 'bob' })),
  ]);
  const approved = ends[0].status === 'fulfilled';
  const lost = ends[approved ? 1 : 0];
  const reason: unknown = lost.status === 'rejected' ? lost.reason : undefined;
  const told = isBatonError(reason) ? { code: reason.code, message: reason.message } : reason;
  expect(told).toEqual({
    code: 'REVIEW_DECIDED',
    message: expect.stringContaining(approved ? 'ann: approve' : 'bob: reject') as string,
  });
  expect(ends[approved ? 0 : 1].status).toBe('fulfilled');
  return approved;
}

/** All races of one case, and whether exactly what was approved was carried out. */
async function raceThrough(driver: CaseDriver): Promise<number> {
  const approved: string[] = [];
  for (let batch = 1; batch <= batches; batch += 1) {
    const { reviews } = await driver.until((view) => view.openReviews === perBatch);
    const open = reviews.filter((review) => review.status === 'open');
    const ends = await Promise.all(open.map((review) => race(driver.id, review)));
    approved.push(...ends.flatMap((yes, index) => (yes ? [`${String(batch)}.${String(index)}`] : [])));
  }
  const last = await race(driver.id, await driver.review());
  expect(await driver.result()).toMatchObject({
    outcome: { outcome: last ? 'approve by ann' : 'reject by bob' },
  });
  // A look-up may be tried twice, for it writes nothing; the ids say whether it was allowed at all.
  expect([...new Set(carriedOut[driver.id])].toSorted()).toEqual(approved);
  return batches * perBatch + 1;
}

test('F09: approve and reject at once, 1,000 times: one wins, the other is told who, and only a yes has effect', async () => {
  let opened = 0;
  let races = 0;
  const work = async (): Promise<void> => {
    while (opened < cases) {
      opened += 1;
      const run = await raceThrough(await openCase(bed, team));
      races += run;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  expect(races).toBe(1_000);
}, 360_000);

test('F10: a decision repeated with other content is refused; under the id of the first the first is answered', async () => {
  const driver = await openCase(bed, team);
  const { reviews } = await driver.until((view) => view.openReviews === perBatch);
  const [review] = reviews;
  if (!review) throw new Error('no review');
  const first = decisionOn(review);
  const updateId = decisionUpdateId(review.id, first);
  expect(await baton.decide(driver.id, first)).toMatchObject({ accepted: true, repeated: false });
  for (const change of [{ reason: 'on second thoughts' }, { decision: 'reject' }, { by: 'bob' }] as const) {
    const other = decisionOn(review, change);
    expect(decisionUpdateId(review.id, other)).not.toBe(updateId);
    await expect(baton.decide(driver.id, other)).rejects.toMatchObject({ code: 'REVIEW_DECIDED' });
    // Around our doors, with a used id, the server answers before the case is asked: with what was decided.
    const answered = await driver.handle.executeUpdate(MESSAGES.decide, { args: [other], updateId });
    expect(answered.detail).toBe(`${review.id} approved by ann`);
  }
  expect((await driver.view()).reviews[0]).toMatchObject({ status: 'approved', decision: first });
  await driver.handle.cancel();
  await driver.result();
});

test('F11: after the end a decision is refused with the final state, by whichever door', async () => {
  const decided = await openCase(bed, team, oneQuestion);
  const review = await decided.review();
  await baton.decide(decided.id, decisionOn(review));
  await decided.result();
  await expect(baton.decide(decided.id, decisionOn(review, { by: 'bob' }))).rejects.toMatchObject({
    code: 'REVIEW_DECIDED',
    message: expect.stringContaining('ann: approve') as string,
  });
  const raw = decided.send(MESSAGES.decide, decisionOn(review, { by: 'bob' }));
  await expect(raw).rejects.toThrow(/already completed/);

  const cancelled = await openCase(bed, team, oneQuestion);
  const open = await cancelled.review();
  await cancelled.handle.cancel();
  await cancelled.result();
  await expect(baton.decide(cancelled.id, decisionOn(open))).rejects.toMatchObject({
    code: 'CASE_CLOSED',
    message: expect.stringContaining('cancelled') as string,
  });
});
