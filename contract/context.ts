import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import type { Message } from './conversation.ts';
import { sha256Hex } from './digest.ts';
import { BatonError, failure, type Failure } from './failures.ts';
import { getOwn, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { CONTEXT_VALUE_BYTES } from './limits.ts';
import { jsonBytes } from './json-bytes.ts';
import { findUnstorable, parseWith, type Parsed } from './parse.ts';
import { digestSchema, idSchema } from './words.ts';

const Reference = z.object({
  /** What the value is called within its case, such as `facts` or `document:invoice-7`. */
  key: idSchema(),
  /** 1 for the first value under the key. A version never changes. */
  version: z.int().positive(),
  /** SHA-256 of the value's canonical JSON: the same from every store. */
  digest: digestSchema(),
  /** UTF-8 bytes of the value's canonical JSON. */
  bytes: z.int().nonnegative(),
});
/** A value kept in the context store of its case, as it crosses edges and stands in histories (X2). */
export type ContextReference = z.output<typeof Reference>;

/** The reference's schema, for shapes that carry references. */
export function contextReferenceSchema(): typeof Reference {
  return Reference;
}

/** Validates a reference. Failure: `INPUT_INVALID`. */
export function parseContextReference(value: unknown): Parsed<ContextReference> {
  return parseWith(Reference, value, 'reference');
}

/** The case that context belongs to, and whose it is: what the person is erased by (M11). */
export interface ContextCase {
  /** Trace id of the case. */
  readonly trace: string;
  /** Id that the case was opened with: the workflow's. */
  readonly caseId: string;
  /** `user.id` of the case's profile; a case without one is a person of its own. */
  readonly person?: string;
}

/** A value to keep. Its new version is `expectedVersion + 1`. */
export interface ContextEntry {
  readonly key: string;
  readonly value: JsonValue;
  /** The version it follows, 0 for a first value: another writer's version in between is a conflict. */
  readonly expectedVersion: number;
}

/** What is written in one transaction and one round trip: all of it or nothing. */
export interface ContextWrite {
  readonly case: ContextCase;
  readonly values?: readonly ContextEntry[];
  /** Messages of the conversation, each under its own sequence. */
  readonly messages?: readonly Message[];
}

/** A value to read, whole or cut to what the receiver declares. */
export interface ContextSelection {
  readonly reference: ContextReference;
  /** Top-level names of an object to keep; the whole value when absent. */
  readonly fields?: readonly string[];
}

/** A stretch of a conversation, in order. */
export interface MessageRange {
  /** Messages after this sequence; 0, the start, when absent. */
  readonly after?: number;
  /** Up to this sequence, which must be there; to the last one when absent. */
  readonly through?: number;
  /** At most so many, the first of the stretch. */
  readonly limit?: number;
}

/** What is read in one round trip. */
export interface ContextRead {
  readonly trace: string;
  readonly values?: readonly ContextSelection[];
  readonly messages?: MessageRange;
}

/** What was read: values in the order they were asked for, messages in the order of the conversation. */
export interface ContextFound {
  readonly values: readonly JsonValue[];
  readonly messages: readonly Message[];
}

/** What a store has of one case, without its content. */
export interface ContextInventory {
  /** Every version of every value, by key and version. */
  readonly references: readonly ContextReference[];
  /** Sequence of the last message, 0 when there is none. */
  readonly lastMessage: number;
}

/** A value in the one text it is digested and kept as, with its reference. */
export interface ContextText {
  readonly reference: ContextReference;
  readonly text: string;
}

/**
 * The text and the reference of an entry. Pure: a caller knows the reference before any store has the value.
 * @throws failures `INPUT_INVALID` for what cannot be kept, `INPUT_TOO_LARGE` above `CONTEXT_VALUE_BYTES`
 */
export function contextText(entry: ContextEntry): ContextText {
  const { key, value, expectedVersion } = entry;
  const bytes = jsonBytes(value);
  if (bytes > CONTEXT_VALUE_BYTES) {
    const detail = `${key} has ${String(bytes)} bytes, the limit is ${String(CONTEXT_VALUE_BYTES)}`;
    throw new BatonError(failure('INPUT_TOO_LARGE', detail, key));
  }
  const unstorable = findUnstorable(value, 'value');
  if (unstorable)
    throw new BatonError(failure('INPUT_INVALID', `${unstorable.field}: ${unstorable.text}`, key));
  const text = canonicalJson(value);
  const parsed = parseContextReference({
    key,
    version: expectedVersion + 1,
    digest: sha256Hex(text),
    bytes,
  });
  if (!parsed.ok) throw new BatonError(parsed.failure);
  return { reference: parsed.value, text };
}

/**
 * The value behind a kept text, cut to the fields asked for.
 * @param text what a store answered; undefined where it has nothing
 * @throws failures `CONTEXT_MISSING`, and `CONTEXT_CHANGED` when the text has another digest than the reference
 */
export function contextValue(selection: ContextSelection, text: string | undefined): JsonValue {
  const { reference, fields } = selection;
  if (text === undefined) throw new BatonError(contextMissing(reference));
  if (sha256Hex(text) !== reference.digest) throw new BatonError(contextChanged(reference));
  const value = JSON.parse(text) as JsonValue;
  return fields === undefined || !isJsonObject(value) ? value : sliceOf(value, fields);
}

/** The named top-level fields that an object has. */
function sliceOf(value: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(
    [...new Set(fields)].flatMap((name) => {
      const member = getOwn(value, name);
      return member === undefined ? [] : [[name, member]];
    }),
  );
}

/** Nothing is kept under a reference. */
export function contextMissing(reference: Pick<ContextReference, 'key' | 'version'>): Failure {
  return failure('CONTEXT_MISSING', placeOf(reference), reference.key);
}

/** What is kept under a reference is not what the reference was made for. */
export function contextChanged(reference: Pick<ContextReference, 'key' | 'version'>): Failure {
  return failure('CONTEXT_CHANGED', placeOf(reference), reference.key);
}

/** Another value stands under the version, or another version was written in between. */
export function contextConflict(
  reference: Pick<ContextReference, 'key' | 'version'>,
  found: string,
): Failure {
  return failure('CONTEXT_CONFLICT', `${placeOf(reference)}: ${found}`, reference.key);
}

/** The person's key was destroyed, and with it whatever their cases said. */
export function personErased(trace: string): Failure {
  return failure('PERSON_ERASED', `trace ${trace}`);
}

/** As {@link personErased}, where the case's own id is known and not its trace. */
export function caseErased(caseId: string): Failure {
  return failure('PERSON_ERASED', `case ${JSON.stringify(caseId)}`);
}

function placeOf({ key, version }: Pick<ContextReference, 'key' | 'version'>): string {
  return `"${key}", version ${String(version)}`;
}
