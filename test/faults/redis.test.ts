/**
 * Redis flushed, killed, stopped or lying (F06): the durable store answers, with the same digests. Whether Redis
 * answered or the durable store did is seen by taking the rows away from the durable one behind everybody's back.
 */
import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import type { ContextCase, ContextReference } from '../../contract/context.ts';
import { contextText } from '../../contract/context.ts';
import type { ContextStore } from '../../contract/ports.ts';
import { startRedis, type OwnedRedis } from '../../scripts/redis.ts';
import { contextBehindRedis } from '../stores/context-behind-redis.ts';
import { casesFor, getValue, messagesOf, putValue } from '../stores/context-cases.ts';
import { openContext, type ContextPlace } from '../stores/context-places.ts';
import { embeddedStores } from '../stores/stores-under-test.ts';

const stores = contextBehindRedis(embeddedStores());
beforeAll(stores.start);
afterAll(stores.stop);

/** A read may wait for Redis once, a tenth of a second; a second is a wide margin on a busy machine. */
const SHORT_MS = 1_000;

let place: ContextPlace;
let context: ContextStore;
let ann: ContextCase;
let reference: ContextReference;
const value = { name: 'Ann Castafiore', order: { id: 'o1' } };

beforeEach(async () => {
  place = await stores.freshPlace();
  context = await openContext(place);
  ({ ann } = casesFor(randomUUID()));
  reference = await putValue(context, ann, 'facts', value);
  await context.write({ case: ann, messages: messagesOf(1, 5) });
});
afterEach(() => context.close());

/** Commands that a Redis has carried out since it started, this question and what opens its connection among them. */
async function commandsTaken(url: string): Promise<number> {
  const client = clientOf(url);
  await client.connect();
  try {
    return Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
  } finally {
    client.destroy();
  }
}

// Its type depends on what it is made with, and takes seconds to compare with another.
function clientOf(url: string) {
  return createClient({ url });
}

