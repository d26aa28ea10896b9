import type { ContextTable } from '../context-table.ts';
import { storedCase, storedMessage, storedValue } from '../context-row.ts';
import type { EmbeddedOptions } from './database.ts';
import type { DatabaseStep, SqlParameter } from './protocol.ts';
import { openEmbeddedTables } from './schema.ts';

const CASE = 'trace, case_id, person, key_id, wrapped_key';
const FIND_CASE = `SELECT ${CASE} FROM baton_context_cases WHERE trace = ?`;
const INSERT_CASE = `INSERT OR IGNORE INTO baton_context_cases (${CASE}, written_at) VALUES (?, ?, ?, ?, ?, ?)`;
/** The guard of a write: the case still has the key that the texts were sealed with. */
const TOUCH = 'UPDATE baton_context_cases SET written_at = ? WHERE trace = ? AND wrapped_key = ?';
const INSERT_VALUE = `INSERT INTO baton_context_values (trace, key, version, digest, bytes, body)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE ?3 - 1 =
    (SELECT coalesce(max(version), 0) FROM baton_context_values WHERE trace = ?1 AND key = ?2)`;
const INSERT_MESSAGE =
  'INSERT OR IGNORE INTO baton_context_messages (trace, sequence, digest, body) VALUES (?, ?, ?, ?)';
const FIND_VALUE = `SELECT key, version, digest, bytes, body FROM baton_context_values
  WHERE trace = ? AND key = ? AND version = ?`;
const FIND_MESSAGES = `SELECT sequence, digest, body FROM baton_context_messages
  WHERE trace = ? AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?`;
const LATEST = `SELECT key, version, digest, bytes, '' FROM baton_context_values
  WHERE trace = ? AND key = ? ORDER BY version DESC LIMIT 1`;
const ALL_VALUES = `SELECT key, version, digest, bytes, '' FROM baton_context_values
  WHERE trace = ? ORDER BY key, version`;
const LAST_MESSAGE = 'SELECT coalesce(max(sequence), 0) FROM baton_context_messages WHERE trace = ?';
const INSERT_PROGRESS = `INSERT INTO baton_context_progress (trace, sequence, digest, body)
  SELECT ?1, coalesce(max(sequence), 0) + 1, ?2, ?3 FROM baton_context_progress WHERE trace = ?1`;
const FIND_PROGRESS = `SELECT sequence, digest, body FROM baton_context_progress
  WHERE trace = ? AND sequence > ? ORDER BY sequence LIMIT ?`;
const CASES_OF = `SELECT ${CASE} FROM baton_context_cases WHERE person = ? AND wrapped_key IS NOT NULL ORDER BY trace`;
const ERASE = 'UPDATE baton_context_cases SET key_id = NULL, wrapped_key = NULL WHERE person = ?';
const REWRAP = `UPDATE baton_context_cases SET key_id = ?, wrapped_key = ?
  WHERE trace = ? AND key_id = ? AND wrapped_key = ?`;
const FORGET_CASE = 'DELETE FROM baton_context_cases WHERE trace = ? AND written_at < ?';
const IDLE = `SELECT ${CASE} FROM baton_context_cases WHERE written_at < ? ORDER BY written_at`;
const NO_LIMIT = -1;
/** After every instant that is written. */
const EVER = '9999-12-31T23:59:59.999Z';

