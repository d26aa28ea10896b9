import pg from 'pg';
import type { ContextTable } from '../context-table.ts';
import { storedCase, storedMessage, storedValue } from '../context-row.ts';
import { openPostgresTables } from './schema.ts';

const CASE = 'trace, case_id, person, key_id, wrapped_key';
const FIND_CASE = `SELECT ${CASE} FROM baton_context_cases WHERE trace = $1`;
/**
 * One statement, so one transaction and one round trip. The case is the guard of the write: it is new, or it still
 * has the key that the texts were sealed with, and it stays locked until the end. Should another write have come
 * between the statement's view and its lock, a place is taken, which fails all of it.
 */
const INSERT = `WITH
  entries AS (
    SELECT * FROM unnest($8::text[], $9::integer[], $10::text[], $11::integer[], $12::text[])
      AS entry (key, version, digest, bytes, body)),
  fitting AS (
    SELECT $1::text AS trace WHERE NOT EXISTS (
      SELECT FROM entries WHERE version - 1 <> coalesce(
        (SELECT max(kept.version) FROM baton_context_values AS kept
         WHERE kept.trace = $1 AND kept.key = entries.key), 0))),
  made AS (
    INSERT INTO baton_context_cases (${CASE}, written_at)
    SELECT trace, $2, $3, $4, $5, $6 FROM fitting WHERE $7::boolean ON CONFLICT DO NOTHING RETURNING trace),
  touched AS (
    UPDATE baton_context_cases SET written_at = $6
    WHERE trace IN (SELECT trace FROM fitting) AND wrapped_key = $5 AND NOT $7::boolean RETURNING trace),
  owner AS (SELECT trace FROM made UNION ALL SELECT trace FROM touched),
  written_values AS (
    INSERT INTO baton_context_values (trace, key, version, digest, bytes, body)
    SELECT trace, key, version, digest, bytes, body FROM owner, entries RETURNING 1),
  written_messages AS (
    INSERT INTO baton_context_messages (trace, sequence, digest, body)
    SELECT trace, sequence, digest, body
    FROM owner, unnest($13::integer[], $14::text[], $15::text[]) AS message (sequence, digest, body)
    RETURNING 1)
  SELECT (SELECT count(*) FROM written_values) + (SELECT count(*) FROM written_messages)`;
/** Everything of a read in one statement: case, values and messages are told apart by the first column. */
const READ = `SELECT 'case', trace, case_id, person, key_id, wrapped_key FROM baton_context_cases WHERE trace = $1
  UNION ALL
  SELECT 'value', key, version::text, digest, bytes::text, body FROM baton_context_values
    JOIN unnest($2::text[], $3::integer[]) AS wanted (key, version) USING (key, version) WHERE trace = $1
  UNION ALL
  (SELECT 'message', sequence::text, digest, body, NULL, NULL FROM baton_context_messages
    WHERE trace = $1 AND sequence > $4 AND sequence <= $5 ORDER BY baton_context_messages.sequence LIMIT $6)`;
const LATEST = `SELECT key, version, digest, bytes, '' FROM baton_context_values
  WHERE trace = $1 AND key = $2 ORDER BY version DESC LIMIT 1`;
const ALL_VALUES = `SELECT key, version, digest, bytes, '' FROM baton_context_values
  WHERE trace = $1 ORDER BY key, version`;
const LAST_MESSAGE = 'SELECT coalesce(max(sequence), 0) FROM baton_context_messages WHERE trace = $1';
/** Should another append have come between, its offsets are taken, which fails all of it. */
const INSERT_PROGRESS = `WITH owner AS (
    UPDATE baton_context_cases SET written_at = $2 WHERE trace = $1 AND wrapped_key = $3 RETURNING trace)
  INSERT INTO baton_context_progress (trace, sequence, digest, body)
  SELECT owner.trace,
    (SELECT coalesce(max(sequence), 0) FROM baton_context_progress WHERE trace = $1) + entry.place,
    entry.digest, entry.body
  FROM owner, unnest($4::text[], $5::text[]) WITH ORDINALITY AS entry (digest, body, place)`;
const FIND_PROGRESS = `SELECT sequence, digest, body FROM baton_context_progress
  WHERE trace = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`;
const CASES_OF = `SELECT ${CASE} FROM baton_context_cases
  WHERE person = $1 AND wrapped_key IS NOT NULL ORDER BY trace`;
const ERASE = `UPDATE baton_context_cases SET key_id = NULL, wrapped_key = NULL
  WHERE person = $1 AND wrapped_key IS NOT NULL RETURNING trace`;
