import type { JsonValue } from '../../contract/json.ts';
import type { RecordStore } from '../../contract/ports.ts';
import { effectRules, type EffectEntry, type RecordImage, type RecordSession } from '../record-effects.ts';
import { rowsOf, snapshotOf } from '../record-snapshot.ts';
import type { Query, QueryResult } from './database.ts';
import { openPostgresTables } from './schema.ts';

const LOCK = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))';
const LOCK_SHARED = 'SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))';
const GET = 'SELECT record FROM baton_records WHERE collection = $1 AND id = $2';
const PUT = `INSERT INTO baton_records SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
  ON CONFLICT (collection, id) DO UPDATE SET record = excluded.record`;
const REMOVE = `DELETE FROM baton_records
  WHERE (collection, id) IN (SELECT * FROM unnest($1::text[], $2::text[]))`;
const IDS = 'SELECT id FROM baton_records WHERE collection = $1';
const FIND_EFFECT =
  'SELECT state, tool, input_digest, result, epoch, attempt FROM baton_effects WHERE key = $1';
const SAVE_EFFECT = `INSERT INTO baton_effects VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (key) DO UPDATE SET state = excluded.state, tool = excluded.tool,
    input_digest = excluded.input_digest, result = excluded.result,
    epoch = excluded.epoch, attempt = excluded.attempt`;
const FIND_IMAGES =
  'SELECT collection, id, before, after_digest FROM baton_images WHERE key = $1 ORDER BY position';
const SAVE_IMAGES = `INSERT INTO baton_images
  SELECT $1, position, collection, id, before, after_digest
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
    AS image (collection, id, before, after_digest, position)`;

/**
 * Records with their effects in PostgreSQL. Transactions lock what they read, whether it exists or not, until they
 * end (strict two-phase locking with advisory locks), so those that touch the same record or key follow one another
 * and the others run side by side. Two that wait for each other are a deadlock, and one of them runs again.
 */
export async function openPostgresRecordStore(url: string): Promise<RecordStore> {
  const { database, close } = await openPostgresTables('records', url);
  return {
    ...effectRules((work) =>
      database.transact(async (query) => {
        const { session, save } = sessionOf(inTurn(query));
        const answer = await work(session);
        await save();
        return answer;
      }),
    ),
    look: async (key) => {
      const { rows } = await database.query('SELECT state FROM baton_effects WHERE key = $1', [key]);
      const state = rows[0]?.[0] as EffectEntry['state'] | undefined;
      return state === undefined || state === 'refused' ? 'unseen' : state;
    },
    get: async (collection, id) => {
      const { rows } = await database.query(GET, [collection, id]);
      const text = rows[0]?.[0];
      return typeof text === 'string' ? (JSON.parse(text) as JsonValue) : undefined;
    },
    snapshot: async () => {
      const { rows } = await database.query('SELECT collection, id, record FROM baton_records');
      return snapshotOf(rows);
    },
    load: async (records) => {
      const rows = rowsOf(records);
      await database.transact(async (query) => {
        // TRUNCATE waits for every transaction that has looked at a key.
        await query('TRUNCATE baton_effects, baton_images, baton_records');
        await query(PUT, [
          rows.map(([collection]) => collection),
          rows.map(([, id]) => id),
          rows.map(([, , text]) => text),
        ]);
      });
    },
    close,
  };
}

/** One query after the other on one connection: a change may ask for several records at once. */
function inTurn(query: Query): Query {
  let last: Promise<unknown> = Promise.resolve();
  return async (text, values) => {
    const mine: Promise<QueryResult> = last.then(() => query(text, values));
    last = mine.catch(() => undefined);
    return mine;
  };
}

function sessionOf(query: Query): { readonly session: RecordSession; readonly save: () => Promise<void> } {
  const saves: (() => Promise<unknown>)[] = [];
  const session: RecordSession = {
    // A lock and what it protects are two statements: the second must see what was committed during the wait.
    readText: async (collection, id) => {
      await query(LOCK, [JSON.stringify(['baton_records', collection, id])]);
      const { rows } = await query(GET, [collection, id]);
      const text = rows[0]?.[0];
      return typeof text === 'string' ? text : null;
    },
    readIds: async (collection) => {
      await query(LOCK, [JSON.stringify(['baton_records', collection])]);
      const { rows } = await query(IDS, [collection]);
      return rows.map(([id]) => String(id));
    },
    findEffect: async (key) => {
      await query(LOCK, [JSON.stringify(['baton_effects', key])]);
      const { rows } = await query(FIND_EFFECT, [key]);
      if (rows[0] === undefined) return undefined;
      const [state, tool, inputDigest, result, epoch, attempt] = rows[0];
      return { key, state, tool, inputDigest, result, fence: { epoch, attempt } } as EffectEntry;
    },
    findImages: async (key) => {
      const { rows } = await query(FIND_IMAGES, [key]);
      return rows.map(
        ([collection, id, before, afterDigest]) => ({ collection, id, before, afterDigest }) as RecordImage,
      );
    },
    saveEffect: ({ key, state, tool, inputDigest, result, fence }) => {
      const values = [key, state, tool, inputDigest, result, fence.epoch, fence.attempt];
      saves.push(() => query(SAVE_EFFECT, values));
    },
    saveImages: (key, images) => {
      if (images.length === 0) return;
      const lists = [
        images.map(({ collection }) => collection),
        images.map(({ id }) => id),
        images.map(({ before }) => before),
        images.map(({ afterDigest }) => afterDigest),
      ];
      saves.push(() => query(SAVE_IMAGES, [key, ...lists]));
    },
    saveRecords: (writes) => {
      const put = writes.filter(({ after }) => after !== null);
      const gone = writes.filter(({ after }) => after === null);
      const moved = writes.filter(({ before, after }) => before === null || after === null);
      // Whoever has listed a collection holds it exclusively: nothing appears or vanishes behind the list.
      for (const collection of new Set(moved.map((write) => write.collection))) {
        saves.push(() => query(LOCK_SHARED, [JSON.stringify(['baton_records', collection])]));
      }
      if (put.length > 0) saves.push(() => query(PUT, [names(put), ids(put), put.map(({ after }) => after)]));
      if (gone.length > 0) saves.push(() => query(REMOVE, [names(gone), ids(gone)]));
    },
  };
  return {
    session,
    save: async () => {
      for (const write of saves) await write();
    },
  };
}

function names(writes: readonly { readonly collection: string }[]): readonly string[] {
  return writes.map(({ collection }) => collection);
}

function ids(writes: readonly { readonly id: string }[]): readonly string[] {
  return writes.map(({ id }) => id);
}
