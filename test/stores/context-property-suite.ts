import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { contextText } from '../../contract/context.ts';
import { isBatonError } from '../../contract/failures.ts';
import type { ContextStore } from '../../contract/ports.ts';
import {
  caseOf,
  contextModel,
  contextSteps,
  type ContextModel,
  type ContextStep,
  type Who,
} from './context-model.ts';
import { openContext, type ContextStoresUnderTest } from './context-places.ts';

const everybody: readonly Who[] = ['first', 'second', 'ben', 'nobody'];

/** Whatever is done to a store, it answers and keeps what plain maps would. */
export function testContextProperties(stores: ContextStoresUnderTest, runs: number): void {
  test('a context store does what its model does', async () => {
    const place = await stores.freshPlace();
    let context = await openContext(place);
    const perform = async (prefix: string, step: ContextStep): Promise<unknown> => {
      switch (step.kind) {
        case 'write':
          return context.write({
            case: caseOf(prefix, step.who),
            values: step.values,
            messages: step.messages,
          });
        case 'forget':
          return context.forgetTrace(caseOf(prefix, step.who).trace);
        case 'erase':
          return context.erasePerson(step.person);
        case 'open-again':
          await context.close();
          context = await openContext(place);
      }
      return undefined;
    };
    await fc.assert(
      fc.asyncProperty(contextSteps, async (steps) => {
        const prefix = randomUUID();
        const model = contextModel();
        for (const step of steps) {
          const expected = model.apply(step);
          expect(await codeOf(perform(prefix, step))).toBe(expected);
        }
        for (const who of everybody) await compare(context, model, prefix, who);
      }),
      { numRuns: runs, endOnFailure: true },
    );
    await context.close();
  }, 360_000);
}

async function compare(context: ContextStore, model: ContextModel, prefix: string, who: Who): Promise<void> {
  const { trace } = caseOf(prefix, who);
  const expected = model.find(who);
  for (const key of ['k', 'l']) {
    const versions = expected?.values.get(key) ?? [];
    const references = versions.map(
      (value, expectedVersion) => contextText({ key, value, expectedVersion }).reference,
    );
    expect(await context.latest(trace, key)).toEqual(references.at(-1));
    if (references.length === 0) continue;
    const read = context.read({ trace, values: references.map((reference) => ({ reference })) });
    if (expected?.erased === true) expect(await codeOf(read)).toBe('PERSON_ERASED');
    else expect((await read).values).toEqual(versions);
  }
  const whole: number[] = [];
  while (expected?.messages.has(whole.length + 1) === true) whole.push(whole.length + 1);
  if (whole.length === 0) return;
  const read = context.read({ trace, messages: { through: whole.length } });
  if (expected?.erased === true) expect(await codeOf(read)).toBe('PERSON_ERASED');
  else expect((await read).messages).toEqual(whole.map((sequence) => expected?.messages.get(sequence)));
}

/** The code of the failure, undefined when there was none. */
async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (thrown) {
    if (isBatonError(thrown)) return thrown.code;
    throw thrown;
  }
}
