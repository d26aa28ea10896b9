import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import type { BatonClient } from '../../client/baton-client.ts';
import { createBatonClient } from '../../client/baton-client.ts';
import type { Review } from '../../contract/review.ts';
import { until } from '../../scripts/ports.ts';
import { createService } from '../../service/http/create-service.ts';
import { startDesk, type RunningDesk } from '../client/desk.ts';
import { clientOfDocument, type DocumentClient } from './document-client.ts';
import { accessForAll, keyOf, principalNames, type PrincipalName } from './principals.ts';

let desk: RunningDesk;
let baton: BatonClient;
let app: FastifyInstance;
let as: Readonly<Record<PrincipalName, DocumentClient>>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  desk = await startDesk();
  baton = createBatonClient({ client: desk.client, ledger: desk.ledger, answerMs: 8_000 });
  app = await createService({ baton, access: accessForAll() });
  const clients = await Promise.all(
    principalNames.map(async (name) => [name, await clientOfDocument(app, keyOf(name))] as const),
  );
  as = Object.fromEntries(clients) as typeof as;
});
afterAll(async () => {
  await app.close();
  await desk.stop();
});

const opening = { team: 'test-desk', task: { definition: 'pay back' } };
const hello = { id: 'm-1', text: 'hello' };

async function open(by: PrincipalName, more: object = {}): Promise<string> {
  const response = await as[by]('openCase', { body: { ...opening, message: hello, ...more } });
  expect(response.statusCode).toBe(201);
  return response.json<{ caseId: string }>().caseId;
}

async function problem(
  by: PrincipalName,
  operation: string,
  given: Parameters<DocumentClient>[1],
): Promise<[number, string]> {
  const { status, code } = (await as[by](operation, given)).json<{ status: number; code: string }>();
  return [status, code];
}

async function stageOf(caseId: string, stage: string): Promise<void> {
  await until(async () => (await baton.status(caseId)).stage === stage, { limitMs: 15_000 });
}

/** A case that waits for the approval of a refund. */
async function openWithReview(
  by: PrincipalName,
): Promise<{ readonly caseId: string; readonly review: Review }> {
  const caseId = await open(by, { message: { id: 'm-1', text: 'billing O-1' } });
  await until(async () => (await baton.status(caseId)).owner === 'billing', { limitMs: 15_000 });
  await as[by]('say', { path: { caseId }, body: { text: 'refund 400' } });
  await stageOf(caseId, 'waiting-person');
  const [review] = (await baton.show(caseId)).reviews;
  if (!review) throw new Error('no review');
  return { caseId, review };
}

