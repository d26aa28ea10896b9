import { createBatonClient } from '../../client/index.ts';
import { until } from '../../scripts/ports.ts';
import { createService } from '../../service/http/create-service.ts';
import { memoryContext } from '../support/memory-context.ts';
import { startHttpBed, type HttpBed } from './http-bed.ts';
import { accessForAll, keyOf, type PrincipalName } from './principals.ts';
import { readEvents, type EventReader } from './read-events.ts';

let bed: HttpBed;
let address: string;
const readers: EventReader[] = [];
beforeAll(async () => {
  bed = await startHttpBed();
  address = await bed.app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => {
  for (const reader of readers.splice(0)) reader.leave();
});
afterAll(() => bed.stop());

async function follow(by: PrincipalName, path: string, headers: object = {}): Promise<EventReader> {
  const reader = await readEvents(`${address}${path}`, { authorization: `Bearer ${keyOf(by)}`, ...headers });
  readers.push(reader);
  return reader;
}

test('the stream of progress has what a feed has, and goes on after the last offset that a browser had', async () => {
  const caseId = await bed.open('shop');
  const { trace } = await bed.baton.status(caseId);
  const context = memoryContext();
  const of = { agent: 'triage', turn: 1 };
  await context.appendProgress({ trace, caseId }, [
    { kind: 'began', ...of, attempt: 1 },
    { kind: 'text', ...of, attempt: 1, text: 'One' },
  ]);
  const { client } = bed.desk;
  const app = await createService({ baton: createBatonClient({ client, context }), access: accessForAll() });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const open = async (headers: object = {}): Promise<EventReader> => {
    const authorization = `Bearer ${keyOf('shop')}`;
    const reader = await readEvents(`${url}/cases/${caseId}/progress`, { authorization, ...headers });
    readers.push(reader);
    return reader;
  };
  try {
    const first = await open();
    const begun = await first.readUntil(({ event }) => event === 'text');
    expect(begun.map(({ id, event }) => [id, event])).toEqual([
      ['1', 'began'],
      ['2', 'text'],
    ]);
    await context.appendProgress({ trace, caseId }, [{ kind: 'restarted', ...of, attempt: 2 }]);
    await first.readUntil(({ event }) => event === 'restarted');
    const second = await open({ 'last-event-id': '2' });
    await bed.as.shop('say', { path: { caseId }, body: { text: 'finish' } });
    const rest = await second.readUntil(({ event }) => event === 'end');
    expect(rest.map(({ event }) => event)).toEqual(['restarted', 'end']);
    expect(rest[0]?.data).toEqual({ offset: 3, kind: 'restarted', ...of, attempt: 2 });
  } finally {
    await app.close();
  }
});

describe('the stream of a case', () => {
  test('has its rows in order and without gaps, with what was said, until it ends', async () => {
    const caseId = await bed.open('shop');
    const stream = await follow('shop', `/cases/${caseId}/events`);
    const begun = await stream.readUntil(({ event }) => event === 'message-sent');
    await bed.as.shop('say', { path: { caseId }, body: { text: 'finish well' } });
    const rest = await stream.readUntil(({ event }) => event === 'case-closed');
    const all = [...begun, ...rest];
    expect(all.map(({ id }) => Number(id))).toEqual(all.map((_, index) => index + 1));
    const said = all.filter(({ event }) => event.startsWith('message-')).map(({ data }) => data['message']);
    expect(said).toEqual([
      expect.objectContaining({ text: 'hello', from: { kind: 'user' } }),
      expect.objectContaining({ text: 'you said: hello' }),
      expect.objectContaining({ text: 'finish well' }),
    ]);
    await stream.readUntil(({ event }) => event === 'end');
  });

  test('goes on after the last event that a browser had, exactly there', async () => {
    const caseId = await bed.open('shop');
    const first = await follow('shop', `/cases/${caseId}/events`);
    const begun = await first.readUntil(({ event }) => event === 'message-sent');
    const last = begun.at(-1)?.id ?? '';
    first.leave();
    await bed.as.shop('say', { path: { caseId }, body: { text: 'finish' } });
    await bed.stageOf(caseId, 'closed');
    const second = await follow('shop', `/cases/${caseId}/events?after=0`, { 'last-event-id': last });
    const rest = await second.readUntil(({ event }) => event === 'end');
    expect(rest[0]?.id).toBe(String(Number(last) + 1));
    expect(rest.map(({ event }) => event)).toContain('case-closed');
  });

  test('tells a user what concerns them, and not what agents and people do inside', async () => {
    const caseId = await bed.open('uma', { message: { id: 'm-1', text: 'billing O-1' } });
    await until(async () => (await bed.baton.status(caseId)).owner === 'billing', { limitMs: 60_000 });
    await bed.as.uma('say', { path: { caseId }, body: { text: 'finish' } });
    await bed.stageOf(caseId, 'closed');
    const whole = await follow('ann', `/cases/${caseId}/events`);
    const inside = await whole.readUntil(({ event }) => event === 'end');
    const own = await follow('uma', `/cases/${caseId}/events`);
    const seen = await own.readUntil(({ event }) => event === 'end');
    expect(inside.map(({ event }) => event)).toContain('turn-completed');
    expect(seen.map(({ event }) => event)).not.toContain('turn-completed');
    expect(seen.find(({ event }) => event === 'handoff-accepted')?.data).toMatchObject({
      owner: 'billing',
      content: {},
    });
  });

  test('is for those alone who may see the case', async () => {
    const caseId = await bed.open('uma');
    const path = `/cases/${caseId}/events`;
    expect((await follow('vic', path)).status).toBe(404);
    expect((await follow('acme-shop', path)).status).toBe(404);
    expect((await follow('shop', '/reviews/events')).status).toBe(403);
    expect((await follow('narrow', '/reviews/events?pool=finance')).status).toBe(403);
    expect((await follow('shop', `${path}?after=x`)).status).toBe(400);
  });
});

describe('the stream of an inbox', () => {
  test('begins with what is open, and tells of a review and its end at once', async () => {
    const { caseId: before } = await bed.openWithReview('shop');
    const stream = await follow('ann', '/reviews/events?pool=finance');
    await stream.readUntil(({ event, data }) => event === 'review-opened' && data['caseId'] === before);
    const { caseId, review } = await bed.openWithReview('shop');
    const came = await stream.readUntil(({ data }) => data['caseId'] === caseId);
    expect(came.at(-1)).toMatchObject({
      event: 'review-opened',
      data: { review: { digest: review.digest } },
    });
    await bed.as.ann('decide', {
      path: { caseId, reviewId: review.id },
      body: { digest: review.digest, decision: 'reject', reason: 'no' },
    });
    const closed = await stream.readUntil(({ event }) => event === 'review-closed');
    expect(closed.at(-1)?.data).toEqual({ caseId, reviewId: review.id, pool: 'finance' });
  });

  test('has no review of another tenant', async () => {
    const theirs = await bed.openWithReview('acme-shop');
    const ours = await bed.openWithReview('shop');
    const stream = await follow('acme-ann', '/reviews/events');
    const came = await stream.readUntil(({ data }) => data['caseId'] === theirs.caseId);
    expect(came.map(({ data }) => data['caseId'])).not.toContain(ours.caseId);
  });
});

test('a principal has so many streams at once, and a service that stops ends them', async () => {
  const small = await createService({ baton: bed.baton, access: accessForAll({ streamsAtOnce: 1 }) });
  const at = await small.listen({ port: 0, host: '127.0.0.1' });
  const headers = { authorization: `Bearer ${keyOf('ann')}` };
  const first = await readEvents(`${at}/reviews/events`, headers);
  const second = await readEvents(`${at}/reviews/events`, headers);
  expect([first.status, second.status]).toEqual([200, 429]);
  await small.close();
  await expect(first.readUntil(() => false)).rejects.toThrow();
});
