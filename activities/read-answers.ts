import { z } from 'zod';
import { getOwn, isJsonObject, type JsonObject, type JsonValue } from '../contract/json.ts';

/** More of an answer than this is no answer to a question, and is not searched. */
const ANSWER_CHARACTERS = 4_000;

/**
 * Finds facts in what a user answers, by their schemas alone: `name: value` on a line of its own; else what a schema
 * tells apart, such as a word of an enum, a pattern, a date, an address or the only number; else, where one fact was
 * asked for, the whole answer.
 * @param asked names of the facts that the user was asked for
 * @param accepts JSON Schema of the facts
 */
export function readAnswers(answer: string, asked: readonly string[], accepts: JsonObject): JsonObject {
  const text = answer.slice(0, ANSWER_CHARACTERS).trim();
  if (text === '') return {};
  const properties = isJsonObject(accepts['properties']) ? accepts['properties'] : {};
  const schemas = asked.flatMap((name) => {
    const schema = getOwn(properties, name);
    return isJsonObject(schema) ? [{ name, schema }] : [];
  });
  const numbers = schemas.filter(({ schema }) => isNumeric(schema)).length;
  const found = schemas.flatMap(({ name, schema }): [string, JsonValue][] => {
    const fits = fitting(schema, accepts);
    const value =
      firstOf(linesOf(text, name), fits) ??
      firstOf(candidatesIn(text, schema, numbers === 1), fits) ??
      (asked.length === 1 ? firstOf([text], fits) : undefined);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

/** A candidate as the schema wants it, or undefined. */
type Fits = (candidate: string) => JsonValue | undefined;

function fitting(schema: JsonObject, root: JsonObject): Fits {
  const { $defs } = root;
  const validator = z.fromJSONSchema({
    ...schema,
    $defs: isJsonObject($defs) ? $defs : {},
  } as z.core.JSONSchema.JSONSchema);
  return (candidate) => {
    const value = isNumeric(schema) ? numberIn(candidate) : wordIn(schema, candidate);
    return value !== undefined && validator.safeParse(value).success ? value : undefined;
  };
}

function firstOf(candidates: readonly string[], fits: Fits): JsonValue | undefined {
  for (const candidate of candidates) {
    const value = fits(candidate);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** What stands behind the name of a fact on lines of the answer, as a form sends it. */
function linesOf(text: string, name: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', ...after] = line.split(':');
    return after.length > 0 && before.trim().toLowerCase() === name.toLowerCase()
      ? [after.join(':').trim()]
      : [];
  });
}

/** Parts of an answer that could be the value, where the schema is narrow enough to tell it from other words. */
function candidatesIn(text: string, schema: JsonObject, onlyNumber: boolean): readonly string[] {
  const words = text.split(/\s+/).map((word) => word.replace(/^["'(]+|[.,;:!?)"']+$/g, ''));
  if (isNumeric(schema)) return onlyNumber ? words : [];
  if (Array.isArray(schema['enum']))
    return schema['enum'].filter((one): one is string => typeof one === 'string' && containsWords(text, one));
  return schema['pattern'] !== undefined || schema['format'] !== undefined ? words : [];
}

function containsWords(text: string, words: string): boolean {
  const plain = (one: string): string =>
    ` ${one
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
      .trim()} `;
  return plain(text).includes(plain(words));
}

/** A word of an enum in its own spelling; any other text as it is. */
function wordIn(schema: JsonObject, candidate: string): string {
  const words: readonly unknown[] = Array.isArray(schema['enum']) ? schema['enum'] : [];
  const known = words.find((one) => typeof one === 'string' && one.toLowerCase() === candidate.toLowerCase());
  return typeof known === 'string' ? known : candidate;
}

function isNumeric({ type }: JsonObject): boolean {
  return type === 'number' || type === 'integer';
}

function numberIn(candidate: string): number | undefined {
  return /^-?\d{1,15}(\.\d{1,9})?$/.test(candidate) ? Number(candidate) : undefined;
}
