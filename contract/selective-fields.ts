import type { JsonObject, JsonValue } from './json.ts';
import { getOwn, isJsonObject } from './json.ts';

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
 * Cuts facts to what a receiver's JSON Schema declares (I6, X3): objects keep their declared properties, lists are
 * cut item by item, and a schema that names no properties keeps the value whole. It selects and does not validate:
 * the receiver does that with its own schema.
 */
export function selectFields(schema: JsonObject, facts: JsonObject): Cut {
  const dropped: string[] = [];
  const kept = cutObject(schema, facts, '', dropped);
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

function cutObject(schema: JsonObject, value: JsonObject, path: string, dropped: string[]): JsonObject {
  const properties = schema['properties'];
  const others = schema['additionalProperties'];
  if (!isJsonObject(properties) && others === undefined) return value;
  const kept: [string, JsonValue][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const own = isJsonObject(properties) ? getOwn(properties, name) : undefined;
    const declaration = own ?? (isJsonObject(others) || others === true ? others : undefined);
    if (declaration === undefined || declaration === false) dropped.push(`${path}${name}`);
    else kept.push([name, cut(declaration, member, `${path}${name}`, dropped)]);
  }
  return Object.fromEntries(kept);
}

function cut(schema: JsonValue, value: JsonValue, path: string, dropped: string[]): JsonValue {
  // A union or reference cannot be cut without choosing a branch: such a value crosses whole, as it was declared.
  if (!isJsonObject(schema) || schema['anyOf'] !== undefined || schema['oneOf'] !== undefined) return value;
  if (isJsonObject(value)) return cutObject(schema, value, `${path}.`, dropped);
  const items = schema['items'];
  if (Array.isArray(value) && isJsonObject(items)) {
    return value.map((item: JsonValue, index) => cut(items, item, `${path}.${String(index)}`, dropped));
  }
  return value;
}
