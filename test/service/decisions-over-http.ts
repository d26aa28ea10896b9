import { SIGNALS } from '../../contract/messages.ts';
import type { Review } from '../../contract/review.ts';
import { until } from '../../scripts/ports.ts';
import { deskDoor, failureFrom } from '../client/desk.ts';
import { newDoor } from '../security/doors.ts';
import type { HttpBed } from './http-bed.ts';
import { keyOf } from './principals.ts';

/** Tests of what people decide over HTTP, on a bed that others use as well: servers are slow to start. */
export function decisionsOverHttp(start: () => HttpBed): void {
  let bed: HttpBed;
  let as: HttpBed['as'];
  beforeAll(() => {
    bed = start();
    ({ as } = bed);
  });

  test('is of whoever has authenticated, for the digest that was shown, once (F09, F10)', async () => {
    const { caseId, review } = await bed.openWithReview('shop');
    const inbox = await as.ann('listReviews', { query: { pool: 'finance' } });
    expect(inbox.json<{ items: unknown[] }>().items).toContainEqual(
      expect.objectContaining({
        caseId,
        review: expect.objectContaining({ digest: review.digest }) as unknown,
      }),
    );
    const path = { caseId, reviewId: review.id };
    const body = { digest: review.digest, decision: 'approve', reason: 'fine' };
    expect(await bed.problem('bob', 'decide', { path, body: { ...body, digest: 'a'.repeat(64) } })).toEqual([
      409,
      'REVIEW_STALE',
    ]);
    expect(await bed.problem('stranger', 'decide', { path, body })).toEqual([403, 'REVIEW_FORBIDDEN']);
    expect((await as.ann('decide', { path, body })).json()).toMatchObject({ accepted: true });
    expect((await as.ann('decide', { path, body })).statusCode).toBe(200);
    const late = await as.bob('decide', { path, body: { ...body, decision: 'reject' } });
    expect(late.json()).toMatchObject({ status: 409, code: 'REVIEW_DECIDED' });
    expect(late.json<{ detail: string }>().detail).toContain('ann: approve');
    expect((await bed.baton.show(caseId)).reviews[0]?.decision).toMatchObject({ by: 'ann' });
  });

  test('is proven: the service signs for whom it knows, and a review that asks for it takes nothing else', async () => {
    const { caseId, review } = await bed.openWithReview('shop', 'gift 20');
    expect(review.proof).toBe('proven');
    const decision = { digest: review.digest, decision: 'approve', reason: 'deserved' } as const;
    const asserted = { ...decision, reviewId: review.id, by: 'ann' };
    // Around the door, whoever reaches the server can say any name.
    expect(await failureFrom(bed.baton.decide(caseId, asserted))).toMatchObject({ code: 'PROOF_REQUIRED' });
    const handle = bed.desk.client.workflow.getHandle(caseId);
    await handle.signal(SIGNALS.decide, asserted);
    await until(async () => (await bed.baton.show(caseId)).refusals.length > 0, { limitMs: 60_000 });
    expect((await bed.baton.show(caseId)).refusals[0]).toMatchObject({
      door: 'decided',
      failure: { code: 'PROOF_REQUIRED' },
    });
    const other = newDoor('forged').signs(asserted, { caseId, at: Date.now() });
    expect(await failureFrom(bed.baton.decide(caseId, other))).toMatchObject({ code: 'PROOF_KEY_UNKNOWN' });
    const late = deskDoor.signs(asserted, { caseId, at: Date.now() - 3_600_000 });
    expect(await failureFrom(bed.baton.decide(caseId, late))).toMatchObject({ code: 'PROOF_EXPIRED' });
    const path = { caseId, reviewId: review.id };
    expect((await as.ann('decide', { path, body: decision })).json()).toMatchObject({ accepted: true });
    await bed.stageOf(caseId, 'waiting-user');
    const { reviews, effects } = await bed.baton.show(caseId);
    expect(reviews[0]).toMatchObject({ status: 'approved', decision: { by: 'ann', proof: 'proven' } });
    expect(effects).toMatchObject([{ tool: 'gift', status: 'committed' }]);
    const rows = await bed.desk.ledger.read((await bed.baton.status(caseId)).trace);
    expect(rows.find(({ kind }) => kind === 'review-decided')?.content).toMatchObject({
      by: 'ann',
      proof: 'proven',
      signed: { key: 'desk-web', tenant: 'default', roles: ['staff'] },
    });
    // Somebody with a signature of an unknown key had the keys read anew.
    expect(rows.filter(({ kind }) => kind === 'door-keys-read').length).toBe(3);
  });

  test('can wait for what the agent and the user answer; what they ask for since has another digest', async () => {
    const { caseId, review } = await bed.openWithReview('shop');
    const path = { caseId, reviewId: review.id };
    const { digest } = review;
    const now = async (): Promise<Review | undefined> => (await bed.baton.show(caseId)).reviews[0];
    const answered = async (count: number): Promise<Review | undefined> => {
      const is = async (): Promise<boolean> =>
        (await now())?.questions?.filter((one) => one.answer ?? one.answeredBy).length === count;
      await until(is, { limitMs: 60_000 });
      return now();
    };
    const why = { digest, decision: 'ask-agent', reason: 'Why so much?' };
    expect(await bed.problem('stranger', 'decide', { path, body: why })).toEqual([403, 'REVIEW_FORBIDDEN']);
    expect((await as.ann('decide', { path, body: why })).json()).toMatchObject({ accepted: true });
    expect((await as.ann('decide', { path, body: why })).statusCode).toBe(200);
    expect(await answered(1)).toMatchObject({
      ...{ status: 'open', digest },
      questions: [{ by: 'ann', to: 'billing', answer: { text: 'because of O-1' } }],
    });
    await as.bob('decide', { path, body: { digest, decision: 'ask-agent', reason: '250?' } });
    const revised = await answered(2);
    expect(revised).toMatchObject({
      subject: { arguments: { amountEur: 250 } },
      questions: [{}, { by: 'bob', answer: { text: 'as much as it was worth', digest: revised?.digest } }],
    });
    const yes = { decision: 'approve', reason: 'fine' };
    expect(await bed.problem('ann', 'decide', { path, body: { ...yes, digest } })).toEqual([
      409,
      'REVIEW_STALE',
    ]);
    await as.bob('decide', {
      path,
      body: { digest: revised?.digest, decision: 'ask', reason: 'Which card?' },
    });
    await as.shop('say', { path: { caseId }, body: { text: 'the black one' } });
    const last = await answered(3);
    // What staff and agent say to each other is nothing that the user hears.
    const { transcript } = await bed.baton.show(caseId);
    expect(transcript.slice(-2).map(({ text }) => text)).toEqual(['Which card?', 'the black one']);
    const shown = (await as.ann('listReviews', { query: { pool: 'finance' } })).json<{
      items: { review: Review }[];
    }>();
    expect(shown.items.map((one) => one.review.questions?.length)).toContain(3);
    const body = { ...yes, digest: last?.digest };
    expect((await as.ann('decide', { path, body })).json()).toMatchObject({ accepted: true });
    await until(async () => (await bed.baton.show(caseId)).effects.length === 1, { limitMs: 60_000 });
    expect((await bed.baton.show(caseId)).effects).toMatchObject([{ arguments: { amountEur: 250 } }]);
  });

  test('is taken back over HTTP by whoever gave it, for as long as nothing has come of it', async () => {
    const { caseId, review } = await bed.openWithReview('shop', 'voucher 5');
    // Whoever decides sees what would change, and decides about that.
    expect(review.subject).toMatchObject({
      record: { before: { vouchersEur: 10 }, after: { vouchersEur: 15 } },
    });
    const { review: unread } = await bed.openWithReview('shop', 'voucher 500');
    expect(unread.subject).toMatchObject({ arguments: { amountEur: 500 }, recordUnread: 'EFFECT_FAILED' });
    const path = { caseId, reviewId: review.id };
    const body = { digest: review.digest, decision: 'approve', reason: 'fine' };
    const back = { ...body, decision: 'withdraw', reason: 'wrong customer' };
    expect(await bed.problem('ann', 'decide', { path, body: back })).toEqual([409, 'REVIEW_RELEASED']);
    await as.ann('decide', { path, body });
    expect(await bed.problem('bob', 'decide', { path, body: back })).toEqual([403, 'REVIEW_FORBIDDEN']);
    expect((await as.ann('decide', { path, body: back })).json()).toMatchObject({ accepted: true });
    await bed.stageOf(caseId, 'waiting-user');
    const { reviews, effects } = await bed.baton.show(caseId);
    expect(reviews[0]).toMatchObject({ status: 'rejected', decision: { decision: 'withdraw', by: 'ann' } });
    expect(effects).toEqual([]);
    expect(await bed.problem('bob', 'decide', { path, body })).toEqual([409, 'REVIEW_DECIDED']);
  });

  test('cannot be given in the name of somebody else', async () => {
    const { caseId, review } = await bed.openWithReview('shop');
    const response = await bed.app.inject({
      method: 'POST',
      url: `/cases/${caseId}/reviews/${review.id}/decision`,
      headers: { authorization: `Bearer ${keyOf('stranger')}` },
      payload: { digest: review.digest, decision: 'approve', reason: 'fine', by: 'ann' },
    });
    expect(response.json()).toMatchObject({ status: 400, code: 'INPUT_INVALID' });
    expect(response.json<{ detail: string }>().detail).toContain('"by"');
    expect((await bed.baton.show(caseId)).reviews[0]?.status).toBe('open');
  });

  test('is not for users, services and administrators', async () => {
    const { caseId, review } = await bed.openWithReview('shop');
    const given = {
      path: { caseId, reviewId: review.id },
      body: { digest: review.digest, decision: 'approve', reason: 'x' },
    };
    for (const by of ['uma', 'shop', 'root'] as const)
      expect(await bed.problem(by, 'decide', given)).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
  });

  test('of a pool that is not theirs is not in the inbox of a person', async () => {
    expect(await bed.problem('narrow', 'listReviews', { query: { pool: 'finance' } })).toEqual([
      403,
      'PRINCIPAL_FORBIDDEN',
    ]);
    expect((await as.narrow('listReviews')).json()).toEqual({ items: [], unanswered: [] });
  });
}
