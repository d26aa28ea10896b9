import {
  contextConflict,
  contextText,
  contextValue,
  type ContextCase,
  type ContextReference,
} from '../contract/context.ts';
import type { Message } from '../contract/conversation.ts';
import { BatonError, failure } from '../contract/failures.ts';
import type { ProgressEntry } from '../contract/progress.ts';
import type { ContextStore } from '../contract/ports.ts';

/** A context store in memory that counts what it is asked, and can be taken down. */
export interface MemoryContext extends ContextStore {
  down: boolean;
  /** Called with every refusal while it is down. */
  onRefused: () => void;
  writes: number;
  reads: number;
  readonly messagesOf: (trace: string) => readonly Message[];
}

/** What this store leaves out (persons, retention) the stores' own suite tests on real ones. */
export function memoryContext(): MemoryContext {
  const texts = new Map<string, string>();
  const references = new Map<string, ContextReference[]>();
  const messages = new Map<string, Message[]>();
  const progress = new Map<string, readonly ProgressEntry[]>();
  const cases = new Map<string, ContextCase>();
  const place = (trace: string, key: string, version: number): string => `${trace}/${key}/${String(version)}`;
  const answer = <Value>(give: () => Value): Promise<Value> =>
    Promise.resolve().then(() => {
      if (!store.down) return give();
      store.onRefused();
      throw new BatonError(failure('STORE_UNAVAILABLE', 'the memory is down'));
    });
  const store: MemoryContext = {
    down: false,
    onRefused: () => undefined,
    writes: 0,
    reads: 0,
    messagesOf: (trace) => messages.get(trace) ?? [],
    write: (change) =>
      answer((): readonly ContextReference[] => {
        store.writes += 1;
        const { trace } = change.case;
        cases.set(trace, change.case);
        const known = messages.get(trace) ?? [];
        for (const message of change.messages ?? []) {
          if (!known.some((one) => one.sequence === message.sequence)) known.push(message);
        }
        messages.set(trace, known);
        return (change.values ?? []).map((entry) => {
          const { reference, text } = contextText(entry);
          const at = place(trace, reference.key, reference.version);
          const standing = texts.get(at);
          if (standing !== undefined && standing !== text)
            throw new BatonError(contextConflict(reference, 'another value'));
          if (standing === undefined) references.set(trace, [...(references.get(trace) ?? []), reference]);
          texts.set(at, text);
          return reference;
        });
      }),
    read: ({ trace, values = [], messages: range }) =>
      answer(() => {
        store.reads += 1;
        const { after = 0, through = Number.POSITIVE_INFINITY, limit } = range ?? {};
        const found = (messages.get(trace) ?? []).filter(
          ({ sequence }) => sequence > after && sequence <= through,
        );
        return {
          values: values.map((one) =>
            contextValue(one, texts.get(place(trace, one.reference.key, one.reference.version))),
          ),
          messages: range ? found.slice(0, limit) : [],
        };
      }),
    latest: (trace, key) => Promise.resolve(references.get(trace)?.findLast((one) => one.key === key)),
    inventory: (trace) => Promise.resolve({ references: references.get(trace) ?? [], lastMessage: 0 }),
    appendProgress: ({ trace }, entries) =>
      answer(() => {
        const known = progress.get(trace) ?? [];
        progress.set(trace, [
          ...known,
          ...entries.map((one, index) => ({ offset: known.length + index + 1, progress: one })),
        ]);
      }),
    readProgress: (trace, { after = 0, limit } = {}) =>
      answer(() => (progress.get(trace) ?? []).filter((one) => one.offset > after).slice(0, limit)),
    casesOf: (person) => Promise.resolve([...cases.values()].filter((one) => one.person === person)),
    erasePerson: () => Promise.resolve(0),
    forgetTrace: () => Promise.resolve(),
    expireBefore: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
  return store;
}
