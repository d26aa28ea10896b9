import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { BatonError, failure } from '../../../contract/failures.ts';
import type { Service } from '../../services/schema.ts';
import { findClashes, servicesSchema } from '../../services/schema.ts';
import { findDialogueFaults } from './check-dialogue.ts';
import type { Dialogue } from './dialogue.ts';
import { dialogueSchema } from './dialogue.ts';

/** A folder of the data set. */
export interface Folder {
  readonly services: readonly Service[];
  readonly dialogues: readonly Dialogue[];
}

const DIALOGUES = 'dialogues.jsonl';
const SCHEMA = 'schema.json';

/**
 * Reads `schema.json` and `dialogues.jsonl` of a folder in the form of the Schema-Guided Dialogue excerpt.
 * @throws BatonError `INPUT_INVALID` naming file, line, field and what was wrong
 */
export async function readFolder(folder: string): Promise<Folder> {
  const services = await readServices(path.join(folder, SCHEMA), SCHEMA);
  const text = await readText(path.join(folder, DIALOGUES));
  const dialogues: Dialogue[] = [];
  const seen = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const place = `${DIALOGUES}:${String(index + 1)}`;
    const dialogue = parse(dialogueSchema(), parseJson(line, place), place);
    const faults = findDialogueFaults(dialogue, services);
    if (seen.has(dialogue.id)) faults.push(`id: ${dialogue.id} is there twice`);
    if (faults.length > 0) throw invalid(place, faults.slice(0, 5).join('; '));
    seen.add(dialogue.id);
    dialogues.push(dialogue);
  }
  if (dialogues.length === 0) throw invalid(DIALOGUES, 'there is no dialogue in it');
  return { services, dialogues };
}

/**
 * Reads a schema file of the same services with other names.
 * @param file path, or a name within the folder
 */
export async function readSkew(folder: string, file: string): Promise<readonly Service[]> {
  const inside = path.join(folder, file);
  const found = await readFile(inside).then(
    () => inside,
    () => file,
  );
  return readServices(found, path.basename(file));
}

/**
 * The dialogues of the given ids, in the folder's order; all when none are given.
 * @throws BatonError `INPUT_INVALID` naming the ids that the folder lacks
 */
export function selectDialogues(folder: Folder, ids: readonly string[] | undefined): readonly Dialogue[] {
  if (ids === undefined) return folder.dialogues;
  const unknown = ids.filter((id) => !folder.dialogues.some((one) => one.id === id));
  if (unknown.length > 0) {
    const known = folder.dialogues.slice(0, 10).map((one) => one.id);
    throw invalid(
      '--dialogues',
      `no dialogue ${unknown.join(', ')} in ${DIALOGUES}; it has ${String(folder.dialogues.length)}, such as ${known.join(', ')}`,
    );
  }
  return folder.dialogues.filter((one) => ids.includes(one.id));
}

async function readServices(file: string, name: string): Promise<readonly Service[]> {
  const services = parse(servicesSchema(), parseJson(await readText(file), name), name);
  const clashes = findClashes(services);
  if (clashes.length > 0) throw invalid(name, clashes.slice(0, 5).join('; '));
  return services;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw invalid(
      '--data',
      `cannot read ${file}; give the folder that holds ${SCHEMA} and ${DIALOGUES}, and with --skew a file of other names for the same services`,
    );
  }
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw invalid(place, `not JSON (${thrown instanceof Error ? thrown.message : String(thrown)})`);
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, place: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.map(String).join('.') || 'the line'}: ${issue.message}`);
  throw invalid(place, issues.join('; '));
}

function invalid(place: string, detail: string): BatonError {
  return new BatonError(failure('INPUT_INVALID', `${place}: ${detail}`, place));
}