describe('a case over HTTP, by what the document says', () => {
  test('is opened, spoken in, looked at, listed and verified', async () => {
    const caseId = await open('shop');
    const path = { caseId };
    await stageOf(caseId, 'waiting-user');
    await as.shop('say', { path, body: { text: 'how are you?' } });
    await until(async () => (await baton.transcript(caseId)).length === 4, { limitMs: 15_000 });
    const { items } = (await as.shop('readTranscript', { path })).json<{ items: { text: string }[] }>();
    expect(items.map(({ text }) => text)).toContain('you said: how are you?');
    expect((await as.shop('readStatus', { path })).json()).toMatchObject({
      caseId,
      owner: 'triage',
      live: true,
    });
    expect((await as.ann('showCase', { path })).json()).toMatchObject({ caseId, task: opening.task });
    const listed = async (): Promise<boolean> => {
      const list = await as.root('listCases', { query: { team: 'test-desk', open: 'true', limit: '10' } });
      return list.json<{ items: { caseId: string }[] }>().items.some((one) => one.caseId === caseId);
    };
    await until(listed, { limitMs: 5_000 });
    expect((await as.root('verifyCase', { path })).json()).toMatchObject({ ok: true });
    expect((await as.root('ready')).json()).toEqual({ ok: true, server: true });
  });

  test('goes to people, who claim it, speak, give it back, and end it', async () => {
    const caseId = await open('shop');
    const path = { caseId };
    await as.shop('askForHuman', { path, body: { reason: 'please' } });
    await stageOf(caseId, 'human');
    expect((await as.ann('claimCase', { path })).json()).toMatchObject({ accepted: true });
    expect(await problem('bob', 'claimCase', { path })).toEqual([409, 'CLAIMED_BY_OTHER']);
    await as.ann('reply', { path, body: { text: 'Ann here' } });
    await as.ann('giveBack', { path, body: { note: 'nothing to do', facts: { orderId: 'O-2' } } });
    await until(async () => (await baton.status(caseId)).owner === 'triage', { limitMs: 15_000 });
    await as.shop('askForHuman', { path });
    await stageOf(caseId, 'human');
    await as.ann('resolve', { path, body: { outcome: 'helped', note: 'done' } });
    await stageOf(caseId, 'closed');
    expect(await problem('shop', 'say', { path, body: { text: 'one more' } })).toEqual([410, 'CASE_CLOSED']);
    const { transcript } = await baton.show(caseId);
    expect(transcript.find(({ from }) => from.kind === 'person')?.from).toMatchObject({ name: 'ann' });
  });

  test('has dead letters, which a person tries again or gives up', async () => {
    const caseId = await open('shop', { message: { id: 'm-1', text: 'fail' } });
    await stageOf(caseId, 'parked');
    const path = { caseId };
    const { items } = (await as.ann('listDeadLettersOfCase', { path })).json<{
      items: { deadLetter: { id: string } }[];
    }>();
    const deadLetterId = items[0]?.deadLetter.id ?? '';
    await until(async () => (await as.ann('listDeadLetters')).json<{ items: unknown[] }>().items.length > 0, {
      limitMs: 5_000,
    });
    await as.ann('redrive', { path: { caseId, deadLetterId }, body: { reason: 'once more' } });
    await stageOf(caseId, 'parked');
    const again = { caseId, deadLetterId: 'd2' };
    await until(
      async () => (await as.ann('discard', { path: again, body: { reason: 'hopeless' } })).statusCode === 200,
      { limitMs: 15_000 },
    );
    expect((await as.shop('cancelCase', { path })).statusCode).toBeLessThan(500);
  });
});

describe('a decision', () => {
  test('is of whoever has authenticated, for the digest that was shown, once (F09, F10)', async () => {
    const { caseId, review } = await openWithReview('shop');
    const inbox = await as.ann('listReviews', { query: { pool: 'finance' } });
    expect(inbox.json<{ items: unknown[] }>().items).toContainEqual(
      expect.objectContaining({
        caseId,
        review: expect.objectContaining({ digest: review.digest }) as unknown,
      }),
    );
    const path = { caseId, reviewId: review.id };
    const body = { digest: review.digest, decision: 'approve', reason: 'fine' };
    expect(await problem('bob', 'decide', { path, body: { ...body, digest: 'a'.repeat(64) } })).toEqual([
      409,
      'REVIEW_STALE',
    ]);
    expect(await problem('stranger', 'decide', { path, body })).toEqual([403, 'REVIEW_FORBIDDEN']);
    expect((await as.ann('decide', { path, body })).json()).toMatchObject({ accepted: true });
    expect((await as.ann('decide', { path, body })).statusCode).toBe(200);
    const late = await as.bob('decide', { path, body: { ...body, decision: 'reject' } });
    expect(late.json()).toMatchObject({ status: 409, code: 'REVIEW_DECIDED' });
    expect(late.json<{ detail: string }>().detail).toContain('ann: approve');
    expect((await baton.show(caseId)).reviews[0]?.decision).toMatchObject({ by: 'ann' });
  });

  test('cannot be given in the name of somebody else', async () => {
    const { caseId, review } = await openWithReview('shop');
    const response = await app.inject({
      method: 'POST',
      url: `/cases/${caseId}/reviews/${review.id}/decision`,
      headers: { authorization: `Bearer ${keyOf('stranger')}` },
      payload: { digest: review.digest, decision: 'approve', reason: 'fine', by: 'ann' },
    });
    expect(response.json()).toMatchObject({ status: 400, code: 'INPUT_INVALID' });
    expect(response.json<{ detail: string }>().detail).toContain('"by"');
    expect((await baton.show(caseId)).reviews[0]?.status).toBe('open');
  });

  test('is not for users, services and administrators', async () => {
    const { caseId, review } = await openWithReview('shop');
    const given = {
      path: { caseId, reviewId: review.id },
      body: { digest: review.digest, decision: 'approve', reason: 'x' },
    };
    for (const by of ['uma', 'shop', 'root'] as const)
      expect(await problem(by, 'decide', given)).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
  });

  test('of a pool that is not theirs is not in the inbox of a person', async () => {
    expect(await problem('narrow', 'listReviews', { query: { pool: 'finance' } })).toEqual([
      403,
      'PRINCIPAL_FORBIDDEN',
    ]);
    expect((await as.narrow('listReviews')).json()).toEqual({ items: [], unanswered: [] });
  });
});

