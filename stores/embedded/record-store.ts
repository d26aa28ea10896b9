import type { JsonValue } from '../../contract/json.ts';
import type { RecordStore } from '../../contract/ports.ts';
import { effectRules, type EffectEntry, type RecordImage, type RecordSession } from '../record-effects.ts';
import { rowsOf, snapshotOf } from '../record-snapshot.ts';
import type { EmbeddedOptions, EmbeddedTransaction } from './database.ts';
import { openEmbeddedTables } from './schema.ts';

const GET = 'SELECT record FROM baton_records WHERE collection = ? AND id = ?';
const PUT = `INSERT INTO baton_records VALUES (?, ?, ?)
  ON CONFLICT (collection, id) DO UPDATE SET record = excluded.record`;
const REMOVE = 'DELETE FROM baton_records WHERE collection = ? AND id = ?';
const IDS = 'SELECT id FROM baton_records WHERE collection = ?';
const FIND_EFFECT =
  'SELECT state, tool, input_digest, result, epoch, attempt FROM baton_effects WHERE key = ?';
const SAVE_EFFECT = 'INSERT OR REPLACE INTO baton_effects VALUES (?, ?, ?, ?, ?, ?, ?)';
const FIND_IMAGES =
  'SELECT collection, id, before, after_digest FROM baton_images WHERE key = ? ORDER BY position';
const SAVE_IMAGE = 'INSERT INTO baton_images VALUES (?, ?, ?, ?, ?, ?)';

/** Records with their effects in a SQLite file. Its transactions follow one another, so a change sees no other. */
export async function openEmbeddedRecordStore(file: string, options?: EmbeddedOptions): Promise<RecordStore> {
  const { database, close } = await openEmbeddedTables('records', file, options);
  return {
    ...effectRules((work) => database.transact((transaction) => work(sessionOf(transaction)))),
    look: async (key) => {
      const [result] = await database.read([
        { sql: 'SELECT state FROM baton_effects WHERE key = ?', parameters: [key] },
      ]);
      const state = result?.rows[0]?.[0] as EffectEntry['state'] | undefined;
      return state === undefined || state === 'refused' ? 'unseen' : state;
    },
    get: async (collection, id) => {
      const [result] = await database.read([{ sql: GET, parameters: [collection, id] }]);
      const text = result?.rows[0]?.[0];
      return typeof text === 'string' ? (JSON.parse(text) as JsonValue) : undefined;
    },
    snapshot: async () => {
      const [result] = await database.read([{ sql: 'SELECT collection, id, record FROM baton_records' }]);
      return snapshotOf(result?.rows ?? []);
    },
    load: async (records) => {
      const rows = rowsOf(records);
      await database.atomic([
        { sql: 'DELETE FROM baton_records' },
        { sql: 'DELETE FROM baton_effects' },
        { sql: 'DELETE FROM baton_images' },
        { sql: PUT, each: rows },
      ]);
    },
    close,
  };
}

function sessionOf({ run, queue }: EmbeddedTransaction): RecordSession {
  return {
    readText: async (collection, id) => {
      const [result] = await run([{ sql: GET, parameters: [collection, id] }]);
      const text = result?.rows[0]?.[0];
      return typeof text === 'string' ? text : null;
    },
    readIds: async (collection) => {
      const [result] = await run([{ sql: IDS, parameters: [collection] }]);
      return (result?.rows ?? []).map(([id]) => String(id));
    },
    findEffect: async (key) => {
      const [result] = await run([{ sql: FIND_EFFECT, parameters: [key] }]);
      const row = result?.rows[0];
      if (row === undefined) return undefined;
      const [state, tool, inputDigest, kept, epoch, attempt] = row;
      return { key, state, tool, inputDigest, result: kept, fence: { epoch, attempt } } as EffectEntry;
    },
    findImages: async (key) => {
      const [result] = await run([{ sql: FIND_IMAGES, parameters: [key] }]);
      return (result?.rows ?? []).map(
        ([collection, id, before, afterDigest]) => ({ collection, id, before, afterDigest }) as RecordImage,
      );
    },
    saveEffect: ({ key, state, tool, inputDigest, result, fence }) => {
      const parameters = [key, state, tool, inputDigest, result, fence.epoch, fence.attempt];
      queue([{ sql: SAVE_EFFECT, parameters }]);
    },
    saveImages: (key, images) => {
      const each = images.map(({ collection, id, before, afterDigest }, position) => {
        return [key, position, collection, id, before, afterDigest];
      });
      queue([{ sql: SAVE_IMAGE, each }]);
    },
    saveRecords: (writes) => {
      queue(
        writes.map(({ collection, id, after }) =>
          after === null
            ? { sql: REMOVE, parameters: [collection, id] }
            : { sql: PUT, parameters: [collection, id, after] },
        ),
      );
    },
  };
}
