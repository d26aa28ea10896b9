import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { invalidOption } from '../command-line.ts';

/** Who can have a case of the support desk. */
const PLACES = [
  'triage',
  'billing',
  'technical',
  'legal',
  'people:support',
  'people:finance',
  'people:legal-counsel',
] as const;

const Line = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{1,40}$/, 'letters, digits and hyphens, 40 at most'),
  language: z.enum(['en', 'hi', 'hi-Latn', 'ta', 'te']),
  /** Whose records the customer has, as `examples/support/seed.ts` tells them. */
  customer: z.enum(['C-1001', 'C-1002', 'C-1003', 'C-1004']).default('C-1002'),
  /** What the user says, one after the other, each when the desk waits for it. */
  messages: z.array(z.string().min(1).max(4_000)).min(1).max(20),
  /** Who should have the case in the end; people have it, too, while they are asked for an approval. */
  target: z.enum(PLACES),
  /** The message, counted from 1, upon which they should get it. */
  at: z.int().positive(),
  note: z.string().optional(),
});
/** A conversation as a person labelled it. */
export type LabelledConversation = z.output<typeof Line>;

/**
 * Reads labelled conversations: every `*.jsonl` of a folder, a conversation a line, as docs/policy.md describes them.
 * @throws BatonError `INPUT_INVALID` naming file, line and field
 */
export async function readLabelledFolder(folder: string): Promise<readonly LabelledConversation[]> {
  const files = await readdir(folder).catch((thrown: unknown) => {
    throw invalidOption('--data', thrown instanceof Error ? thrown.message : String(thrown));
  });
  const conversations: LabelledConversation[] = [];
  for (const file of files.filter((one) => one.endsWith('.jsonl')).toSorted())
    conversations.push(...parseLines(file, await readFile(path.join(folder, file), 'utf8')));
  if (conversations.length === 0)
    throw invalidOption('--data', `there is no conversation in ${folder}: it has no line in a *.jsonl`);
  const ids = conversations.map((one) => one.id);
  const twice = ids.find((id, index) => ids.indexOf(id) < index);
  if (twice !== undefined) throw invalidOption('--data', `two conversations have the id ${twice}`);
  return conversations;
}

function parseLines(file: string, content: string): readonly LabelledConversation[] {
  return content.split(/\r?\n/).flatMap((line, index): LabelledConversation[] => {
    if (line.trim() === '') return [];
    const place = `${file}:${String(index + 1)}`;
    const parsed = Line.safeParse(jsonOf(line, place));
    if (!parsed.success) throw invalidOption('--data', `${place}: ${z.prettifyError(parsed.error)}`);
    const { at, messages } = parsed.data;
    if (at > messages.length)
      throw invalidOption('--data', `${place}: at is ${String(at)}, of ${String(messages.length)} messages`);
    return [parsed.data];
  });
}

function jsonOf(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw invalidOption('--data', `${place} is not JSON`);
  }
}