describe('another tenant', () => {
  const body = {
    say: { text: 'x' },
    askForHuman: {},
    claimCase: {},
    reply: { text: 'x' },
    giveBack: { note: 'x' },
    resolve: { outcome: 'x', note: 'x' },
    cancelCase: {},
    verifyCase: {},
    decide: { digest: 'a'.repeat(64), decision: 'approve', reason: 'x' },
    redrive: { reason: 'x' },
    discard: { reason: 'x' },
  } as const;
  const operations: readonly (readonly [string, PrincipalName, PrincipalName])[] = [
    ...(['readStatus', 'readTranscript', 'say', 'askForHuman', 'cancelCase'] as const).map(
      (one) => [one, 'shop', 'acme-shop'] as const,
    ),
    ...(['showCase', 'decide', 'claimCase', 'reply', 'giveBack', 'resolve'] as const).map(
      (one) => [one, 'ann', 'acme-ann'] as const,
    ),
    ...(['listDeadLettersOfCase', 'redrive', 'discard'] as const).map(
      (one) => [one, 'ann', 'acme-ann'] as const,
    ),
    ['verifyCase', 'root', 'acme-root'] as const,
  ];
  const pathFor = (operation: string, caseId: string): Record<string, string> => ({
    caseId,
    ...(operation === 'decide' ? { reviewId: 'r1' } : {}),
    ...(operation === 'redrive' || operation === 'discard' ? { deadLetterId: 'd1' } : {}),
  });

  test('is not let in to a case anywhere, in either direction, and learns nothing', async () => {
    const ours = await open('shop');
    const theirs = await open('acme-shop');
    expect(theirs).toMatch(/^acme~case-/);
    for (const [operation, home, foreign] of operations) {
      const given = (caseId: string): Parameters<DocumentClient>[1] => ({
        path: pathFor(operation, caseId),
        ...(operation in body ? { body: body[operation as keyof typeof body] } : {}),
      });
      expect([operation, ...(await problem(foreign, operation, given(ours)))]).toEqual([
        operation,
        404,
        'CASE_UNKNOWN',
      ]);
      expect([operation, ...(await problem(home, operation, given(theirs)))]).toEqual([
        operation,
        404,
        'CASE_UNKNOWN',
      ]);
    }
    for (const caseId of [ours, theirs]) expect((await baton.status(caseId)).stage).toBe('waiting-user');
    const told = async (by: PrincipalName, caseId: string): Promise<string> =>
      (await as[by]('readStatus', { path: { caseId } }))
        .json<{ detail: string }>()
        .detail.replaceAll(caseId, 'X');
    expect(await told('shop', theirs)).toBe(await told('shop', 'acme~case-that-is-not'));
  });

  test('sees its own cases alone in lists, inboxes and dead letters', async () => {
    const { caseId: ours } = await openWithReview('shop');
    const { caseId: theirs } = await openWithReview('acme-shop');
    const idsOf = async (by: PrincipalName, operation: string): Promise<readonly string[]> =>
      (await as[by](operation)).json<{ items: { caseId: string }[] }>().items.map((one) => one.caseId);
    for (const operation of ['listCases', 'listReviews']) {
      await until(
        async () =>
          (await idsOf('ann', operation)).includes(ours) &&
          (await idsOf('acme-ann', operation)).includes(theirs),
        { limitMs: 5_000 },
      );
      expect(await idsOf('ann', operation)).not.toContain(theirs);
      expect(await idsOf('acme-ann', operation)).not.toContain(ours);
    }
  });

  test('reaches a case of its own by the short id too, and cannot take the id of another', async () => {
    const caseId = await open('acme-shop', { caseId: 'order-77' });
    expect(caseId).toBe('acme~order-77');
    expect((await as['acme-shop']('readStatus', { path: { caseId: 'order-77' } })).json()).toMatchObject({
      caseId,
    });
    expect(await problem('shop', 'readStatus', { path: { caseId: 'order-77' } })).toEqual([
      404,
      'CASE_UNKNOWN',
    ]);
    expect(await problem('shop', 'openCase', { body: { ...opening, caseId: 'acme~order-78' } })).toEqual([
      400,
      'INPUT_INVALID',
    ]);
  });
});

