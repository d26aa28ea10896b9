/** Values that were carried: plain JSON, frozen whole. */
const carriedBefore = new WeakSet<object>();

/** A property as an assignment makes it. */
const OWN = { configurable: true, enumerable: true, writable: true };

/**
 * A value as JSON would bring it back, frozen whole. What was carried before is JSON already and cannot have changed,
 * so that it is not copied again: a state has hundreds of parts, and a decision changes few.
 */
export function carried<Value>(value: Value): Value {
  return copyOf(value) as Value;
}

/** Whether a value was carried. */
export function isCarried(value: object): boolean {
  return carriedBefore.has(value);
}

function copyOf(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value + 0;
  if (typeof value !== 'object') return throughText(value);
  if (carriedBefore.has(value)) return value;
  const copy = Array.isArray(value)
    ? Array.from(value as readonly unknown[], (member) => copyOf(member) ?? null)
    : membersOf(value);
  if (typeof copy !== 'object' || copy === null) return copy;
  carriedBefore.add(Object.freeze(copy));
  return copy;
}

function membersOf(value: object): unknown {
  const isPlain = Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain || ('toJSON' in value && typeof value.toJSON === 'function'))
    return copyOf(throughText(value));
  const members: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const copy = copyOf((value as Readonly<Record<string, unknown>>)[name]);
    if (copy === undefined) continue;
    // An assignment under this name would exchange the prototype.
    if (name === '__proto__') Object.defineProperty(members, name, { ...OWN, value: copy });
    else members[name] = copy;
  }
  return members;
}

function throughText(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : JSON.parse(text);
}
