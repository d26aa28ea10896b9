import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';

/** The objects of a list, whatever else is in it. */
export function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** A text, or nothing. */
export function wordsOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The text of a message's content: as it is, or of its parts. */
export function textOf(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  return objectsIn(content)
    .map((part) => wordsOf(part['text']) || textOf(part['content']) || wordsOf(part['output']))
    .filter((text) => text !== '')
    .join('\n');
}

/** A number, where it is one. */
export function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
