import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { inert, inertLines } from '../../command/output/inert.ts';
import { PAYLOAD_BYTES } from '../../contract/limits.ts';

const Person = z.string();
const Step = z.discriminatedUnion('does', [
  /** The user writes, once the desk waits for them. */
  z.strictObject({ does: z.literal('says'), text: z.string() }),
  /** The user wants a human, whatever the agents think. */
  z.strictObject({ does: z.literal('asks-for-human'), reason: z.string() }),
  /** A person decides the review that is open. */
  z.strictObject({ does: z.literal('approves'), by: Person, reason: z.string() }),
  z.strictObject({ does: z.literal('rejects'), by: Person, reason: z.string() }),
  /** A person takes a case that their pool owns, answers, gives it back or ends it. */
  z.strictObject({ does: z.literal('claims'), by: Person }),
  z.strictObject({ does: z.literal('replies'), by: Person, text: z.string() }),
  z.strictObject({ does: z.literal('gives-back'), by: Person, note: z.string() }),
  z.strictObject({ does: z.literal('resolves'), by: Person, outcome: z.string(), note: z.string() }),
  /** The opening service takes the whole case back while it waits for somebody. */
  z.strictObject({ does: z.literal('cancels') }),
]);

const Conversation = z.strictObject({
  title: z.string(),
  /** What the desk is to do, in the opening service's words. */
  task: z.string(),
  /** The customer, where the opening service knows who is writing. */
  customer: z.strictObject({ id: z.string(), name: z.string() }).optional(),
  /** The user's first message opens the case. */
  opens: z.string(),
  /** What happens after that, in order. Each step waits until it is its turn. */
  steps: z.array(Step),
  comesOut: z.strictObject({
    /** `finished: <outcome>`, `cancelled` or `failed: <code>`. */
    outcome: z.string(),
    /** What became of the effects. */
    saga: z.enum(['kept', 'compensated', 'partly-compensated']),
    /** Owners, first to last. */
    path: z.array(z.string()),
    /** Each handoff as `from -> to: reason (status)`. */
    handoffs: z.array(z.string()),
    /** Each effect as `tool status`. */
    effects: z.array(z.string()),
    /** Fields that records have at the end, by collection and id. */
    records: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.json()))).default({}),
    /** How many records each collection has more than at the beginning; collections not named have none. */
    added: z.record(z.string(), z.int().positive()).default({}),
  }),
});

/** One thing that somebody does in a conversation. */
export type Step = z.output<typeof Step>;
/** A conversation as its file tells it: what is said and decided, and what should come out. */
export type Conversation = z.output<typeof Conversation>;

/** Folder of the desk's conversations. */
const FOLDER = path.join(import.meta.dirname, 'conversations');

/**
 * Reads a conversation.
 * @param name its file's name without `.json`
 * @throws an error naming the file and the field that is wrong
 */
export async function readConversation(name: string): Promise<Conversation> {
  return readConversationFile(path.join(FOLDER, `${name}.json`));
}

/**
 * Reads the conversation of a file.
 * @throws an error naming the file and the field that is wrong
 */
export async function readConversationFile(file: string): Promise<Conversation> {
  const { size } = await stat(file);
  if (size > PAYLOAD_BYTES)
    throw new Error(`${file} has ${String(size)} bytes, the limit is ${String(PAYLOAD_BYTES)}`);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (thrown) {
    throw new Error(`${file} is not JSON: ${inert(String(thrown))}`, { cause: thrown });
  }
  const result = Conversation.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`${file} is no conversation:\n${inertLines(z.prettifyError(result.error), '')}`);
}

/** Names of all conversations, sorted. */
export async function conversationNames(): Promise<readonly string[]> {
  const files = await readdir(FOLDER);
  return files
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .toSorted();
}
