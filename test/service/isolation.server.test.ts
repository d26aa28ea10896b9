import { until } from '../../scripts/ports.ts';
import type { Given } from './document-client.ts';
import { opening, startHttpBed, type HttpBed } from './http-bed.ts';
import type { PrincipalName } from './principals.ts';

let bed: HttpBed;
let as: HttpBed['as'];
beforeAll(async () => {
  bed = await startHttpBed();
  ({ as } = bed);
});
afterAll(() => bed.stop());

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
    releaseCase: {},
    reassignCase: { to: 'bob', reason: 'x' },
    takeOverCase: { reason: 'x' },
    whisper: { note: 'x' },
    unmask: { field: 'facts.x', reason: 'x' },
    redeemGrant: {},
    switchPolicy: { version: '1.0.0', digest: 'a'.repeat(64), reason: 'x' },
  } as const;
  const operations: readonly (readonly [string, PrincipalName, PrincipalName])[] = [
    ...(['readStatus', 'readTranscript', 'say', 'askForHuman', 'cancelCase'] as const).map(
      (one) => [one, 'shop', 'acme-shop'] as const,
    ),
    ...(['showCase', 'decide', 'claimCase', 'reply', 'giveBack', 'resolve'] as const).map(
      (one) => [one, 'ann', 'acme-ann'] as const,
    ),
    ...(['releaseCase', 'reassignCase', 'takeOverCase', 'whisper'] as const).map(
      (one) => [one, 'ann', 'acme-ann'] as const,
    ),
    ...(['unmask', 'redeemGrant', 'switchPolicy'] as const).map((one) => [one, 'ann', 'acme-ann'] as const),
    ...(['listDeadLettersOfCase', 'redrive', 'discard'] as const).map(
      (one) => [one, 'ann', 'acme-ann'] as const,
    ),
    ['verifyCase', 'root', 'acme-root'] as const,
    ['readHistory', 'root', 'acme-root'] as const,
    ['readResult', 'shop', 'acme-shop'] as const,
  ];
  const pathFor = (operation: string, caseId: string): Record<string, string> => ({
    caseId,
    ...(operation === 'decide' ? { reviewId: 'r1' } : {}),
    ...(operation === 'redeemGrant' ? { grantId: 'u1' } : {}),
    ...(operation === 'redrive' || operation === 'discard' ? { deadLetterId: 'd1' } : {}),
  });

  test('is not let in to a case anywhere, in either direction, and learns nothing', async () => {
    const ours = await bed.open('shop');
    const theirs = await bed.open('acme-shop');
    expect(theirs).toMatch(/^acme~case-/);
    for (const [operation, home, foreign] of operations) {
      const given = (caseId: string): Given => ({
        path: pathFor(operation, caseId),
        ...(operation in body ? { body: body[operation as keyof typeof body] } : {}),
      });
      expect([operation, ...(await bed.problem(foreign, operation, given(ours)))]).toEqual([
        operation,
        404,
        'CASE_UNKNOWN',
      ]);
      expect([operation, ...(await bed.problem(home, operation, given(theirs)))]).toEqual([
        operation,
        404,
        'CASE_UNKNOWN',
      ]);
    }
    for (const caseId of [ours, theirs]) expect((await bed.baton.status(caseId)).stage).toBe('waiting-user');
    const told = async (by: PrincipalName, caseId: string): Promise<string> =>
      (await as[by]('readStatus', { path: { caseId } }))
        .json<{ detail: string }>()
        .detail.replaceAll(caseId, 'X');
    expect(await told('shop', theirs)).toBe(await told('shop', 'acme~case-that-is-not'));
  });

  test('sees its own cases alone in lists, inboxes and dead letters', async () => {
    const { caseId: ours } = await bed.openWithReview('shop');
    const { caseId: theirs } = await bed.openWithReview('acme-shop');
    const idsOf = async (by: PrincipalName, operation: string): Promise<readonly string[]> =>
      (await as[by](operation)).json<{ items: { caseId: string }[] }>().items.map((one) => one.caseId);
    for (const operation of ['listCases', 'listReviews']) {
      await until(
        async () =>
          (await idsOf('ann', operation)).includes(ours) &&
          (await idsOf('acme-ann', operation)).includes(theirs),
        { limitMs: 60_000 },
      );
      expect(await idsOf('ann', operation)).not.toContain(theirs);
      expect(await idsOf('acme-ann', operation)).not.toContain(ours);
    }
  });

  test('reaches a case of its own by the short id too, and cannot take the id of another', async () => {
    const caseId = await bed.open('acme-shop', { caseId: 'order-77' });
    expect(caseId).toBe('acme~order-77');
    expect((await as['acme-shop']('readStatus', { path: { caseId: 'order-77' } })).json()).toMatchObject({
      caseId,
    });
    expect(await bed.problem('shop', 'readStatus', { path: { caseId: 'order-77' } })).toEqual([
      404,
      'CASE_UNKNOWN',
    ]);
    expect(await bed.problem('shop', 'openCase', { body: { ...opening, caseId: 'acme~order-78' } })).toEqual([
      400,
      'INPUT_INVALID',
    ]);
  });
});

describe('a user', () => {
  test('has cases of their own, and no others', async () => {
    const caseId = await bed.open('uma');
    const path = { caseId };
    expect((await bed.baton.show(caseId)).user).toMatchObject({ id: 'uma' });
    expect((await as.uma('readStatus', { path })).statusCode).toBe(200);
    await as.uma('say', { path, body: { text: 'hi' } });
    for (const operation of ['readStatus', 'readTranscript', 'askForHuman'])
      expect(await bed.problem('vic', operation, { path })).toEqual([404, 'CASE_UNKNOWN']);
    expect(await bed.problem('vic', 'say', { path, body: { text: 'x' } })).toEqual([404, 'CASE_UNKNOWN']);
    for (const operation of ['showCase', 'cancelCase', 'listDeadLettersOfCase'])
      expect(await bed.problem('uma', operation, { path })).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
    expect(await bed.problem('uma', 'listCases', {})).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
  });

  test('reaches what a service opened for them', async () => {
    const caseId = await bed.open('shop', { user: { id: 'vic' } });
    expect((await as.vic('readStatus', { path: { caseId } })).statusCode).toBe(200);
    expect(await bed.problem('uma', 'readStatus', { path: { caseId } })).toEqual([404, 'CASE_UNKNOWN']);
  });

  test('opens cases for nobody else', async () => {
    const body = { ...opening, user: { id: 'vic' } };
    expect(await bed.problem('uma', 'openCase', { body })).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
  });
});
