import { canonicalJson } from './canonical-json.ts';
import type { ContextEntry, ContextReference } from './context.ts';
import { sha256Hex } from './digest.ts';
import { getOwn, isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/**
 * Where a text or value stands that was kept out of a history: the reference takes its place, so that whoever passes it
 * on needs to know nothing of it. It may stand within other words, as a person's reason does in a refusal.
 */
const FORM = /baton:kept-text:([1-9]\d{0,8}):([0-9a-f]{64}):(\d{1,9}):(door:[0-9a-f]{64})/;
const WHOLE = new RegExp(`^${FORM.source}$`);
const SIGN = 'baton:kept-text:';

/** The words that stand for what is kept: reference, digest and size, and nothing of what was said. */
export function keptText({ key, version, digest, bytes }: ContextReference): string {
  return `${SIGN}${String(version)}:${digest}:${String(bytes)}:${key}`;
}

/** The reference that such words are, or undefined for any other text. */
export function keptTextOf(text: unknown): ContextReference | undefined {
  return typeof text === 'string' && text.startsWith(SIGN) ? referenceIn(WHOLE.exec(text)) : undefined;
}

function referenceIn(found: RegExpExecArray | null): ContextReference | undefined {
  const [, version, digest = '', bytes, key = ''] = found ?? [];
  return key === '' ? undefined : { key, version: Number(version), digest, bytes: Number(bytes) };
}

/**
 * The trace under which everything of a case is kept that must not stand in its history. The case's own is not known
 * before it begins.
 */
export function doorTrace(caseId: string): string {
  return `door:${caseId}`;
}

/** Every text of a value, by what a function makes of it; numbers, names and the rest stay. */
export function mapTexts<Value>(value: Value, change: (text: string) => unknown): Value {
  const walk = (one: unknown): unknown => {
    if (typeof one === 'string') return change(one);
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([name, member]) => [name, walk(member)]));
  };
  return walk(value) as Value;
}

/** What is kept of a value, also within longer texts, each once. */
export function keptTextsIn(value: unknown): ReadonlyMap<string, ContextReference> {
  const found = new Map<string, ContextReference>();
  mapTexts(value, (text) => {
    if (!text.includes(SIGN)) return text;
    for (const one of text.matchAll(new RegExp(FORM.source, 'g'))) {
      const reference = referenceIn(one);
      if (reference) found.set(one[0], reference);
    }
    return text;
  });
  return found;
}

/**
 * A value with what was kept in its places. What stands alone becomes the value it was; within words, its text. One
 * pass: words that look like a reference in what somebody said stay words.
 */
export function withKept<Value>(value: Value, kept: ReadonlyMap<string, JsonValue | undefined>): Value {
  if (kept.size === 0) return value;
  return mapTexts(value, (text): unknown => {
    if (!text.includes(SIGN)) return text;
    const whole = kept.get(text);
    if (whole !== undefined) return whole;
    return text.replace(new RegExp(FORM.source, 'g'), (one) => {
      const found = kept.get(one);
      if (found === undefined) return one;
      return typeof found === 'string' ? found : JSON.stringify(found);
    });
  });
}

/** Key of the secret of a case, without which nobody can tell from a digest what was kept. */
export const KEPT_SECRET = 'secret';

/**
 * What is written for a value to keep. The same value of one case is the same entry, so that what is said twice, or by
 * a turn that is tried again, has one reference, and equal values can be told to be equal by it. The salt is for the
 * digest, which stands in histories: "yes" is not found by trying words.
 * @param secret of the case
 */
export function entryToKeep(secret: string, value: JsonValue): ContextEntry {
  const key = `door:${sha256Hex(canonicalJson([secret, value]))}`;
  return {
    key,
    value: { value, salt: sha256Hex(canonicalJson([secret, 'salt', value])) },
    expectedVersion: 0,
  };
}

/** The value that was kept; undefined for anything else. Earlier releases kept texts only. */
export function valueKept(entry: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(entry)) return undefined;
  return Object.hasOwn(entry, 'value') ? entry['value'] : entry['text'];
}

/** Fields of requests of users and people that say something in words or values of their own. */
const WORDED = ['reason', 'note', 'facts', 'correction', 'edits', 'intent', 'partialResults'] as const;

/** A request with those of its fields changed that say something. */
export function mapWorded<Request extends object>(
  request: Request,
  change: (said: JsonValue) => JsonValue,
): Request {
  return { ...request, ...changedFields(request as JsonObject, change) };
}

function changedFields(request: JsonObject, change: (said: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(
    WORDED.flatMap((name) => {
      const said = getOwn(request, name);
      return said === undefined ? [] : [[name, changeEach(said, change)]];
    }),
  );
}

/** Words whole, facts one by one. Numbers and yes or no stay: rules decide by them. */
function changeEach(said: JsonValue, change: (said: JsonValue) => JsonValue): JsonValue {
  const one = (value: JsonValue): JsonValue =>
    value === '' || value === null || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : change(value);
  if (!isJsonObject(said)) return one(said);
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, value]) => (value === undefined ? [] : [[name, one(value)]])),
  );
}

/** The first field of a request that says something where a reference should stand; undefined where none does. */
export function fieldInClear(request: object): string | undefined {
  return WORDED.find((name) => {
    const said = getOwn(request as JsonObject, name);
    const found: JsonValue[] = [];
    if (said !== undefined)
      changeEach(said, (value) => {
        found.push(value);
        return value;
      });
    return found.some((value) => keptTextOf(value) === undefined);
  });
}
