/** The context store on a PostgreSQL that crashes under load (F04), and whose answers get lost (F05). */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ContextCase, ContextReference } from '../../contract/context.ts';
import { isBatonError } from '../../contract/failures.ts';
import type { ContextStore } from '../../contract/ports.ts';
import { startPostgres, type OwnedPostgres } from '../../scripts/postgres.ts';
import { messagesOf } from '../stores/context-cases.ts';
import { openContext } from '../stores/context-places.ts';
import { startCuttingProxy, type CuttingProxy } from '../support/cutting-proxy.ts';
import { createGates } from '../support/gates.ts';

let postgres: OwnedPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

function caseOf(person: string): ContextCase {
  return { trace: randomUUID(), caseId: 'case', person };
}

describe('F04: PostgreSQL crashes under load', () => {
  /** As an activity is retried: only what may pass is tried again. */
  async function insisting<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      try {
        return await work();
      } catch (thrown) {
        if (!isBatonError(thrown) || thrown.code !== 'STORE_UNAVAILABLE') throw thrown;
        await wait(20);
      }
    }
  }

  test('every write is there once, in order, and reads answer again', async () => {
    const writers = 4;
    const steps = 40;
    const crashes = [
      { after: 20, downMs: 0 },
      { after: 70, downMs: 400 },
      { after: 120, downMs: 1_500 },
    ];
    const gates = createGates();
    const context = await openContext({ url: postgres.url, keysUrl: postgres.url });
    let written = 0;
    const work = async (owner: ContextCase): Promise<readonly ContextReference[]> => {
      const references: ContextReference[] = [];
      for (let step = 1; step <= steps; step += 1) {
        const [reference] = await insisting(() =>
          context.write({
            case: owner,
            values: [{ key: 'n', value: { step, padding: 'x'.repeat(2_000) }, expectedVersion: step - 1 }],
            messages: messagesOf(step, step),
          }),
        );
        if (reference !== undefined) references.push(reference);
        written += 1;
        if (crashes.some(({ after }) => after === written)) void gates.pass(`write ${String(written)}`);
        await insisting(() =>
          context.read({ trace: owner.trace, messages: { after: step - 1, through: step } }),
        );
      }
      return references;
    };
    const owners = Array.from({ length: writers }, (_, index) => caseOf(`person-${String(index)}`));
    const all = owners.map(work);
    for (const { after, downMs } of crashes) {
      await gates.reached(`write ${String(after)}`);
      await postgres.kill('immediate');
      await wait(downMs);
      await postgres.start();
    }
    for (const [index, references] of (await Promise.all(all)).entries()) {
      const trace = owners[index]?.trace ?? '';
      expect(references.map(({ version }) => version)).toEqual(
        Array.from({ length: steps }, (_, step) => step + 1),
      );
      expect(await context.inventory(trace)).toEqual({ references, lastMessage: steps });
      const { messages } = await context.read({ trace, messages: {} });
      expect(messages).toEqual(messagesOf(1, steps));
    }
    await context.close();
  }, 360_000);
});

describe('F05: the line breaks after the statement was carried out', () => {
  let proxy: CuttingProxy;
  let context: ContextStore;
  beforeEach(async () => {
    proxy = await startCuttingProxy(postgres.url);
    context = await openContext({ url: proxy.url, keysUrl: proxy.url });
  });
  afterEach(async () => {
    await context.close();
    await proxy.stop();
  });

  /** Asks twice, and loses the first answer. */
  async function askedTwice<Answer>(statement: string, work: () => Promise<Answer>): Promise<Answer> {
    proxy.cutAfter(statement);
    await expect(work()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(proxy.cuts()).toBe(1);
    return work();
  }

  test('a write: the second finds what the first has written, and nothing is there twice', async () => {
    const owner = caseOf('ann');
    const references = await askedTwice('INSERT INTO baton_context_values', () =>
      context.write({
        case: owner,
        values: [{ key: 'a', value: 1, expectedVersion: 0 }],
        messages: messagesOf(1, 3),
      }),
    );
    expect(references).toMatchObject([{ version: 1 }]);
    expect(await context.inventory(owner.trace)).toEqual({ references, lastMessage: 3 });
    await context.write({ case: owner, messages: messagesOf(4, 4) });
    expect((await context.read({ trace: owner.trace, messages: {} })).messages).toEqual(messagesOf(1, 4));
  });

  test('a new key of a person: both use the one that stands', async () => {
    const owner = caseOf(`new-${randomUUID()}`);
    const [reference] = await askedTwice('INSERT INTO baton_person_keys', () =>
      context.write({ case: owner, values: [{ key: 'a', value: 1, expectedVersion: 0 }] }),
    );
    if (reference === undefined) throw new Error('no reference');
    const elsewhere = await openContext({ url: postgres.url, keysUrl: postgres.url });
    expect((await elsewhere.read({ trace: owner.trace, values: [{ reference }] })).values).toEqual([1]);
    await elsewhere.close();
  });

  test.each(['DELETE FROM baton_person_keys', 'UPDATE baton_context_cases'])(
    'an erasure, at %s: nothing can be read after the first, and the second ends it',
    async (statement) => {
      const owner = caseOf(`erased-${randomUUID()}`);
      const person = owner.person ?? '';
      await context.write({ case: owner, messages: messagesOf(1, 1) });
      const read = (): Promise<unknown> => context.read({ trace: owner.trace, messages: {} });
      proxy.cutAfter(statement);
      await expect(context.erasePerson(person)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      const elsewhere = await openContext({ url: postgres.url, keysUrl: postgres.url });
      await expect(elsewhere.read({ trace: owner.trace, messages: {} })).rejects.toMatchObject({
        code: 'PERSON_ERASED',
      });
      await elsewhere.close();
      await expect(read()).rejects.toMatchObject({ code: 'PERSON_ERASED' });
      await context.erasePerson(person);
      await expect(read()).rejects.toMatchObject({ code: 'PERSON_ERASED' });
      expect(await context.casesOf(person)).toEqual([]);
    },
  );
});