/** Runs commands on Redis as somebody with a client would. */
async function onRedis<Answer>(
  work: (client: ReturnType<typeof clientOf>) => Promise<Answer>,
): Promise<Answer> {
  const client = clientOf(stores.redis().url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

/** Reads everything the case has, and holds it against what was written. */
async function requireWhole(): Promise<void> {
  const found = await context.read({
    trace: ann.trace,
    values: [{ reference }, { reference, fields: ['name'] }],
    messages: { through: 5 },
  });
  expect(found).toEqual({ values: [value, { name: 'Ann Castafiore' }], messages: messagesOf(1, 5) });
  expect(contextText({ key: 'facts', value: found.values[0] ?? null, expectedVersion: 0 }).reference).toEqual(
    reference,
  );
}

/** Empties the durable tables: what is read afterwards came from Redis. */
async function emptyDurable(): Promise<void> {
  await stores.execute(place.url, 'DELETE FROM baton_context_values');
  await stores.execute(place.url, 'DELETE FROM baton_context_messages');
}

test('what was written is read from Redis alone', async () => {
  await emptyDurable();
  await requireWhole();
});

test('a flushed Redis is filled again from the durable store', async () => {
  await onRedis((client) => client.flushAll());
  await requireWhole();
  await emptyDurable();
  await requireWhole();
});

test('nothing is hot that the durable store refused', async () => {
  await expect(putValue(context, ann, 'facts', 'another')).rejects.toMatchObject({
    code: 'CONTEXT_CONFLICT',
  });
  await requireWhole();
});

test.each([
  ['an answer that is no JSON', (): string => '{'],
  ['JSON of another shape', (): string => '{"a":1}'],
  ['an empty list', (): string => '[]'],
  ['a changed text', (kept: string): string => kept.replace(/.{8}"]$/, 'AAAAAAAA"]')],
])('a lying Redis is not believed: %s', async (_, lie) => {
  await onRedis(async (client) => {
    const hash = `baton:context:${ann.trace}`;
    for (const [field, kept] of Object.entries(await client.hGetAll(hash)))
      await client.hSet(hash, field, lie(kept));
  });
  await requireWhole();
  // And the lie was replaced.
  await emptyDurable();
  await requireWhole();
});

test('a value of another case, put there under this one, is not believed', async () => {
  const { ben } = casesFor(randomUUID());
  await putValue(context, ben, 'facts', { name: 'Ben' });
  await onRedis((client) =>
    client.copy(`baton:context:${ben.trace}`, `baton:context:${ann.trace}`, { REPLACE: true }),
  );
  expect(await getValue(context, ann.trace, reference)).toEqual(value);
  await requireWhole();
});

test('a key of another type, and Redis out of memory, only mean that the durable store answers', async () => {
  await onRedis(async (client) => {
    await client.del(`baton:context:${ann.trace}`);
    await client.set(`baton:context:${ann.trace}`, 'x');
    await client.configSet('maxmemory', '1');
  });
  try {
    await requireWhole();
    await putValue(context, ann, 'more', 1);
  } finally {
    await onRedis((client) => client.configSet('maxmemory', '0'));
  }
});

test('what lies in Redis is not readable, and expires', async () => {
  await onRedis(async (client) => {
    const hash = `baton:context:${ann.trace}`;
    const kept = JSON.stringify(await client.hGetAll(hash));
    expect(kept).toContain('value:1:facts');
    expect(kept).not.toMatch(/Castafiore|ann@|நன்றி/);
    expect(await client.ttl(hash)).toBeGreaterThan(0);
  });
});

test('an erased person is gone from Redis, and a forgotten case too', async () => {
  const { ben } = casesFor(randomUUID());
  await putValue(context, ben, 'facts', 1);
  await context.erasePerson('ann@example.org');
  await context.forgetTrace(ben.trace);
  const left = await onRedis((client) =>
    client.exists([`baton:context:${ann.trace}`, `baton:context:${ben.trace}`]),
  );
  expect(left).toBe(0);
});

describe('a Redis that does not answer', () => {
  let mine: OwnedRedis;
  beforeEach(async () => {
    mine = await startRedis();
    await context.close();
    place = { ...place, hotUrl: mine.url };
    context = await openContext(place);
    await requireWhole();
  });
  afterEach(() => mine.stop());

  test('stopped (SIGSTOP): reads and writes go on, without hanging, and return to it when it goes on', async () => {
    const before = await commandsTaken(mine.url);
    mine.freeze();
    await requireWhole();
    await putValue(context, ann, 'more', 1);
    for (let read = 0; read < 20; read += 1) await requireWhole();
    mine.thaw();
    await requireWhole();
    // Who waits for Redis asks it first, and what it was asked it takes now: one wait a second at most, not twenty-two.
    expect((await commandsTaken(mine.url)) - before).toBeLessThan(15);
    expect(await getValue(context, ann.trace, (await context.latest(ann.trace, 'more')) ?? reference)).toBe(
      1,
    );
  });

  test('stopped while a person is erased: what it kept cannot be read when it goes on', async () => {
    mine.freeze();
    await context.erasePerson('ann@example.org');
    mine.thaw();
    const other = await openContext(place);
    for (const store of [context, other])
      await expect(store.read({ trace: ann.trace, values: [{ reference }] })).rejects.toMatchObject({
        code: 'PERSON_ERASED',
      });
    await other.close();
  });

  test('killed and started again empty: the same digests all the while', async () => {
    await mine.kill();
    const began = performance.now();
    await requireWhole();
    await putValue(context, ann, 'more', 1);
    expect(performance.now() - began).toBeLessThan(SHORT_MS);
    await mine.start();
    await requireWhole();
  });

  test('not there when a store is opened: the store opens', async () => {
    await mine.kill();
    await context.close();
    context = await openContext(place);
    await requireWhole();
  });

  test('stopped when a store is opened: the store opens', async () => {
    mine.freeze();
    await context.close();
    context = await openContext(place);
    await requireWhole();
  });
});

test('a password is asked for and never told', async () => {
  const guarded = await startRedis({ password: 'hush-hush' });
  try {
    const url = new URL(guarded.url);
    const refused = openContext({ ...place, hotUrl: guarded.url });
    await expect(refused).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    url.password = 'wrong-word';
    const wrong: unknown = await openContext({ ...place, hotUrl: url.href }).catch(
      (thrown: unknown) => thrown,
    );
    expect(wrong).toMatchObject({ code: 'CONFIGURATION_INVALID' });
    expect(String(wrong)).not.toContain('wrong-word');
    url.password = 'hush-hush';
    const allowed = await openContext({ ...place, hotUrl: url.href });
    expect(await getValue(allowed, ann.trace, reference)).toEqual(value);
    await allowed.close();
    await expect(openContext({ ...place, hotUrl: 'http://user:hush-hush@host' })).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.not.stringContaining('hush-hush') as string,
    });
  } finally {
    await guarded.stop();
  }
});
