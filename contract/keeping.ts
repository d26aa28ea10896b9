import { contextText, type ContextCase, type ContextEntry } from './context.ts';
import { BatonError, failure, isBatonError } from './failures.ts';
import { isJsonObject, type JsonValue } from './json.ts';
import { doorTrace, entryToKeep, keptText, KEPT_SECRET, keptTextsIn, valueKept } from './kept-text.ts';
import type { ContextStore } from './ports.ts';

/** Keeps values of one case out of its history. */
export interface Keeping {
  /** What stands for a value from now on. It is written with the next `write`. */
  readonly keep: (value: JsonValue) => string;
  /** What would stand for a value, without keeping it: equal for equal values. */
  readonly wordsFor: (value: JsonValue) => string;
  /** Writes what is to be kept, all of it or nothing. @throws as `ContextStore.write` */
  readonly write: () => Promise<void>;
}

/** Cases whose secret a process remembers. */
const REMEMBERED = 1_000;
/** Whoever is first to keep something makes the secret of a case; few race for it. */
const ATTEMPTS = 5;

const secrets = new WeakMap<ContextStore, Map<string, string>>();

/**
 * Begins to keep values of a case in a private team (X5).
 * @param owner the case and its person
 * @param random a new secret of at least 16 random bytes as text, should the case have none yet
 * @throws failures as those of `ContextStore`
 */
export async function openKeeping(
  store: ContextStore,
  owner: Omit<ContextCase, 'trace'>,
  random: () => string,
): Promise<Keeping> {
  const place: ContextCase = { ...owner, trace: doorTrace(owner.caseId) };
  const secret = await secretOf(store, place, random);
  const pending = new Map<string, ContextEntry>();
  const entryOf = (value: JsonValue): readonly [string, ContextEntry] => {
    const entry = entryToKeep(secret, value);
    return [keptText(contextText(entry).reference), entry];
  };
  return {
    wordsFor: (value) => entryOf(value)[0],
    keep: (value) => {
      const [words, entry] = entryOf(value);
      pending.set(entry.key, entry);
      return words;
    },
    write: async () => {
      const values = [...pending.values()];
      if (values.length === 0) return;
      await store.write({ case: place, values });
      pending.clear();
    },
  };
}

/**
 * What stands behind the references of a value, in one round trip.
 * @throws failures as those of `ContextStore.read`
 */
export async function readKept(
  store: Pick<ContextStore, 'read'>,
  caseId: string,
  value: unknown,
): Promise<ReadonlyMap<string, JsonValue | undefined>> {
  const references = [...keptTextsIn(value)];
  if (references.length === 0) return new Map();
  const { values } = await store.read({
    trace: doorTrace(caseId),
    values: references.map(([, reference]) => ({ reference })),
  });
  return new Map(references.map(([words], index) => [words, valueKept(values[index])]));
}

async function secretOf(store: ContextStore, owner: ContextCase, random: () => string): Promise<string> {
  const known = secrets.get(store) ?? new Map<string, string>();
  secrets.set(store, known);
  const before = known.get(owner.trace);
  if (before !== undefined) return before;
  const secret = await readSecret(store, owner, random);
  known.set(owner.trace, secret);
  const [oldest] = known.keys();
  if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
  return secret;
}

async function readSecret(store: ContextStore, owner: ContextCase, random: () => string): Promise<string> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const reference = await store.latest(owner.trace, KEPT_SECRET);
    if (reference) {
      const { values } = await store.read({ trace: owner.trace, values: [{ reference }] });
      const [kept] = values;
      const secret = isJsonObject(kept) ? kept['secret'] : undefined;
      if (typeof secret === 'string') return secret;
      throw new BatonError(failure('CONTEXT_CHANGED', KEPT_SECRET, KEPT_SECRET));
    }
    const secret = random();
    try {
      await store.write({
        case: owner,
        values: [{ key: KEPT_SECRET, value: { secret }, expectedVersion: 0 }],
      });
      return secret;
    } catch (thrown) {
      if (!isBatonError(thrown) || thrown.code !== 'CONTEXT_CONFLICT') throw thrown;
    }
  }
  throw new BatonError(failure('STORE_UNAVAILABLE', `others keep making the secret of ${owner.trace}`));
}
