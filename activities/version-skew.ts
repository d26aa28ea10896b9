import type { Adapted } from '../contract/adapters.ts';
import { canonicalJson } from '../contract/canonical-json.ts';
import { failure } from '../contract/failures.ts';
import type { JsonObject } from '../contract/json.ts';
import { getOwn, isJsonObject } from '../contract/json.ts';
import type { Parsed } from '../contract/parse.ts';
import type { Agent, Answer, EarlierVersions } from './agent.ts';

/** How facts of a case are renamed for a build: from their names in the case to those of the build. */
export type Renames = readonly Adapted[];

/** Whether a build of an agent can serve a case that is pinned to a version of it. */
export type Service =
  /** It can; facts are renamed on the way in, and back on the way out. */
  | { readonly kind: 'serves'; readonly renames: readonly Adapted[] }
  /** The case began on a newer build: one of those must take it. */
  | { readonly kind: 'too-old' }
  /** The case began on an older build that this one no longer reads. */
  | { readonly kind: 'cannot-read' };

/**
 * What a build may do for a case pinned to a version (H11, F21). Its own version, it serves. Others, it serves where
 * `reads` says so; a build that says nothing reads older versions of its own major version, for within one an agent
 * keeps its contract. Newer versions may hold what this build does not know: unless `reads` names them, it leaves
 * them to a newer worker.
 */
export function judgeVersion(agent: Pick<Agent, 'version' | 'definition'>, pinned: string): Service {
  if (pinned === agent.version) return { kind: 'serves', renames: [] };
  const read = agent.definition.reads?.find((one) => matches(one.versions, pinned));
  if (read) return { kind: 'serves', renames: read.renames ?? [] };
  if (isLater(pinned, agent.version)) return { kind: 'too-old' };
  const sameMajor = majorOf(pinned) === majorOf(agent.version);
  return agent.definition.reads === undefined && sameMajor
    ? { kind: 'serves', renames: [] }
    : { kind: 'cannot-read' };
}

/** How an agent's facts are renamed for a case pinned to a version; nothing for one it does not serve. */
export function renamesOf(agent: Pick<Agent, 'version' | 'definition'>, pinned: string): readonly Adapted[] {
  const service = judgeVersion(agent, pinned);
  return service.kind === 'serves' ? service.renames : [];
}

/** A schema as it stands before its facts are renamed: what must be read for the agent, under the older names. */
export function schemaBefore(renames: readonly Adapted[], schema: JsonObject): JsonObject {
  const properties = schema['properties'];
  if (renames.length === 0 || !isJsonObject(properties)) return schema;
  const older = renames.map(({ from, to }): [string, JsonObject['x']] => [
    from,
    getOwn(properties, to) ?? {},
  ]);
  return { ...schema, properties: { ...properties, ...Object.fromEntries(older) } };
}

/** What a build reads, in words. */
export function readsInWords(agent: Pick<Agent, 'version' | 'definition'>): string {
  const ranges = agent.definition.reads?.map((one) => one.versions) ?? [`${majorOf(agent.version)}.x`];
  return [agent.version, ...ranges].join(', ');
}

/**
 * Facts of a case as a newer build knows them. What the agent and its pinned version both call by one name, with
 * two values, is refused: one of them would be lost.
 */
export function upcastFacts(renames: readonly Adapted[], facts: JsonObject): Parsed<JsonObject> {
  if (renames.length === 0) return { ok: true, value: facts };
  for (const { from, to } of renames) {
    const [old, rival] = [getOwn(facts, from), getOwn(facts, to)];
    if (old === undefined || rival === undefined || canonicalJson(old) === canonicalJson(rival)) continue;
    const detail = `facts.${from}: the case also has facts.${to}, with another value`;
    return { ok: false, failure: failure('FACT_UNMAPPABLE', detail, `facts.${from}`) };
  }
  return { ok: true, value: renameKeys(facts, new Map(renames.map(({ from, to }) => [from, to]))) };
}

/**
 * An answer of a newer build in the words of the version that its case is pinned to: the case's memory, edges and
 * other agents know only those.
 */
export function downcastAnswer(renames: readonly Adapted[], answer: Answer): Answer {
  // Agents are written by others: what is no answer is for the contract's schema to refuse.
  if (renames.length === 0 || !isObject(answer)) return answer;
  const back = new Map(renames.map(({ from, to }) => [to, from]));
  const { facts, intent } = answer as { readonly facts?: unknown; readonly intent?: unknown };
  return {
    ...answer,
    ...(isJsonObject(facts) ? { facts: renameKeys(facts, back) } : {}),
    ...(isObject(intent) && 'facts' in intent && isJsonObject(intent.facts)
      ? { intent: { ...intent, facts: renameKeys(intent.facts, back) } }
      : {}),
  } as Answer;
}

/** Facts of a newer build in the words of the version that its case is pinned to. */
export function downcastFacts(renames: Renames, facts: JsonObject): JsonObject {
  return renameKeys(facts, new Map(renames.map(({ from, to }) => [to, from])));
}

/** The name under which this build knows a fact of the case. */
export function nameSince(renames: Renames, name: string): string {
  return renames.find(({ from }) => from === name)?.to ?? name;
}

/** The name under which the case knows a fact of this build. */
export function nameBefore(renames: Renames, name: string): string {
  return renames.find(({ to }) => to === name)?.from ?? name;
}

/** What is wrong with the ranges that an agent says it reads. */
export function findReadsFaults(
  reads: readonly EarlierVersions[],
  declares: (name: string) => boolean,
): readonly string[] {
  return reads.flatMap(({ versions, renames = [] }, index) => {
    const place = `reads.${String(index)}`;
    const faults = /^\d+\.(x|\d+\.(x|\d+))$/.test(versions)
      ? []
      : [`${place}.versions: ${JSON.stringify(versions)} is not a range such as 1.x, 1.2.x or 1.2.3`];
    for (const [which, { from, to }] of renames.entries()) {
      const here = `${place}.renames.${String(which)}`;
      const before = renames.slice(0, which);
      if (from === to) faults.push(`${here}: ${from} is mapped to itself`);
      if (!declares(to)) faults.push(`${here}: the agent does not accept ${to}`);
      if (before.some((one) => one.to === to)) faults.push(`${here}: ${to} has two sources`);
      if (before.some((one) => one.from === from)) faults.push(`${here}: ${from} has two targets`);
    }
    return faults;
  });
}

function renameKeys(facts: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [names.get(name) ?? name, value]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function matches(range: string, version: string): boolean {
  const parts = version.split('.');
  return range.split('.').every((part, index) => part === 'x' || part === parts[index]);
}

function isLater(one: string, other: string): boolean {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function majorOf(version: string): string {
  return version.split('.')[0] ?? version;
}
