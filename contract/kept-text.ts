import type { ContextReference } from './context.ts';
import { isJsonObject, type JsonValue } from './json.ts';

/**
 * Where a text stands that a door has kept: the reference takes the place of the text, so that whoever passes a
 * message on needs to know nothing of it.
 */
const FORM = /^baton:kept-text:([1-9]\d{0,8}):([0-9a-f]{64}):(\d{1,9}):(door:[0-9a-f]{64})$/;

/** The words that stand for a text kept at a door: reference, digest and size, and nothing of what was said. */
export function keptText({ key, version, digest, bytes }: ContextReference): string {
  return `baton:kept-text:${String(version)}:${digest}:${String(bytes)}:${key}`;
}

/** The reference that such words are, or undefined for any other text. */
export function keptTextOf(text: unknown): ContextReference | undefined {
  const [, version, digest = '', bytes, key = ''] = (typeof text === 'string' && FORM.exec(text)) || [];
  return key === '' ? undefined : { key, version: Number(version), digest, bytes: Number(bytes) };
}

/** The trace under which the doors of a case keep texts: the case's own is not known before it begins. */
export function doorTrace(caseId: string): string {
  return `door:${caseId}`;
}

/** Every text of a value, by what a function makes of it; numbers, names and the rest stay. */
export function mapTexts<Value>(value: Value, change: (text: string) => string): Value {
  const walk = (one: unknown): unknown => {
    if (typeof one === 'string') return change(one);
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([name, member]) => [name, walk(member)]));
  };
  return walk(value) as Value;
}

/** The kept texts of a value, each once. */
export function keptTextsIn(value: unknown): ReadonlyMap<string, ContextReference> {
  const found = new Map<string, ContextReference>();
  mapTexts(value, (text) => {
    const reference = keptTextOf(text);
    if (reference) found.set(text, reference);
    return text;
  });
  return found;
}

/** What a door keeps. The salt is for the digest, which stands in histories: "yes" is not found by trying words. */
export function textToKeep(text: string, salt: string): JsonValue {
  return { text, salt };
}

/** The text that a door has kept; undefined for any other value. */
export function textKept(value: JsonValue | undefined): string | undefined {
  const text = isJsonObject(value) ? value['text'] : undefined;
  return typeof text === 'string' ? text : undefined;
}
