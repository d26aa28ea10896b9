import type { JsonValue } from '../contract/json.ts';
import { requireStorableName, storableText } from './storable.ts';

/** All records by collection and id. */
export type RecordSnapshot = Readonly<Record<string, Readonly<Record<string, JsonValue>>>>;

/** A stored record: collection, id, JSON text. */
export type RecordColumns = readonly [collection: string, id: string, record: string];

/** Records as nested objects, sorted by collection and then by id. */
export function snapshotOf(rows: readonly (readonly unknown[])[]): RecordSnapshot {
  const collections = new Map<string, [string, JsonValue][]>();
  for (const [collection, id, record] of rows) {
    const name = String(collection);
    const members = collections.get(name) ?? [];
    members.push([String(id), JSON.parse(String(record)) as JsonValue]);
    collections.set(name, members);
  }
  // fromEntries defines own properties, so that a record called __proto__ is a record like any other.
  return Object.fromEntries(
    [...collections].sort(byName).map(([name, members]) => [name, Object.fromEntries(members.sort(byName))]),
  );
}

/** The rows a snapshot is stored as. */
export function rowsOf(records: RecordSnapshot): readonly RecordColumns[] {
  return Object.entries(records).flatMap(([collection, members]) => {
    requireStorableName('collection', collection);
    return Object.entries(members).map(([id, record]): RecordColumns => {
      requireStorableName('id', id);
      return [collection, id, storableText('record', record)];
    });
  });
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
