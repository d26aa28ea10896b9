import fc from 'fast-check';
import type { ContextEntry, ContextWrite } from '../../contract/context.ts';
import type { Message } from '../../contract/conversation.ts';
import { digestOf } from '../../contract/digest.ts';
import type { FailureCode } from '../../contract/failures.ts';
import type { JsonValue } from '../../contract/json.ts';
import { casesFor, messagesOf } from './context-cases.ts';

/** What somebody may do to a context store. */
export type ContextStep =
  | {
      readonly kind: 'write';
      readonly who: Who;
      readonly values: readonly ContextEntry[];
      readonly messages: readonly Message[];
    }
  | { readonly kind: 'forget'; readonly who: Who }
  | { readonly kind: 'erase'; readonly person: string }
  | { readonly kind: 'open-again' };

/** The cases that steps are about: two of one person, one of another, one of nobody. */
export type Who = 'first' | 'second' | 'ben' | 'nobody';

/** One case as the model has it. */
interface ModelCase {
  readonly values: ReadonlyMap<string, readonly JsonValue[]>;
  readonly messages: ReadonlyMap<number, Message>;
  readonly erased: boolean;
}

/** Plain maps that do what a context store must. */
export interface ContextModel {
  /** The answer a step must get: nothing, or the code of a failure. */
  apply(step: ContextStep): FailureCode | undefined;
  find(who: Who): ModelCase | undefined;
}

/** The case behind a name. */
export function caseOf(prefix: string, who: Who): ContextWrite['case'] {
  const { ann, ben, nobody } = casesFor(prefix);
  const cases = {
    first: ann,
    second: { ...ann, trace: `${ann.trace}-2`, caseId: 'case-ann-2' },
    ben,
    nobody,
  };
  return cases[who];
}

const who = fc.constantFrom<Who>('first', 'second', 'ben', 'nobody');
const value: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(null, 1, 'x'),
  fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom(1, 2), { maxKeys: 2 }),
);
const entry = fc.record({
  key: fc.constantFrom('k', 'l'),
  value,
  expectedVersion: fc.constantFrom(0, 0, 1, 2),
});
const stretch = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 0, max: 2 }),
    fc.constantFrom('hello', 'hello', 'other'),
  )
  .map(([first, more, text]) => messagesOf(first, first + more, text));

/** Steps, most of them writes that meet each other. */
export const contextSteps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('write' as const),
        who,
        values: fc.uniqueArray(entry, { maxLength: 2, selector: ({ key }) => key }),
        messages: fc.oneof(fc.constant([]), stretch),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), who }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('erase' as const),
        person: fc.constantFrom('ann@example.org', 'ben@example.org'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('open-again' as const) }) },
  ),
  { minLength: 1, maxLength: 14 },
);

const persons: Readonly<Record<Who, string>> = {
  first: 'ann@example.org',
  second: 'ann@example.org',
  ben: 'ben@example.org',
  nobody: '',
};

/** A model without cases. */
export function contextModel(): ContextModel {
  const cases = new Map<Who, ModelCase>();
  const write = (step: Extract<ContextStep, { kind: 'write' }>): FailureCode | undefined => {
    if (step.values.length + step.messages.length === 0) return undefined;
    const before: ModelCase = cases.get(step.who) ?? {
      values: new Map(),
      messages: new Map(),
      erased: false,
    };
    if (before.erased) return 'PERSON_ERASED';
    const values = new Map(before.values);
    for (const one of step.values) {
      const versions = values.get(one.key) ?? [];
      if (one.expectedVersion > versions.length) return 'CONTEXT_CONFLICT';
      const there = versions[one.expectedVersion];
      if (there !== undefined && digestOf(there) !== digestOf(one.value)) return 'CONTEXT_CONFLICT';
      if (there === undefined) values.set(one.key, [...versions, one.value]);
    }
    const messages = new Map(before.messages);
    for (const message of step.messages) {
      const there = messages.get(message.sequence);
      if (there !== undefined && there.text !== message.text) return 'CONTEXT_CONFLICT';
      messages.set(message.sequence, message);
    }
    cases.set(step.who, { values, messages, erased: false });
    return undefined;
  };
  return {
    find: (name) => cases.get(name),
    apply: (step) => {
      switch (step.kind) {
        case 'write':
          return write(step);
        case 'forget':
          cases.delete(step.who);
          return undefined;
        case 'erase':
          for (const [name, one] of cases)
            if (persons[name] === step.person) cases.set(name, { ...one, erased: true });
          return undefined;
        case 'open-again':
          return undefined;
      }
    },
  };
}
