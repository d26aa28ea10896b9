import { parseContextReference, type ContextReference } from './context.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { isJsonObject } from './json.ts';

/**
 * The one name of a fact that stands in the context store instead of in the payload. It is reserved: an agent that
 * writes it itself is refused, so nobody can point a receiver at what did not cross to it.
 */
export const REFERENCE_NAME = 'baton:reference';

/** A fact by reference (X2): small, the same wherever it travels, and a part of every digest over the facts. */
export function referenceFact(reference: ContextReference): JsonObject {
  const { key, version, digest, bytes } = reference;
  return { [REFERENCE_NAME]: { key, version, digest, bytes } };
}

/** The reference that a fact is, or undefined for a value of its own. */
export function referenceOf(value: JsonValue | undefined): ContextReference | undefined {
  if (!isJsonObject(value)) return undefined;
  const reference = value[REFERENCE_NAME];
  if (reference === undefined || Object.keys(value).length !== 1) return undefined;
  const parsed = parseContextReference(reference);
  return parsed.ok ? parsed.value : undefined;
}

/** Facts that stand in the context store, by name. */
export function referencesIn(facts: JsonObject): ReadonlyMap<string, ContextReference> {
  const found = new Map<string, ContextReference>();
  for (const [name, value] of Object.entries(facts)) {
    const reference = referenceOf(value);
    if (reference) found.set(name, reference);
  }
  return found;
}

/** Where the reserved name stands in a value, as a dotted path; undefined when it does not. */
export function findReservedName(value: JsonValue | undefined, path: string): string | undefined {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = findReservedName(item as JsonValue, `${path}.${String(index)}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  if (Object.hasOwn(value, REFERENCE_NAME)) return `${path}.${REFERENCE_NAME}`;
  for (const [name, member] of Object.entries(value)) {
    const found = findReservedName(member, `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
