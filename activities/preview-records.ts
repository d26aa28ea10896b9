import { BatonError, failure } from '../contract/failures.ts';
import type { JsonValue } from '../contract/json.ts';
import type { RecordStore, RecordTransaction } from '../contract/ports.ts';
import type { RecordToolDefinition, ToolCall, ToolPreview } from './tool.ts';

/**
 * What a change would do to records, without doing it: the change itself runs over a store that takes no writes, and
 * what it would have written is compared with what is there. Every record stands under `collection/id`; one that would
 * be new under `collection/new`, for its id may be another when it is made.
 * @throws BatonError `EFFECT_REFUSED` where the change would be refused now, and what the change throws
 */
export async function previewRecords<Input>(
  { name, store, change }: Pick<RecordToolDefinition<Input>, 'name' | 'store' | 'change'>,
  call: ToolCall<Input>,
): Promise<ToolPreview> {
  const written = new Map<string, Written>();
  const answer = await change(withoutWrites(store(call), written), call.input, call);
  if (answer.kind === 'refused')
    throw new BatonError(failure('EFFECT_REFUSED', `${name}: ${answer.code}, ${answer.message}`));
  const before: Record<string, JsonValue> = {};
  const after: Record<string, JsonValue> = {};
  for (const { collection, id, was, is } of written.values()) {
    const place = `${collection}/${was === undefined ? newIn(collection, after) : id}`;
    if (was !== undefined) before[place] = was;
    if (is !== undefined) after[place] = is;
  }
  return { before, after };
}

interface Written {
  readonly collection: string;
  readonly id: string;
  /** As it stands in the store; undefined where it does not. */
  readonly was: JsonValue | undefined;
  /** As it would be; undefined where it would be removed. */
  readonly is: JsonValue | undefined;
}

function newIn(collection: string, after: Readonly<Record<string, JsonValue>>): string {
  const there = Object.keys(after).filter((place) => place.startsWith(`${collection}/new`)).length;
  return there === 0 ? 'new' : `new ${String(there + 1)}`;
}

/** A transaction that sees its own writes, and nobody else does. */
function withoutWrites(store: RecordStore, written: Map<string, Written>): RecordTransaction {
  const keyOf = (collection: string, id: string): string => JSON.stringify([collection, id]);
  const note = async (collection: string, id: string, is: JsonValue | undefined): Promise<void> => {
    const key = keyOf(collection, id);
    const known = written.get(key);
    const was = known ? known.was : await store.get(collection, id);
    written.set(key, { collection, id, was, is });
  };
  return {
    get: async (collection, id) => {
      const own = written.get(keyOf(collection, id));
      return own ? own.is : store.get(collection, id);
    },
    put: (collection, id, record) => note(collection, id, record),
    remove: (collection, id) => note(collection, id, undefined),
    ids: async (collection) => {
      const ids = new Set(Object.keys((await store.snapshot())[collection] ?? {}));
      for (const one of written.values())
        if (one.collection === collection) {
          if (one.is === undefined) ids.delete(one.id);
          else ids.add(one.id);
        }
      return [...ids].sort();
    },
  };
}
