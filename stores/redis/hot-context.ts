import type {
  ContextTable,
  StoredCase,
  StoredFound,
  StoredMessage,
  StoredRead,
  StoredValue,
} from '../context-table.ts';
import type { HotConnection } from './connection.ts';

/** How long a case stays hot after it was last written or filled, in seconds. */
const HOT_SECONDS = 900;
/** The longest stretch of a conversation that is asked of Redis: of a longer one something is missing anyway. */
const STRETCH = 1_000;

/**
 * Redis in front of a durable table. A write is acknowledged when the durable table has it, and only then put into
 * Redis. A read is answered by Redis alone when it has everything; else, and whenever a digest does not fit, by the
 * durable table, and Redis is filled again (F06). What lies in Redis is the same ciphertext, case keys wrapped.
 */
export function hotContextTable(hot: HotConnection, durable: ContextTable): ContextTable {
  const fill = async (trace: string, found: StoredFound): Promise<void> => {
    const { case: one, values, messages } = found;
    if (one?.key === undefined || values.length + messages.length === 0) return;
    const fields = Object.fromEntries([
      ['case', JSON.stringify([one.caseId, one.person, one.key.keyId, one.key.wrapped])],
      ...values.map((value) => [valueField(value), JSON.stringify([value.digest, value.bytes, value.body])]),
      ...messages.map((message) => [
        messageField(message.sequence),
        JSON.stringify([message.digest, message.body]),
      ]),
    ]) as Readonly<Record<string, string>>;
    await hot.writeFields(hashOf(trace), fields, HOT_SECONDS);
  };
  return {
    ...durable,
    insert: async (write) => {
      if (!(await durable.insert(write))) return false;
      await fill(write.case.trace, write);
      return true;
    },
    read: async (request, fresh = false) => {
      const cached = fresh ? undefined : await readHot(hot, request);
      if (cached !== undefined) return cached;
      const found = await durable.read(request);
      await fill(request.trace, found);
      return found;
    },
    eraseCases: async (person) => {
      const traces = await durable.eraseCases(person);
      await hot.remove(traces.map(hashOf));
      return traces;
    },
    forget: async (trace, unless) => {
      const forgotten = await durable.forget(trace, unless);
      if (forgotten) await hot.remove([hashOf(trace)]);
      return forgotten;
    },
    close: async () => {
      await hot.close();
      await durable.close();
    },
  };
}

/** Everything that was asked for, or undefined when something of it is not there. */
async function readHot(hot: HotConnection, request: StoredRead): Promise<StoredFound | undefined> {
  const { trace, values, messages } = request;
  const sequences = sequencesOf(messages);
  if (sequences === undefined || values.length + sequences.length === 0) return undefined;
  const found = await hot.readFields(hashOf(trace), [
    'case',
    ...values.map(valueField),
    ...sequences.map(messageField),
  ]);
  const lists = found?.map(listOf);
  if (lists === undefined || lists.includes(undefined)) return undefined;
  const [one = [], ...rest] = lists as readonly (readonly unknown[])[];
  const [caseId, person, keyId, wrapped] = one.map(String);
  if (keyId === undefined || wrapped === undefined) return undefined;
  const owner: StoredCase = {
    trace,
    caseId: caseId ?? '',
    person: person ?? '',
    key: { keyId, wrapped },
  };
  return {
    case: owner,
    values: values.map(({ key, version }, index): StoredValue => {
      const [digest, bytes, body] = rest[index] ?? [];
      return { key, version, digest: String(digest), bytes: Number(bytes), body: String(body) };
    }),
    messages: sequences.map((sequence, index): StoredMessage => {
      const [digest, body] = rest[values.length + index] ?? [];
      return { sequence, digest: String(digest), body: String(body) };
    }),
  };
}

/** The sequences of a stretch; undefined where only the durable table knows its end. */
function sequencesOf(messages: StoredRead['messages']): readonly number[] | undefined {
  if (messages === undefined) return [];
  const { after, through, limit } = messages;
  if (through === undefined) return undefined;
  const length = Math.max(0, Math.min(through - after, limit ?? through));
  if (length > STRETCH) return undefined;
  return Array.from({ length }, (_, index) => after + index + 1);
}

function listOf(text: string | null): readonly unknown[] | undefined {
  try {
    const value: unknown = text === null ? undefined : JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function hashOf(trace: string): string {
  return `baton:context:${trace}`;
}

function valueField({ key, version }: { readonly key: string; readonly version: number }): string {
  return `value:${String(version)}:${key}`;
}

function messageField(sequence: number): string {
  return `message:${String(sequence)}`;
}
