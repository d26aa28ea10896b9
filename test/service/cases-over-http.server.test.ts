import { until } from '../../scripts/ports.ts';
import { createService } from '../../service/http/create-service.ts';
import { clientOfDocument } from './document-client.ts';
import { administrationOverHttp } from './administration-over-http.ts';
import { budgetsOverHttp } from './budgets-over-http.ts';
import { decisionsOverHttp } from './decisions-over-http.ts';
import { opening, startHttpBed, type HttpBed } from './http-bed.ts';
import { accessForAll, keyOf } from './principals.ts';

let bed: HttpBed;
let as: HttpBed['as'];
beforeAll(async () => {
  bed = await startHttpBed();
  ({ as } = bed);
});
afterAll(() => bed.stop());

describe('a case over HTTP, by what the document says', () => {
  test('is opened, spoken in, looked at, listed and verified', async () => {
    const caseId = await bed.open('shop');
    const path = { caseId };
    await bed.stageOf(caseId, 'waiting-user');
    await as.shop('say', { path, body: { text: 'how are you?' } });
    await until(async () => (await bed.baton.transcript(caseId)).length === 4, { limitMs: 60_000 });
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
    await until(listed, { limitMs: 60_000 });
    expect((await as.root('verifyCase', { path })).json()).toMatchObject({ ok: true });
    expect((await as.root('ready')).json()).toEqual({ ok: true, server: true });
  });

  test('hears what is said aloud and takes files, as the client does', async () => {
    const stored = {
      mediaType: 'audio/ogg',
      bytes: 9,
      digest: 'b'.repeat(64),
      uri: 'https://files.example.com/1',
    };
    const voice = { confidence: 0.7, durationMs: 900, audio: stored };
    const caseId = await bed.open('shop', { message: { id: 'm-1', kind: 'voice', text: 'hello', voice } });
    const path = { caseId };
    await bed.stageOf(caseId, 'waiting-user');
    const file = { ...stored, mediaType: 'image/png', name: 'bill.png' };
    await as.shop('say', { path, body: { kind: 'file', messageId: 'm-2', file } });
    await as.shop('say', { path, body: { kind: 'voice', messageId: 'm-3', text: 'and now?', voice } });
    const { items } = (await as.shop('readTranscript', { path })).json<{ items: { id: string }[] }>();
    const said = items.filter(({ id }) => id.startsWith('m-'));
    expect(said).toMatchObject([
      { id: 'm-1', kind: 'voice', text: 'hello', voice },
      { id: 'm-2', kind: 'file', text: '', file },
      { id: 'm-3', kind: 'voice', voice },
    ]);
    const bad = { method: 'POST', url: `/cases/${caseId}/messages` } as const;
    for (const payload of [
      { kind: 'voice', text: 'without its recording' },
      { kind: 'file', file: { ...file, uri: 'data:text/plain,x' } },
      { kind: 'text', text: 'x', file },
    ]) {
      const headers = { authorization: `Bearer ${keyOf('shop')}` };
      const refused = await bed.app.inject({ ...bad, headers, payload });
      expect(refused.json()).toMatchObject({ status: 400, code: 'INPUT_INVALID' });
    }
  });

  test('shows what an edge has masked to whom its team allows it, on record', async () => {
    const caseId = await bed.open('shop', { message: { id: 'm-1', text: 'billing jane@example.com' } });
    const path = { caseId };
    await until(async () => (await bed.baton.status(caseId)).owner === 'billing', { limitMs: 60_000 });
    await bed.stageOf(caseId, 'waiting-user');
    const shown = (await as.ann('showCase', { path })).json<{ unmaskable: { fields: string[] }[] }>();
    expect(shown.unmaskable[0]?.fields).toContain('facts.orderId');
    const wish = { path, body: { field: 'facts.orderId', reason: 'she is on the phone' } };
    const unmasked = (await as.ann('unmask', wish)).json<{ values: string[]; grantId: string }>();
    expect(unmasked).toMatchObject({ caseId, field: 'facts.orderId', values: ['jane@example.com'] });
    const used = { path: { caseId, grantId: unmasked.grantId } };
    expect(await bed.problem('ann', 'redeemGrant', used)).toEqual([409, 'GRANT_USED']);
    expect(await bed.problem('bob', 'redeemGrant', used)).toEqual([403, 'UNMASK_FORBIDDEN']);
    expect(await bed.problem('bob', 'unmask', wish)).toEqual([403, 'UNMASK_FORBIDDEN']);
    expect(await bed.problem('root', 'unmask', wish)).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
    const other = { ...wish, body: { ...wish.body, field: 'facts.amount' } };
    expect(await bed.problem('ann', 'unmask', other)).toEqual([404, 'FIELD_NOT_MASKED']);
    const rows = await bed.desk.ledger.read((await bed.baton.status(caseId)).trace);
    const granted = rows.filter(({ kind }) => kind === 'unmask-granted');
    expect(granted.map(({ content }) => content)).toMatchObject([{ by: 'ann', field: 'facts.orderId' }]);
  });

  test('that no policy decides has none to switch, and tells staff alone', async () => {
    const path = { caseId: await bed.open('shop') };
    const body = { version: '1.1.0', digest: 'a'.repeat(64), reason: 'fewer guesses' };
    await bed.stageOf(path.caseId, 'waiting-user');
    expect(await bed.problem('ann', 'switchPolicy', { path, body })).toEqual([409, 'REQUEST_FORBIDDEN']);
    expect(await bed.problem('shop', 'switchPolicy', { path, body })).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
  });

  test('is taken over, whispered about, put into other hands and let go of', async () => {
    const path = { caseId: await bed.open('shop') };
    await bed.stageOf(path.caseId, 'waiting-user');
    await as.bob('whisper', { path, body: { note: 'be kind' } });
    await as.ann('takeOverCase', { path, body: { reason: 'she called me' } });
    await bed.stageOf(path.caseId, 'human');
    expect(await bed.problem('bob', 'releaseCase', { path, body: {} })).toEqual([409, 'CLAIMED_BY_OTHER']);
    await as.ann('reassignCase', { path, body: { to: 'bob', reason: 'he knows her' } });
    expect((await as.ann('showCase', { path })).json()).toMatchObject({
      claimedBy: 'bob',
      whispers: [{ by: 'bob', note: 'be kind' }],
    });
    await as.bob('releaseCase', { path, body: { note: 'gone home' } });
    expect((await as.ann('showCase', { path })).json()).not.toHaveProperty('claimedBy');
  });

  test('goes to people, who claim it, speak, give it back, and end it', async () => {
    const caseId = await bed.open('shop');
    const path = { caseId };
    await as.shop('askForHuman', { path, body: { reason: 'please' } });
    await bed.stageOf(caseId, 'human');
    expect((await as.ann('claimCase', { path })).json()).toMatchObject({ accepted: true });
    expect(await bed.problem('bob', 'claimCase', { path })).toEqual([409, 'CLAIMED_BY_OTHER']);
    await as.ann('reply', { path, body: { text: 'Ann here' } });
    await as.ann('giveBack', { path, body: { note: 'nothing to do', facts: { orderId: 'O-2' } } });
    await until(async () => (await bed.baton.status(caseId)).owner === 'triage', { limitMs: 60_000 });
    await as.shop('askForHuman', { path });
    await bed.stageOf(caseId, 'human');
    await as.ann('resolve', { path, body: { outcome: 'helped', note: 'done' } });
    await bed.stageOf(caseId, 'closed');
    expect(await bed.problem('shop', 'say', { path, body: { text: 'one more' } })).toEqual([
      410,
      'CASE_CLOSED',
    ]);
    const { transcript } = await bed.baton.show(caseId);
    expect(transcript.find(({ from }) => from.kind === 'person')?.from).toMatchObject({ name: 'ann' });
  });

  test('has dead letters, which a person tries again or gives up', async () => {
    const caseId = await bed.open('shop', { message: { id: 'm-1', text: 'fail' } });
    await bed.stageOf(caseId, 'parked');
    const path = { caseId };
    const { items } = (await as.ann('listDeadLettersOfCase', { path })).json<{
      items: { deadLetter: { id: string } }[];
    }>();
    const deadLetterId = items[0]?.deadLetter.id ?? '';
    await until(async () => (await as.ann('listDeadLetters')).json<{ items: unknown[] }>().items.length > 0, {
      limitMs: 60_000,
    });
    await as.ann('redrive', { path: { caseId, deadLetterId }, body: { reason: 'once more' } });
    await bed.stageOf(caseId, 'parked');
    const again = { caseId, deadLetterId: 'd2' };
    await until(
      async () => (await as.ann('discard', { path: again, body: { reason: 'hopeless' } })).statusCode === 200,
      { limitMs: 60_000 },
    );
    expect((await as.shop('cancelCase', { path })).statusCode).toBeLessThan(500);
  });
});

