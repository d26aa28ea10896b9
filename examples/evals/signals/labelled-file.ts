import { z } from 'zod';
import { invalidOption } from '../command-line.ts';

const Line = z.strictObject({
  id: z.string().min(1),
  language: z.enum(['en', 'hi', 'hi-Latn', 'ta', 'te']),
  text: z.string().min(1),
  /** Earlier messages of the same user, oldest first. */
  earlier: z.array(z.string()).default([]),
  /** How many of them say the same. */
  repeats: z.int().nonnegative().default(0),
  labels: z.array(z.enum(['human', 'frustrated', 'legal', 'clarifies'])),
});
/** One message as a person labelled it. */
export type LabelledMessage = z.output<typeof Line>;

/**
 * Reads labelled messages: JSON Lines as docs/policy.md describes them.
 * @throws BatonError `INPUT_INVALID` naming line and field
 */
export function parseLabelledMessages(content: string): readonly LabelledMessage[] {
  const messages = content.split(/\r?\n/).flatMap((line, index): LabelledMessage[] => {
    if (line.trim() === '') return [];
    const parsed = Line.safeParse(jsonOf(line, index + 1));
    if (parsed.success) return [parsed.data];
    throw invalidOption('--data', `line ${String(index + 1)}: ${z.prettifyError(parsed.error)}`);
  });
  if (messages.length === 0) throw invalidOption('--data', 'there is no message in it');
  const ids = messages.map((one) => one.id);
  const twice = ids.find((id, index) => ids.indexOf(id) < index);
  if (twice !== undefined) throw invalidOption('--data', `two messages have the id ${twice}`);
  return messages;
}

function jsonOf(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw invalidOption('--data', `line ${String(number)} is not JSON`);
  }
}
