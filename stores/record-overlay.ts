import { BatonError, failure } from '../contract/failures.ts';
import type { JsonValue } from '../contract/json.ts';
import type { RecordTransaction } from '../contract/ports.ts';
import { requireStorableName, storableText } from './storable.ts';

/** What an overlay reads from: the records as this transaction sees them, as texts. */
export interface RecordSource {
  /** The text of a record, null when there is none. Nobody else may change it until the transaction ends. */
  readText(collection: string, id: string): Promise<string | null>;
  readIds(collection: string): Promise<readonly string[]>;
}

/** One record before and after a change, as texts; null where there is none. */
export interface RecordWrite {
  readonly collection: string;
  readonly id: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The writes of a change, held back until it has said yes. */
export interface RecordOverlay {
  readonly records: RecordTransaction;
  /** What really changes, in order of first writing. */
  writes(): readonly RecordWrite[];
  /** Refuses whatever comes later, from a change that did not wait for its own calls. */
  end(): void;
}

interface Slot {
  readonly collection: string;
  readonly id: string;
  readonly before: string | null;
  now: string | null;
}

/** A change reads through an overlay, so it sees its own writes; its refusal costs nothing but forgetting them. */
export function overlayRecords(source: RecordSource): RecordOverlay {
  const loading = new Map<string, Promise<Slot>>();
  const written = new Set<Slot>();
  let ended = false;

  const requireOpen = (): void => {
    if (!ended) return;
    throw new BatonError(failure('REQUEST_FORBIDDEN', 'the transaction of this change has ended'));
  };
  const slotOf = (collection: string, id: string): Promise<Slot> => {
    requireOpen();
    requireStorableName('collection', collection);
    requireStorableName('id', id);
    const name = JSON.stringify([collection, id]);
    let slot = loading.get(name);
    if (slot === undefined) {
      slot = source.readText(collection, id).then((text) => ({ collection, id, before: text, now: text }));
      loading.set(name, slot);
    }
    return slot;
  };
  const write = async (collection: string, id: string, text: string | null): Promise<void> => {
    const slot = await slotOf(collection, id);
    requireOpen();
    slot.now = text;
    written.add(slot);
  };

  return {
    records: {
      get: async (collection, id) => {
        const { now } = await slotOf(collection, id);
        return now === null ? undefined : (JSON.parse(now) as JsonValue);
      },
      // The text is taken at the call, before anything is awaited: the caller may go on to change its object.
      put: async (collection, id, record) => write(collection, id, storableText('record', record)),
      remove: (collection, id) => write(collection, id, null),
      ids: async (collection) => {
        requireOpen();
        const ids = new Set(await source.readIds(collection));
        for (const slot of written) {
          if (slot.collection !== collection) continue;
          if (slot.now === null) ids.delete(slot.id);
          else ids.add(slot.id);
        }
        return [...ids].sort();
      },
    },
    writes: () =>
      [...written]
        .filter(({ before, now }) => before !== now)
        .map(({ collection, id, before, now }) => ({ collection, id, before, after: now })),
    end: () => {
      ended = true;
    },
  };
}