describe('a decision', () => {
  decisionsOverHttp(() => bed);
});

describe('an administrator', () => {
  administrationOverHttp(() => bed);
});

describe('budgets', () => {
  budgetsOverHttp(() => bed);
});

describe('an idempotency key', () => {
  test('makes a repeat the same request, and refuses another (F07)', async () => {
    const headers = { 'idempotency-key': 'order-9' };
    const body = { ...opening, message: { id: 'm-1', text: 'hello' } };
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
    const first = await as.shop('openCase', {
      body: { ...opening, message: { id: 'm-1', text: 'hello' } },
      headers,
    });
    const { caseId } = first.json<{ caseId: string }>();
    await as.shop('say', {
      path: { caseId },
      body: { text: 'once' },
      headers: { 'idempotency-key': 'say-1' },
    });
    const other = await createService({ baton: bed.baton, access: accessForAll() });
    const elsewhere = await clientOfDocument(other, keyOf('shop'));
    const again = await elsewhere('openCase', {
      body: { ...opening, message: { id: 'm-1', text: 'hello' } },
      headers,
    });
    expect(again.json()).toMatchObject({ caseId, joined: true });
    await elsewhere('say', {
      path: { caseId },
      body: { text: 'once' },
      headers: { 'idempotency-key': 'say-1' },
    });
    const third = await createService({ baton: bed.baton, access: accessForAll() });
    const clash = await (
      await clientOfDocument(third, keyOf('shop'))
    )('say', {
      path: { caseId },
      body: { text: 'twice' },
      headers: { 'idempotency-key': 'say-1' },
    });
    expect(clash.json()).toMatchObject({ status: 409, code: 'MESSAGE_CONFLICT' });
    const said = (await bed.baton.transcript(caseId)).filter(({ text }) => text === 'once');
    expect(said).toHaveLength(1);
    await Promise.all([other.close(), third.close()]);
  });
});

test('a workflow that is no case is not there', async () => {
  await bed.desk.client.workflow.start('something-else', { workflowId: 'no-case', taskQueue: 'nobody' });
  for (const operation of ['readStatus', 'cancelCase', 'say'])
    expect(
      await bed.problem('shop', operation, {
        path: { caseId: 'no-case' },
        ...(operation === 'say' ? { body: { text: 'x' } } : {}),
      }),
    ).toEqual([404, 'CASE_UNKNOWN']);
  expect((await bed.desk.client.workflow.getHandle('no-case').describe()).status.name).toBe('RUNNING');
});
