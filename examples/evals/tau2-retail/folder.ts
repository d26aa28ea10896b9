import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { BatonError, failure } from '../../../contract/failures.ts';
import type { ShopDatabase } from '../../retail/shop/database.ts';
import { databaseHash, parseShopDatabase } from '../../retail/shop/database.ts';

const Hash = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits');

const Action = z.object({
  action_id: z.string().min(1),
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'lower-case letters, digits and underscores'),
  arguments: z.record(z.string(), z.json()),
});
/** One right call of a task. */
export type Action = z.output<typeof Action>;

const Task = z.object({
  id: z.string().min(1),
  user_scenario: z
    .object({ instructions: z.object({ reason_for_call: z.string().nullish() }).nullish() })
    .nullish(),
  evaluation_criteria: z.object({ actions: z.array(Action).nullish() }),
});

const Oracle = z.object({
  initialHash: Hash,
  tasks: z.array(
    z.object({
      id: z.string(),
      endHash: Hash,
      mustNotWrite: z.boolean(),
      goldErrors: z.array(z.object({ action: z.string(), error: z.string() })),
    }),
  ),
});

/** A call that the data set expects to be refused. */
export interface Refusal {
  readonly action: string;
  readonly error: string;
}

/** A task with what the data set says about its end. */
export interface Task {
  readonly id: string;
  /** Why the customer calls, in the data set's words. */
  readonly reason: string;
  /** The right calls in order. */
  readonly actions: readonly Action[];
  /** Hash of the whole database once every right call was made. */
  readonly endHash: string;
  readonly mustNotWrite: boolean;
  readonly refusals: readonly Refusal[];
}

/** A folder of the data set. */
export interface Folder {
  readonly database: ShopDatabase;
  readonly initialHash: string;
  readonly tasks: readonly Task[];
}

/**
 * Reads `db.json`, `tasks.json` and `oracle.json` of a folder in the form of tau2-retail.
 * @throws BatonError `INPUT_INVALID` naming file, field and remedy
 */
export async function readFolder(folder: string): Promise<Folder> {
  const [database, tasks, oracle] = await Promise.all([
    readJson(folder, 'db.json'),
    readJson(folder, 'tasks.json'),
    readJson(folder, 'oracle.json'),
  ]);
  const shop = parseShopDatabase(database, 'db.json');
  const judge = parse(Oracle, oracle, 'oracle.json');
  const hash = databaseHash(shop);
  if (hash !== judge.initialHash) {
    throw invalid('oracle.json', `initialHash is ${judge.initialHash}, but db.json has the hash ${hash}`);
  }
  const ends = new Map(judge.tasks.map((end) => [end.id, end]));
  const seen = new Set<string>();
  const joined = parse(z.array(Task), tasks, 'tasks.json').map((task, index) => {
    const end = ends.get(task.id);
    if (seen.has(task.id)) throw invalid('tasks.json', `${String(index)}.id: ${task.id} is there twice`);
    seen.add(task.id);
    if (!end) throw invalid('oracle.json', `tasks: there is no end for task ${task.id} of tasks.json`);
    return {
      id: task.id,
      reason: task.user_scenario?.instructions?.reason_for_call ?? '',
      actions: task.evaluation_criteria.actions ?? [],
      endHash: end.endHash,
      mustNotWrite: end.mustNotWrite,
      refusals: end.goldErrors,
    };
  });
  return { database: shop, initialHash: hash, tasks: joined };
}

/**
 * The tasks of the given ids, in the folder's order; all when none are given.
 * @throws BatonError `INPUT_INVALID` naming the ids that the folder lacks
 */
export function selectTasks(folder: Folder, ids: readonly string[] | undefined): readonly Task[] {
  if (ids === undefined) return folder.tasks;
  const unknown = ids.filter((id) => !folder.tasks.some((task) => task.id === id));
  if (unknown.length > 0) {
    const known = folder.tasks.map((task) => task.id).join(', ');
    throw invalid('--tasks', `no task ${unknown.join(', ')} in tasks.json; it has ${known}`);
  }
  return folder.tasks.filter((task) => ids.includes(task.id));
}

async function readJson(folder: string, name: string): Promise<unknown> {
  const file = path.join(folder, name);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw invalid(
      '--data',
      `cannot read ${file}; give the folder that holds db.json, tasks.json and oracle.json`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw invalid(name, `${file} is not JSON (${thrown instanceof Error ? thrown.message : String(thrown)})`);
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw invalid(what, issues.join('; '));
}

function invalid(field: string, detail: string): BatonError {
  return new BatonError(failure('INPUT_INVALID', `${field}: ${detail}`, field));
}