describe('a user', () => {
  test('has cases of their own, and no others', async () => {
    const caseId = await open('uma');
    const path = { caseId };
    expect((await baton.show(caseId)).user).toMatchObject({ id: 'uma' });
    expect((await as.uma('readStatus', { path })).statusCode).toBe(200);
    await as.uma('say', { path, body: { text: 'hi' } });
    for (const operation of ['readStatus', 'readTranscript', 'askForHuman'])
      expect(await problem('vic', operation, { path })).toEqual([404, 'CASE_UNKNOWN']);
    expect(await problem('vic', 'say', { path, body: { text: 'x' } })).toEqual([404, 'CASE_UNKNOWN']);
    for (const operation of ['showCase', 'cancelCase', 'listDeadLettersOfCase'])
      expect(await problem('uma', operation, { path })).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
    expect(await problem('uma', 'listCases', {})).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
  });

  test('reaches what a service opened for them', async () => {
    const caseId = await open('shop', { user: { id: 'vic' } });
    expect((await as.vic('readStatus', { path: { caseId } })).statusCode).toBe(200);
    expect(await problem('uma', 'readStatus', { path: { caseId } })).toEqual([404, 'CASE_UNKNOWN']);
  });

  test('opens cases for nobody else', async () => {
    const body = { ...opening, user: { id: 'vic' } };
    expect(await problem('uma', 'openCase', { body })).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
  });
});

describe('an idempotency key', () => {
  test('makes a repeat the same request, and refuses another (F07)', async () => {
    const headers = { 'idempotency-key': 'order-9' };
    const body = { ...opening, message: hello };
    const first = await as.shop('openCase', { body, headers });
    const again = await as.shop('openCase', { body, headers });
    expect([again.statusCode, again.body]).toEqual([first.statusCode, first.body]);
    const other = await as.shop('openCase', { body: { ...body, team: 'other-desk' }, headers });
    expect(other.json()).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    const theirs = await as['acme-shop']('openCase', { body, headers });
    expect(theirs.json<{ caseId: string }>().caseId).not.toBe(first.json<{ caseId: string }>().caseId);
  });

  test('counts in another process of the service too, which has none of its answers', async () => {
    const headers = { 'idempotency-key': 'order-10' };
    const first = await as.shop('openCase', { body: { ...opening, message: hello }, headers });
    const { caseId } = first.json<{ caseId: string }>();
    await as.shop('say', {
      path: { caseId },
      body: { text: 'once' },
      headers: { 'idempotency-key': 'say-1' },
    });
    const other = await createService({ baton, access: accessForAll() });
    const elsewhere = await clientOfDocument(other, keyOf('shop'));
    const again = await elsewhere('openCase', { body: { ...opening, message: hello }, headers });
    expect(again.json()).toMatchObject({ caseId, joined: true });
    await elsewhere('say', {
      path: { caseId },
      body: { text: 'once' },
      headers: { 'idempotency-key': 'say-1' },
    });
    const third = await createService({ baton, access: accessForAll() });
    const clash = await (
      await clientOfDocument(third, keyOf('shop'))
    )('say', {
      path: { caseId },
      body: { text: 'twice' },
      headers: { 'idempotency-key': 'say-1' },
    });
    expect(clash.json()).toMatchObject({ status: 409, code: 'MESSAGE_CONFLICT' });
    const said = (await baton.transcript(caseId)).filter(({ text }) => text === 'once');
    expect(said).toHaveLength(1);
    await Promise.all([other.close(), third.close()]);
  });
});

test('a workflow that is no case is not there', async () => {
  await desk.client.workflow.start('something-else', { workflowId: 'no-case', taskQueue: 'nobody' });
  for (const operation of ['readStatus', 'cancelCase', 'say'])
    expect(
      await problem('shop', operation, {
        path: { caseId: 'no-case' },
        ...(operation === 'say' ? { body: { text: 'x' } } : {}),
      }),
    ).toEqual([404, 'CASE_UNKNOWN']);
  expect((await desk.client.workflow.getHandle('no-case').describe()).status.name).toBe('RUNNING');
});
