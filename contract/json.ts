/** Plain JSON as it travels in payloads, rows and records. Durable values are nothing else: no Map, Set, Date or class. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. Keys with the value `undefined` are left out on the wire. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Whether a value is a JSON object (neither null nor a list). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Looks a name up among an object's own properties only. Names of agents, tools and fields come from models and
 * people: `constructor` or `__proto__` must be as unknown as any other word nobody declared (G4).
 */
export function getOwn<Value>(object: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Gives an object a member of its own, whatever its name: an assignment to `__proto__` would change its prototype. */
export function setOwn<Value>(object: Record<string, Value>, name: string, value: Value): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
