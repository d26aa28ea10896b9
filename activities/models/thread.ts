import { z } from 'zod';
import type { ContextCase, ContextReference } from '../../contract/context.ts';
import { contextMissing, contextReferenceSchema } from '../../contract/context.ts';
import { passedOverSchema } from '../../contract/envelope.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import type { JsonValue } from '../../contract/json.ts';
import { lostCallsSchema } from '../../contract/model-usage.ts';
import type { ContextStore } from '../../contract/ports.ts';
import { patiently } from '../context/patience.ts';

const echo = z.record(z.string(), z.json()).optional();
const Part = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string(), echo }),
  z.object({ kind: z.literal('thought'), text: z.string(), echo }),
  z.object({ kind: z.literal('call'), id: z.string(), name: z.string(), arguments: z.string(), echo }),
]);
const Asked = z.discriminatedUnion('role', [
  z.object({ role: z.literal('user'), text: z.string() }),
  z.object({
    role: z.literal('tool'),
    results: z.array(z.object({ id: z.string(), name: z.string(), text: z.string(), failed: z.boolean() })),
  }),
]);
const Entry = z.object({
  version: z.literal('1.0.0'),
  /** The entry before it in the thread. */
  previous: contextReferenceSchema().optional(),
  /** What the model was told anew on this turn. */
  asked: z.array(Asked),
  /** What it said, raw, whatever it was worth. */
  parts: z.array(Part),
  finish: z.enum(['stop', 'calls', 'length', 'filtered', 'other']),
  /** The model by its configured name. */
  model: z.string(),
  served: z.string(),
  /** What the call took: a retry that reads this entry reports the same. */
  usage: z.object({
    model: z.string(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    microUsd: z.number().optional(),
    priced: z.string().optional(),
    lost: lostCallsSchema().optional(),
  }),
  /** Models that were asked before it and did not answer. */
  passedOver: passedOverSchema().optional(),
  /** Sequence of the last message that it was shown. */
  seen: z.int().nonnegative(),
  /** Messages of the user among those shown on this turn. */
  heard: z.int().nonnegative(),
  /** Digest of the facts it was shown last. */
  facts: z.string(),
  /** Digest of the working memory it was shown last; absent where there was none. */
  memory: z.string().optional(),
  /** The handoff by which the case had come. */
  handoffId: z.string().optional(),
});
/** One turn of an agent with its model, as the context store keeps it: what was told and what was said. */
export type ThreadEntry = z.output<typeof Entry>;

/** The thread of an agent in a case, oldest first, and where to write its next entry. */
export interface Thread {
  readonly entries: readonly ThreadEntry[];
  readonly last: ContextReference | undefined;
}

/** An entry with its place. */
export interface KeptEntry {
  readonly entry: ThreadEntry;
  readonly reference: ContextReference;
}

/** The key of the entry of a turn: one turn, one entry, whatever the attempt (I3). */
export function entryKey(agent: string, idempotencyKey: string): string {
  return `model:${agent}:${idempotencyKey}`;
}

/**
 * The entry that an earlier attempt of this turn has kept: the model has been paid for it, and is not asked again.
 */
export async function keptEntry(
  store: ContextStore,
  trace: string,
  key: string,
): Promise<KeptEntry | undefined> {
  const reference = await patiently(() => store.latest(trace, key));
  if (!reference) return undefined;
  const { values } = await patiently(() => store.read({ trace, values: [{ reference }] }));
  return { entry: entryOf(values[0]), reference };
}

/**
 * Keeps the entry of a turn. The first attempt that comes this far speaks for the turn; one that comes later, out of
 * its sleep or beside it, gets the answer that is there.
 */
export async function keepEntry(
  store: ContextStore,
  owner: ContextCase,
  key: string,
  entry: ThreadEntry,
): Promise<KeptEntry> {
  const value = entry as unknown as JsonValue;
  try {
    const [reference] = await patiently(() =>
      store.write({ case: owner, values: [{ key, value, expectedVersion: 0 }] }),
    );
    if (reference) return { entry, reference };
  } catch (thrown) {
    if (!isBatonError(thrown) || thrown.code !== 'CONTEXT_CONFLICT') throw thrown;
  }
  const kept = await keptEntry(store, owner.trace, key);
  if (kept) return kept;
  throw new BatonError(failure('STORE_UNAVAILABLE', `${key} was written and is not there`));
}

/**
 * Reads a thread from its last entry on. Entries name the one before them by digest, so that what an attempt kept
 * and the case did not go on with is in no thread; all are read in one go.
 */
export async function readThread(
  store: ContextStore,
  trace: string,
  agent: string,
  last: ContextReference | undefined,
): Promise<Thread> {
  if (!last) return { entries: [], last };
  const { references } = await patiently(() => store.inventory(trace));
  const own = references.filter((one) => one.key.startsWith(entryKey(agent, '')));
  const { values } = await patiently(() =>
    store.read({ trace, values: own.map((reference) => ({ reference })) }),
  );
  const byDigest = new Map(own.map((one, index) => [one.digest, values[index]]));
  const entries: ThreadEntry[] = [];
  for (let next: ContextReference | undefined = last; next; next = entries.at(-1)?.previous) {
    const value = byDigest.get(next.digest);
    if (value === undefined) throw new BatonError(contextMissing(next));
    entries.push(entryOf(value));
  }
  return { entries: entries.reverse(), last };
}

function entryOf(value: JsonValue | undefined): ThreadEntry {
  const parsed = Entry.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BatonError(
    failure('CONTEXT_CHANGED', `an entry of a model's thread: ${z.prettifyError(parsed.error)}`),
  );
}
