import { randomUUID } from 'node:crypto';
import type { ContextCase, ContextReference } from '../../contract/context.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { ContextStore } from '../../contract/ports.ts';
import { casesFor, getValue, messagesOf, putValue } from './context-cases.ts';
import { openContext, type ContextPlace, type ContextStoresUnderTest } from './context-places.ts';

/** What is left of a person who was erased, and what is noticed of somebody who writes to the tables (M11, X8). */
export function testContextErasure(stores: ContextStoresUnderTest): void {
  describe('erasure', () => {
    let place: ContextPlace;
    let context: ContextStore;
    let ann: ContextCase;
    let ben: ContextCase;
    let nobody: ContextCase;
    beforeEach(async () => {
      place = await stores.freshPlace();
      context = await openContext(place);
      ({ ann, ben, nobody } = casesFor(randomUUID()));
    });
    afterEach(() => context.close());

    const put = (
      key: string,
      value: JsonValue,
      expectedVersion = 0,
      owner = ann,
    ): Promise<ContextReference> => putValue(context, owner, key, value, expectedVersion);
    const get = (reference: ContextReference, trace = ann.trace): Promise<JsonValue | undefined> =>
      getValue(context, trace, reference);

    it('makes a person unreadable, and nobody else', async () => {
      const reference = await put('facts', { name: 'Ann' });
      await context.write({ case: ann, messages: messagesOf(1, 2) });
      const others = await Promise.all([ben, nobody].map((owner) => put('facts', { name: 'x' }, 0, owner)));
      expect(await context.casesOf('ann@example.org')).toEqual([ann]);
      expect(await context.erasePerson('ann@example.org')).toBe(1);
      for (const request of [
        { trace: ann.trace, values: [{ reference }] },
        { trace: ann.trace, messages: {} },
        { trace: ann.trace, messages: { through: 2 } },
      ])
        await expect(context.read(request)).rejects.toMatchObject({ code: 'PERSON_ERASED' });
      await expect(put('facts', 2, 1)).rejects.toMatchObject({ code: 'PERSON_ERASED' });
      expect(await context.latest(ann.trace, 'facts')).toEqual(reference);
      expect(await context.casesOf('ann@example.org')).toEqual([]);
      for (const [index, owner] of [ben, nobody].entries())
        expect(await get(others[index] ?? reference, owner.trace)).toEqual({ name: 'x' });
      expect(await context.erasePerson('ann@example.org')).toBe(0);
      expect(await context.erasePerson('nobody@example.org')).toBe(0);
    });

    it('holds for stores that were open already, and after opening again', async () => {
      const reference = await put('facts', 1);
      const other = await openContext(place);
      expect((await other.read({ trace: ann.trace, values: [{ reference }] })).values).toEqual([1]);
      await context.erasePerson('ann@example.org');
      await expect(other.read({ trace: ann.trace, values: [{ reference }] })).rejects.toMatchObject({
        code: 'PERSON_ERASED',
      });
      await expect(other.write({ case: ann, messages: messagesOf(1, 1) })).rejects.toMatchObject({
        code: 'PERSON_ERASED',
      });
      await other.close();
      await context.close();
      context = await openContext(place);
      await expect(get(reference)).rejects.toMatchObject({ code: 'PERSON_ERASED' });
    });

    it('lets a person who was erased come back as a new one', async () => {
      await put('facts', 1);
      await context.erasePerson('ann@example.org');
      const again = { ...ann, trace: `${ann.trace}-again` };
      const reference = await put('facts', 2, 0, again);
      expect(await get(reference, again.trace)).toBe(2);
      expect(await context.casesOf('ann@example.org')).toEqual([again]);
    });

    it('keeps no person and no content in clear', async () => {
      await put('facts', { name: 'Canary Castafiore' });
      await context.write({ case: ann, messages: messagesOf(1, 1, 'canary-song') });
      const none = async (from: string): Promise<void> => {
        await stores.execute(place.url, `INSERT INTO none SELECT count(*) FROM ${from}`);
      };
      await stores.execute(place.url, `CREATE TABLE none (n integer CHECK (n = 0))`);
      await none(`baton_context_values WHERE body LIKE '%anary%'`);
      await none(`baton_context_messages WHERE body LIKE '%anary%'`);
      await none(`baton_context_cases WHERE person LIKE '%ann%' OR case_id LIKE '%@%'`);
      await expect(none(`baton_context_values WHERE key = 'facts'`)).rejects.toThrow();
    });

    describe('what somebody has tampered with', () => {
      it.each([
        ['another body', `UPDATE baton_context_values SET body = 'AAAA' || substr(body, 5)`],
        ['no body', `UPDATE baton_context_values SET body = ''`],
        ['another digest', `UPDATE baton_context_values SET digest = '${'0'.repeat(64)}'`],
        [
          'the body of another version',
          `UPDATE baton_context_values SET body = (SELECT body FROM baton_context_values AS o WHERE o.version = 2)
           WHERE version = 1`,
        ],
      ])('is refused as changed: %s', async (_, statement) => {
        // Written by a store without Redis in front: what is hot would rightly be answered.
        const plain = await openContext({ url: place.url, keysUrl: place.keysUrl });
        const write = (value: JsonValue, expectedVersion: number): Promise<readonly ContextReference[]> =>
          plain.write({ case: ann, values: [{ key: 'k', value, expectedVersion }] });
        const [first] = await write(1, 0);
        await write(2, 1);
        await plain.close();
        await stores.execute(place.url, statement);
        if (first === undefined) throw new Error('no reference');
        await expect(get(first)).rejects.toMatchObject({ code: 'CONTEXT_CHANGED', field: 'k' });
      });

      it('is refused when it was moved to another case of the same person', async () => {
        const plain = await openContext({ url: place.url, keysUrl: place.keysUrl });
        const second = { ...ann, trace: `${ann.trace}-2` };
        await plain.write({ case: ann, messages: messagesOf(1, 1) });
        await plain.write({ case: second, messages: messagesOf(1, 1) });
        await plain.close();
        await stores.execute(
          place.url,
          `UPDATE baton_context_messages SET body = (SELECT body FROM baton_context_messages AS o
             WHERE o.trace = '${ann.trace}') WHERE trace = '${second.trace}'`,
        );
        await expect(context.read({ trace: second.trace, messages: {} })).rejects.toMatchObject({
          code: 'CONTEXT_CHANGED',
        });
        expect((await context.read({ trace: ann.trace, messages: {} })).messages).toEqual(messagesOf(1, 1));
      });
    });
  });
}