const REWRAP = `UPDATE baton_context_cases SET key_id = $1, wrapped_key = $2
  WHERE trace = $3 AND key_id = $4 AND wrapped_key = $5`;
const FORGET_CASE = 'DELETE FROM baton_context_cases WHERE trace = $1 AND written_at < $2';
const IDLE = `SELECT ${CASE} FROM baton_context_cases WHERE written_at < $1 ORDER BY written_at`;
const UNIQUE_VIOLATION = '23505';
const LARGEST_INTEGER = 2_147_483_647;
/** After every instant that is written. */
const EVER = '9999-12-31T23:59:59.999Z';

/** Context in PostgreSQL. */
export async function openPostgresContextTable(url: string): Promise<ContextTable> {
  const { database, close } = await openPostgresTables('context', url);
  return {
    findCase: async (trace) => {
      const { rows } = await database.query(FIND_CASE, [trace]);
      return rows[0] === undefined ? undefined : storedCase(rows[0]);
    },
    insert: async ({ case: one, isNew, values, messages }) => {
      try {
        const { rows } = await database.query(INSERT, [
          one.trace,
          one.caseId,
          one.person,
          one.key.keyId,
          one.key.wrapped,
          now(),
          isNew,
          values.map(({ key }) => key),
          values.map(({ version }) => version),
          values.map(({ digest }) => digest),
          values.map(({ bytes }) => bytes),
          values.map(({ body }) => body),
          messages.map(({ sequence }) => sequence),
          messages.map(({ digest }) => digest),
          messages.map(({ body }) => body),
        ]);
        return Number(rows[0]?.[0]) === values.length + messages.length;
      } catch (thrown) {
        if (thrown instanceof pg.DatabaseError && thrown.code === UNIQUE_VIOLATION) return false;
        throw thrown;
      }
    },
    read: async ({ trace, values, messages }) => {
      const { rows } = await database.query(READ, [
        trace,
        values.map(({ key }) => key),
        values.map(({ version }) => version),
        messages?.after ?? 0,
        Math.min(messages?.through ?? LARGEST_INTEGER, LARGEST_INTEGER),
        messages === undefined ? 0 : (messages.limit ?? null),
      ]);
      const of = (kind: string): readonly (readonly unknown[])[] =>
        rows.filter((row) => row[0] === kind).map((row) => row.slice(1));
      const [first] = of('case');
      return {
        case: first === undefined ? undefined : storedCase(first),
        values: of('value').map(storedValue),
        messages: of('message')
          .map(storedMessage)
          .sort((left, right) => left.sequence - right.sequence),
      };
    },
    latest: async (trace, key) => {
      const { rows } = await database.query(LATEST, [trace, key]);
      return rows[0] === undefined ? undefined : storedValue(rows[0]);
    },
    inventory: async (trace) => {
      const values = await database.query(ALL_VALUES, [trace]);
      const last = await database.query(LAST_MESSAGE, [trace]);
      return { values: values.rows.map(storedValue), lastMessage: Number(last.rows[0]?.[0] ?? 0) };
    },
    appendProgress: async ({ trace, key }, entries) => {
      try {
        const { count } = await database.query(INSERT_PROGRESS, [
          trace,
          now(),
          key.wrapped,
          entries.map(({ digest }) => digest),
          entries.map(({ body }) => body),
        ]);
        return count === entries.length;
      } catch (thrown) {
        if (thrown instanceof pg.DatabaseError && thrown.code === UNIQUE_VIOLATION) return false;
        throw thrown;
      }
    },
    readProgress: async (trace, after, limit) =>
      (await database.query(FIND_PROGRESS, [trace, after, limit ?? null])).rows.map(storedMessage),
    casesOf: async (person) => (await database.query(CASES_OF, [person])).rows.map(storedCase),
    rewrap: async (trace, from, to) => {
      const values = [to.keyId, to.wrapped, trace, from.keyId, from.wrapped];
      return (await database.query(REWRAP, values)).count === 1;
    },
    eraseCases: async (person) =>
      (await database.query(ERASE, [person])).rows.map(([trace]) => String(trace)),
    forget: (trace, unless) =>
      database.transact(async (query) => {
        const { count } = await query(FORGET_CASE, [trace, unless ?? EVER]);
        if (count === 0) return false;
        await query('DELETE FROM baton_context_values WHERE trace = $1', [trace]);
        await query('DELETE FROM baton_context_messages WHERE trace = $1', [trace]);
        await query('DELETE FROM baton_context_progress WHERE trace = $1', [trace]);
        return true;
      }),
    idleSince: async (instant) => (await database.query(IDLE, [instant])).rows.map(storedCase),
    close,
  };
}

function now(): string {
  return new Date().toISOString();
}
