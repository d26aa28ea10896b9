import type { JsonObject, JsonValue } from './json.ts';
import { getOwn, isJsonObject, setOwn } from './json.ts';
import { referenceOf } from './reference-fact.ts';

/** A value cut to a receiver's schema. */
export interface Cut {
  readonly facts: JsonObject;
  /** Top-level names that the schema declares and the value had. */
  readonly declared: readonly string[];
  /** Dotted paths that were left behind. */
  readonly dropped: readonly string[];
  /** Required top-level names that are absent. */
  readonly missing: readonly string[];
}

/**
 * Cuts facts to what a receiver's JSON Schema declares (I6, X3): objects keep their declared properties, lists and
 * tuples are cut item by item, and a schema that says nothing of properties keeps the value whole. Of alternatives
 * (`anyOf`, `oneOf`, `allOf`), what any of them declares may cross. It selects and does not validate: the receiver
 * does that with its own schema.
 */
export function selectFields(schema: JsonObject, facts: JsonObject): Cut {
  const dropped: string[] = [];
  const kept = cutObject([schema], facts, { root: schema, dropped, path: [] });
  const required = schema['required'];
  return {
    facts: kept,
    declared: Object.keys(kept),
    dropped,
    missing: Array.isArray(required)
      ? required.filter((name): name is string => typeof name === 'string' && !Object.hasOwn(kept, name))
      : [],
  };
}

/** What a cut needs on its way down. */
interface Cutting {
  /** For references within the schema, as recursive shapes have them. */
  readonly root: JsonObject;
  readonly dropped: string[];
  /** Names and indexes down to the value at hand: text is made of them only for what is dropped. */
  readonly path: (string | number)[];
}

const ANYTHING: JsonObject = {};

function cutObject(schemas: readonly JsonObject[], value: JsonObject, cutting: Cutting): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member === undefined) continue;
    const declarations = flatMap(schemas, (schema) => declarationsOf(schema, name));
    if (declarations.length === 0) cutting.dropped.push([...cutting.path, name].join('.'));
    // A fact by reference is cut by whoever reads it: what stands here is not its value.
    else if (referenceOf(member) !== undefined) setOwn(kept, name, member);
    else setOwn(kept, name, cut(name, declarations, member, cutting));
  }
  return kept;
}

/** What each of the schemas comes to. Nearly always there is one, and whatever crosses asks at every value. */
function flatMap(
  schemas: readonly JsonObject[],
  of: (schema: JsonObject) => readonly JsonObject[],
): readonly JsonObject[] {
  const [only] = schemas;
  return only && schemas.length === 1 ? of(only) : schemas.flatMap(of);
}

/** Whether a schema has a place for a fact of this top-level name; in doubt it has. */
export function declares(schema: JsonObject, name: string): boolean {
  const properties = schema['properties'];
  if (!isJsonObject(properties) || Object.hasOwn(properties, name)) return true;
  const others = schema['additionalProperties'];
  return others === true || isJsonObject(others);
}

/** What one object schema says of a name; nothing when it does not let it in. */
export function declarationsOf(schema: JsonObject, name: string): readonly JsonObject[] {
  const properties = schema['properties'];
  const others = schema['additionalProperties'];
  if (!isJsonObject(properties) && others === undefined) return [ANYTHING];
  const own = isJsonObject(properties) ? getOwn(properties, name) : undefined;
  const names = schema['propertyNames'];
  const listed = isJsonObject(names) && Array.isArray(names['enum']) ? names['enum'].includes(name) : true;
  const declaration = own ?? (listed ? others : undefined);
  if (declaration === true) return [ANYTHING];
  return isJsonObject(declaration) ? [declaration] : [];
}

function cut(
  name: string | number,
  schemas: readonly JsonObject[],
  value: JsonValue,
  cutting: Cutting,
): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  const branches = flatMap(schemas, (schema) => branchesOf(schema, cutting.root));
  cutting.path.push(name);
  const kept = isJsonObject(value)
    ? cutObject(branchesFor(branches, 'object'), value, cutting)
    : cutList(branchesFor(branches, 'array'), value, cutting);
  cutting.path.pop();
  return kept;
}

/** A branch that cannot hold an object says nothing of its properties, and one that cannot hold a list of its items. */
function branchesFor(branches: readonly JsonObject[], type: 'object' | 'array'): readonly JsonObject[] {
  const able = branches.filter((branch) => canBe(branch, type));
  return able.length > 0 ? able : [ANYTHING];
}

function cutList(lists: readonly JsonObject[], value: readonly JsonValue[], cutting: Cutting): JsonValue {
  return value.map((item, index) => {
    const declarations = flatMap(lists, (list) => itemSchemasOf(list, index));
    return cut(index, declarations.length > 0 ? declarations : [ANYTHING], item, cutting);
  });
}

function canBe(schema: JsonObject, type: 'object' | 'array'): boolean {
  const types = schema['type'];
  if (types !== undefined) return types === type || (Array.isArray(types) && types.includes(type));
  return schema['enum'] === undefined && schema['const'] === undefined;
}

/** What a list's schema says of its item at an index. */
export function itemSchemasOf(list: JsonObject, index: number): readonly JsonObject[] {
  const tuple = list['prefixItems'];
  const own = Array.isArray(tuple) ? (tuple as readonly JsonValue[])[index] : undefined;
  const item = own ?? list['items'];
  return isJsonObject(item) ? [item] : [];
}

/** References within a schema may lead in circles that no value walks: so many hops without going down are enough. */
const HOPS = 32;
const ALTERNATIVES = ['anyOf', 'oneOf', 'allOf'];
/** Words without which a schema is its own only branch. */
const ELSEWHERE = ['$ref', ...ALTERNATIVES];

/** The alternatives a schema amounts to, references within it followed. */
export function branchesOf(schema: JsonObject, root: JsonObject, hops = 0): readonly JsonObject[] {
  if (hops > HOPS) return [];
  if (!ELSEWHERE.some((word) => schema[word] !== undefined)) return [schema];
  const branches: JsonObject[] = [];
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const target = resolve(reference, root);
    branches.push(...(target ? branchesOf(target, root, hops + 1) : [ANYTHING]));
  }
  for (const word of ALTERNATIVES) {
    const alternatives = schema[word];
    if (!Array.isArray(alternatives)) continue;
    for (const one of alternatives as readonly JsonValue[])
      if (isJsonObject(one)) branches.push(...branchesOf(one, root, hops + 1));
  }
  // Beside a reference or alternatives, a schema's own properties count as well.
  if (branches.length === 0 || isJsonObject(schema['properties'])) branches.push(schema);
  return branches;
}

function resolve(reference: string, root: JsonObject): JsonObject | undefined {
  if (!reference.startsWith('#')) return undefined;
  let target: JsonValue | undefined = root;
  for (const part of reference.slice(1).split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    target = isJsonObject(target) ? getOwn(target, name) : undefined;
  }
  return isJsonObject(target) ? target : undefined;
}