/** Context in a SQLite file. */
export async function openEmbeddedContextTable(
  file: string,
  options?: EmbeddedOptions,
): Promise<ContextTable> {
  const { database, close } = await openEmbeddedTables('context', file, options);
  const read = async (...steps: readonly DatabaseStep[]): Promise<readonly (readonly unknown[])[][]> =>
    (await database.read(steps)).map(({ rows }) => [...rows]);
  return {
    findCase: async (trace) => {
      const [rows] = await read({ sql: FIND_CASE, parameters: [trace] });
      return rows?.[0] === undefined ? undefined : storedCase(rows[0]);
    },
    insert: ({ case: one, isNew, values, messages }) => {
      const { trace, caseId, person, key } = one;
      const valueRows = values.map((value): SqlParameter[] => {
        return [trace, value.key, value.version, value.digest, value.bytes, value.body];
      });
      const messageRows = messages.map((message): SqlParameter[] => {
        return [trace, message.sequence, message.digest, message.body];
      });
      return database.atomic([
        isNew
          ? {
              sql: INSERT_CASE,
              parameters: [trace, caseId, person, key.keyId, key.wrapped, now()],
              expect: 1,
            }
          : { sql: TOUCH, parameters: [now(), trace, key.wrapped], expect: 1 },
        { sql: INSERT_VALUE, each: valueRows, expect: values.length },
        { sql: INSERT_MESSAGE, each: messageRows, expect: messages.length },
      ]);
    },
    read: async ({ trace, values, messages }) => {
      const [cases, ...found] = await read(
        { sql: FIND_CASE, parameters: [trace] },
        ...values.map(({ key, version }) => ({ sql: FIND_VALUE, parameters: [trace, key, version] })),
        ...(messages === undefined
          ? []
          : [
              {
                sql: FIND_MESSAGES,
                parameters: [
                  trace,
                  messages.after,
                  messages.through ?? Number.MAX_SAFE_INTEGER,
                  messages.limit ?? NO_LIMIT,
                ],
              },
            ]),
      );
      return {
        case: cases?.[0] === undefined ? undefined : storedCase(cases[0]),
        values: found.slice(0, values.length).flat().map(storedValue),
        messages: found.slice(values.length).flat().map(storedMessage),
      };
    },
    latest: async (trace, key) => {
      const [rows] = await read({ sql: LATEST, parameters: [trace, key] });
      return rows?.[0] === undefined ? undefined : storedValue(rows[0]);
    },
    inventory: async (trace) => {
      const [values, last] = await read(
        { sql: ALL_VALUES, parameters: [trace] },
        { sql: LAST_MESSAGE, parameters: [trace] },
      );
      return { values: (values ?? []).map(storedValue), lastMessage: Number(last?.[0]?.[0] ?? 0) };
    },
    appendProgress: ({ trace, key }, entries) =>
      database.atomic([
        { sql: TOUCH, parameters: [now(), trace, key.wrapped], expect: 1 },
        {
          sql: INSERT_PROGRESS,
          each: entries.map(({ digest, body }): SqlParameter[] => [trace, digest, body]),
          expect: entries.length,
        },
      ]),
    readProgress: async (trace, after, limit) => {
      const [rows] = await read({ sql: FIND_PROGRESS, parameters: [trace, after, limit ?? NO_LIMIT] });
      return (rows ?? []).map(storedMessage);
    },
    casesOf: async (person) => {
      const [rows] = await read({ sql: CASES_OF, parameters: [person] });
      return (rows ?? []).map(storedCase);
    },
    rewrap: (trace, from, to) =>
      database.atomic([
        { sql: REWRAP, parameters: [to.keyId, to.wrapped, trace, from.keyId, from.wrapped], expect: 1 },
      ]),
    eraseCases: (person) =>
      database.transact(async ({ run }) => {
        const [found] = await run([
          { sql: CASES_OF, parameters: [person] },
          { sql: ERASE, parameters: [person] },
        ]);
        return (found?.rows ?? []).map((row) => storedCase(row).trace);
      }),
    forget: (trace, unless) =>
      database.atomic([
        { sql: FORGET_CASE, parameters: [trace, unless ?? EVER], expect: 1 },
        { sql: 'DELETE FROM baton_context_values WHERE trace = ?', parameters: [trace] },
        { sql: 'DELETE FROM baton_context_messages WHERE trace = ?', parameters: [trace] },
        { sql: 'DELETE FROM baton_context_progress WHERE trace = ?', parameters: [trace] },
      ]),
    idleSince: async (instant) => {
      const [rows] = await read({ sql: IDLE, parameters: [instant] });
      return (rows ?? []).map(storedCase);
    },
    close,
  };
}

function now(): string {
  return new Date().toISOString();
}
