import { randomUUID } from 'node:crypto';
import type { ContextCase, ContextReference } from '../../contract/context.ts';
import { digestOf } from '../../contract/digest.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { ContextStore } from '../../contract/ports.ts';
import { casesFor, getValue, messagesOf, putValue } from './context-cases.ts';
import { openContext, type ContextPlace, type ContextStoresUnderTest } from './context-places.ts';
import { killAfterLines, runProcess } from './processes.ts';

/** What every context store does (X2, X9). */
export function testContextStore(stores: ContextStoresUnderTest): void {
  describe('ContextStore', () => {
    let place: ContextPlace;
    let context: ContextStore;
    let ann: ContextCase;
    let ben: ContextCase;
    beforeEach(async () => {
      place = await stores.freshPlace();
      context = await openContext(place);
      ({ ann, ben } = casesFor(randomUUID()));
    });
    afterEach(() => context.close());

    const put = (
      key: string,
      value: JsonValue,
      expectedVersion = 0,
      owner = ann,
    ): Promise<ContextReference> => putValue(context, owner, key, value, expectedVersion);
    const get = (
      reference: ContextReference,
      fields?: readonly string[],
      trace = ann.trace,
    ): Promise<JsonValue | undefined> => getValue(context, trace, reference, fields);

    it('gives back every kind of value under references with their digests and bytes', async () => {
      const kinds: readonly JsonValue[] = [
        ...['text', '', 0, -1.5e300, true, null, [], {}],
        [1, [null, { deep: [true] }]],
        { b: 1, a: { ['__proto__']: 'own', constructor: {} }, 'Ünïcode 😀': '\u0000"\n' },
      ];
      const values = kinds.map((value, index) => ({ key: `k${String(index)}`, value, expectedVersion: 0 }));
      const references = await context.write({ case: ann, values });
      expect(references).toEqual(
        values.map(({ key, value }) => ({
          key,
          version: 1,
          digest: digestOf(value),
          bytes: Buffer.byteLength(JSON.stringify(value)),
        })),
      );
      const found = await context.read({
        trace: ann.trace,
        values: references.map((reference) => ({ reference })),
      });
      expect(found.values).toEqual(kinds);
      expect(await context.latest(ann.trace, 'k3')).toEqual(references[3]);
    });

    it('keeps a feed: offsets are given by the store, whoever appends, and it ends with its person or case', async () => {
      const say = (owner: ContextCase, text: string): Promise<void> =>
        context.appendProgress(owner, [
          { kind: 'began', agent: 'triage', turn: 1, attempt: 1 },
          { kind: 'text', agent: 'triage', turn: 1, attempt: 1, text },
        ]);
      // Nothing else is there of the case yet.
      await say(ann, 'one');
      await Promise.all(['two', 'three', 'four'].map((text) => say(ann, text)));
      await say(ben, 'other');
      const feed = await context.readProgress(ann.trace);
      expect(feed.map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(feed[1]?.progress).toEqual({ kind: 'text', agent: 'triage', turn: 1, attempt: 1, text: 'one' });
      // What is appended together stays together.
      expect(feed.map(({ progress }) => progress.kind)).toEqual(Array(4).fill(['began', 'text']).flat());
      expect(await context.readProgress(ann.trace, { after: 2, limit: 3 })).toEqual(feed.slice(2, 5));
      expect(await context.readProgress(ben.trace)).toHaveLength(2);
      expect((await context.inventory(ann.trace)).references).toEqual([]);
      await context.forgetTrace(ben.trace);
      expect(await context.readProgress(ben.trace)).toEqual([]);
      await context.erasePerson(String(ann.person));
      await expect(context.readProgress(ann.trace)).rejects.toMatchObject({ code: 'PERSON_ERASED' });
      await expect(say(ann, 'late')).rejects.toMatchObject({ code: 'PERSON_ERASED' });
    });

    it('reads the declared top-level fields and no others', async () => {
      const value = JSON.parse('{"order":{"id":"o1"},"card":"4111","__proto__":1,"none":null}') as JsonValue;
      const reference = await put('facts', value);
      expect(await get(reference, ['order', 'none', 'absent', 'order'])).toEqual({
        order: { id: 'o1' },
        none: null,
      });
      expect(await get(reference, [])).toEqual({});
      expect(await get(reference, ['constructor', 'toString'])).toEqual({});
      expect(await get(await put('list', [1, 2]), ['length'])).toEqual([1, 2]);
    });

    it('keeps every version, and each after the one before', async () => {
      const first = await put('facts', { n: 1 });
      const second = await put('facts', { n: 2 }, 1);
      expect([first.version, second.version]).toEqual([1, 2]);
      expect(await get(first)).toEqual({ n: 1 });
      expect(await context.latest(ann.trace, 'facts')).toEqual(second);
      for (const [value, expected] of [
        [{ n: 9 }, 0],
        [{ n: 9 }, 1],
        [{ n: 9 }, 5],
      ] as const)
        await expect(put('facts', value, expected)).rejects.toMatchObject({
          code: 'CONTEXT_CONFLICT',
          field: 'facts',
        });
      expect(await context.latest(ann.trace, 'facts')).toEqual(second);
    });

    it('takes the same again as a no-op, wholly or in part, however late', async () => {
      const write = {
        case: ann,
        values: [
          { key: 'a', value: { x: 1, y: 2 }, expectedVersion: 0 },
          { key: 'b', value: 'b', expectedVersion: 0 },
        ],
        messages: messagesOf(1, 3),
      };
      const references = await context.write(write);
      await put('a', 'next', 1);
      const again = {
        ...write,
        values: [
          { ...write.values[0], key: 'a', value: { y: 2, x: 1 }, expectedVersion: 0 },
          ...write.values.slice(1),
        ],
      };
      expect(await context.write(again)).toEqual(references);
      const more = {
        case: ann,
        values: [...write.values, { key: 'c', value: 3, expectedVersion: 0 }],
        messages: messagesOf(2, 5),
      };
      expect((await context.write(more)).slice(0, 2)).toEqual(references);
      expect((await context.read({ trace: ann.trace, messages: {} })).messages).toEqual(messagesOf(1, 5));
      expect(await context.write({ case: ann })).toEqual([]);
    });

    it('writes all or nothing', async () => {
      await put('taken', 1);
      const conflicting = {
        case: ann,
        values: [
          { key: 'free', value: 1, expectedVersion: 0 },
          { key: 'taken', value: 2, expectedVersion: 0 },
        ],
        messages: messagesOf(1, 2),
      };
      await expect(context.write(conflicting)).rejects.toMatchObject({ code: 'CONTEXT_CONFLICT' });
      expect(await context.latest(ann.trace, 'free')).toBeUndefined();
      expect((await context.read({ trace: ann.trace, messages: {} })).messages).toEqual([]);
      await context.write({ case: ann, messages: messagesOf(1, 2) });
      const other = {
        case: ann,
        values: [{ key: 'free', value: 1, expectedVersion: 0 }],
        messages: messagesOf(2, 3, 'another'),
      };
      await expect(context.write(other)).rejects.toMatchObject({
        code: 'CONTEXT_CONFLICT',
        field: 'messages.2',
      });
      expect(await context.latest(ann.trace, 'free')).toBeUndefined();
    });

    it('reads stretches of a conversation in order, and says where one has a gap', async () => {
      await context.write({ case: ann, messages: messagesOf(1, 12) });
      const read = async (range: object): Promise<unknown> =>
        (await context.read({ trace: ann.trace, messages: range })).messages;
      expect(await read({})).toEqual(messagesOf(1, 12));
      expect(await read({ after: 9 })).toEqual(messagesOf(10, 12));
      expect(await read({ after: 1, through: 3 })).toEqual(messagesOf(2, 3));
      expect(await read({ after: 2, limit: 2 })).toEqual(messagesOf(3, 4));
      expect(await read({ after: 2, through: 10, limit: 2 })).toEqual(messagesOf(3, 4));
      expect(await read({ after: 12 })).toEqual([]);
      expect(await read({ limit: 0 })).toEqual([]);
      await expect(read({ through: 13 })).rejects.toMatchObject({
        code: 'CONTEXT_MISSING',
        field: 'messages.13',
      });
      await context.write({ case: ann, messages: messagesOf(14, 14) });
      await expect(read({})).rejects.toMatchObject({ code: 'CONTEXT_MISSING', field: 'messages.13' });
      expect(await read({ through: 12 })).toEqual(messagesOf(1, 12));
    });

    it('lists what a case has without reading it', async () => {
      const first = await put('b', 1);
      const references = [await put('a', 1), first, await put('b', 2, 1)];
      await context.write({ case: ann, messages: messagesOf(1, 11) });
      expect(await context.inventory(ann.trace)).toEqual({ references, lastMessage: 11 });
      expect(await context.inventory(ben.trace)).toEqual({ references: [], lastMessage: 0 });
    });

    it('knows nothing of other traces and keys', async () => {
      const reference = await put('facts', 1);
      expect(await context.latest(ben.trace, 'facts')).toBeUndefined();
      expect((await context.read({ trace: 'nobody', messages: {} })).messages).toEqual([]);
      expect(await context.read({ trace: 'nobody' })).toEqual({ values: [], messages: [] });
      for (const [trace, wanted] of [
        [ben.trace, reference],
        [ann.trace, { ...reference, key: 'other' }],
        [ann.trace, { ...reference, version: 2 }],
      ] as const)
        await expect(get(wanted, undefined, trace)).rejects.toMatchObject({ code: 'CONTEXT_MISSING' });
      await expect(get({ ...reference, digest: 'f'.repeat(64) })).rejects.toMatchObject({
        code: 'CONTEXT_CHANGED',
      });
    });

    it('refuses what it cannot keep', async () => {
      for (const [key, value, code] of [
        ['', 1, 'INPUT_INVALID'],
        ['k\0', 1, 'INPUT_INVALID'],
        ['k', '\ud800', 'INPUT_INVALID'],
        ['k', 'x'.repeat(8_388_608), 'INPUT_TOO_LARGE'],
      ] as const)
        await expect(put(key, value)).rejects.toMatchObject({ code });
      const twice = [1, 2].map((value) => ({ key: 'k', value, expectedVersion: 0 }));
      await expect(context.write({ case: ann, values: twice })).rejects.toMatchObject({
        code: 'INPUT_INVALID',
      });
      await expect(context.write({ case: ann, messages: messagesOf(0, 0) })).rejects.toMatchObject({
        code: 'INPUT_INVALID',
      });
      await put('k', 1);
      await expect(put('l', 1, 0, { ...ann, person: 'ben@example.org' })).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        field: 'person',
      });
    });

    it('keeps a value of megabytes', async () => {
      const value = { blob: 'ü'.repeat(1_500_000) };
      expect(await get(await put('large', value))).toEqual(value);
    });

    it('settles the same writes at once, and lets one of several different ones win', async () => {
      const other = await openContext(place);
      const same = {
        case: ann,
        values: [{ key: 'same', value: 1, expectedVersion: 0 }],
        messages: messagesOf(1, 4),
      };
      const references = await Promise.all(
        Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? context : other).write(same)),
      );
      expect(new Set(references.map((one) => JSON.stringify(one))).size).toBe(1);
      const outcomes = await Promise.allSettled(
        [1, 2, 3, 4].map((value) =>
          (value % 2 === 0 ? context : other).write({
            case: ann,
            values: [{ key: 'one', value, expectedVersion: 0 }],
          }),
        ),
      );
      const won = outcomes.flatMap((outcome, index) => (outcome.status === 'fulfilled' ? [index + 1] : []));
      expect(won).toHaveLength(1);
      const latest = await context.latest(ann.trace, 'one');
      if (latest === undefined) throw new Error('nobody won');
      expect(await get(latest)).toBe(won[0]);
      await other.close();
    });

    it('serves two processes that compare and set the same counter', async () => {
      const args = [JSON.stringify(place), ann.trace, '20'];
      expect(await Promise.all([1, 2].map(() => runProcess('counting-context-process.ts', args)))).toEqual([
        0, 0,
      ]);
      const latest = await context.latest(ann.trace, 'counter');
      if (latest === undefined) throw new Error('nobody counted');
      expect([latest.version, await get(latest)]).toEqual([40, 40]);
    });

    it('has whatever a process was told it had before it was killed', async () => {
      const lines = await killAfterLines(
        'counting-context-process.ts',
        [JSON.stringify(place), ann.trace, '100000'],
        8,
      );
      const acknowledged = lines.map((line) => JSON.parse(line) as ContextReference);
      expect(acknowledged.length).toBeGreaterThanOrEqual(8);
      for (const reference of acknowledged) expect(await get(reference)).toBe(reference.version);
      const latest = await context.latest(ann.trace, 'counter');
      // At most the write under way when it was killed.
      expect(latest?.version).toBeLessThanOrEqual(acknowledged.length + 1);
      const { messages } = await context.read({ trace: ann.trace, messages: {} });
      expect(messages).toHaveLength(latest?.version ?? 0);
    });

    it('keeps everything when it is opened again, and says when it is closed', async () => {
      const reference = await put('k', 'v');
      await context.close();
      await context.close();
      await expect(context.latest(ann.trace, 'k')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      context = await openContext(place);
      expect(await get(reference)).toBe('v');
    });

    it('forgets a case, and those idle since an instant unless they may not be', async () => {
      const reference = await put('k', 1);
      await context.write({ case: ben, messages: messagesOf(1, 1) });
      await context.forgetTrace(ann.trace);
      await context.forgetTrace(ann.trace);
      await expect(get(reference)).rejects.toMatchObject({ code: 'CONTEXT_MISSING' });
      expect(await context.latest(ann.trace, 'k')).toBeUndefined();
      expect(await put('k', 2)).toMatchObject({ version: 1 });
      expect(await context.expireBefore('2001-01-01T00:00:00+02:00')).toEqual([]);
      const later = new Date(Date.now() + 60_000).toISOString();
      const open = await context.expireBefore(later, ({ caseId }) => Promise.resolve(caseId === ben.caseId));
      expect(open).toEqual([ben.trace]);
      expect(await context.expireBefore(later)).toEqual([ann.trace]);
      expect((await context.read({ trace: ben.trace, messages: {} })).messages).toEqual([]);
      await expect(context.expireBefore('soon')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    });
  });
}
