import type { JsonValue } from '../../contract/json.ts';

/** A payload as it stands in a history or a command. */
export interface PayloadLike {
  readonly metadata?: Readonly<Record<string, Uint8Array>> | null | undefined;
  readonly data?: Uint8Array | null | undefined;
}

/**
 * A payload as plain JSON. What is not JSON (binary, encrypted, damaged) becomes `{ encoding, base64 }`, so that
 * it can still be compared and shown; nothing throws.
 */
export function decodePayload(payload: PayloadLike | null | undefined): JsonValue {
  if (!payload) return null;
  const encoding = text(payload.metadata?.['encoding']);
  if (encoding === 'binary/null') return null;
  if (encoding === 'json/plain' || encoding === 'json/protobuf') {
    try {
      return JSON.parse(text(payload.data)) as JsonValue;
    } catch {
      // Damaged: shown as the bytes it is.
    }
  }
  return { encoding, base64: Buffer.from(payload.data ?? []).toString('base64') };
}

/** All payloads of a list, decoded. */
export function decodePayloads(
  payloads: { readonly payloads?: readonly PayloadLike[] | null } | null | undefined,
): readonly JsonValue[] {
  return (payloads?.payloads ?? []).map(decodePayload);
}

/** Payloads by name, decoded: search attributes and memo. */
export function decodePayloadMap(
  fields: Readonly<Record<string, PayloadLike>> | null | undefined,
): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, payload]) => [name, decodePayload(payload)]),
  );
}

function text(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}
