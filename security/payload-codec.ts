import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { BatonError } from '../contract/failures.ts';
import { erasedMarker, poison, type Poison } from '../contract/poison.ts';
import { openBytes, sealBytes } from './aes-gcm.ts';
import { isCaseKeyId, type DataKeys } from './data-keys.ts';
import { keyMissing } from './key-ring.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** Encoding of an encrypted payload: the one that Temporal's own samples use. */
const ENCRYPTED = 'binary/encrypted';
const CIPHER = 'AES-256-GCM';

/** What an encryption codec is made from. */
export interface EncryptionOptions {
  readonly keys: DataKeys;
  /** Told once for each registered key that is missing here: log it and wake somebody up. */
  readonly onAlarm?: (alarm: BatonError) => void;
}

/**
 * A payload codec that encrypts everything with AES-256-GCM. The key's id and the case are in clear beside the
 * ciphertext and authenticated with it, so a payload that was moved to another case does not open there.
 *
 * Decoding never throws for what a sender can cause: a failed tag, a truncated text and a key id that nobody knows
 * yield the poison marker, which handlers refuse and record (F17); a key that was destroyed with its person yields the
 * marker of an erased one (M11). A registered key that is missing here throws: it
 * is this process's own fault, and the task waits until it is mended. Payloads in clear pass, so that signals from
 * the UI work.
 * @throws BatonError `CODEC_KEY_MISSING`
 */
export function createEncryptionCodec(options: EncryptionOptions): PayloadCodec {
  const { keys, onAlarm } = options;
  const alarmed = new Set<string>();

  async function seal(payload: Payload, context: SerializationContext | undefined): Promise<Payload> {
    const { id, secret } = await keys.keyFor(context);
    const caseId = context?.workflowId;
    const plain = PayloadMessage.encode(payload).finish();
    return {
      metadata: {
        encoding: Buffer.from(ENCRYPTED),
        'encryption-cipher': Buffer.from(CIPHER),
        'encryption-key-id': Buffer.from(id),
        ...(caseId === undefined ? {} : { 'baton-case': Buffer.from(caseId) }),
      },
      data: sealBytes(secret, plain, boundText(id, caseId)),
    };
  }

  async function open(payload: Payload, context: SerializationContext | undefined): Promise<Payload> {
    if (!isEncrypted(payload)) return payload;
    const id = textOf(payload, 'encryption-key-id') ?? '';
    const caseId = textOf(payload, 'baton-case');
    const found = await keys.find(id, caseId);
    switch (found.kind) {
      case 'unknown':
        return poisoned(
          `there is no key ${JSON.stringify(id)}${isCaseKeyId(id) ? ' in this store of keys' : ''}`,
        );
      case 'erased':
        return inClear(erasedMarker(ENCRYPTED, `case ${JSON.stringify(caseId ?? '')}`));
      case 'lacking': {
        const missing = keyMissing([id]);
        if (!alarmed.has(id)) onAlarm?.(missing);
        alarmed.add(id);
        throw missing;
      }
      case 'key': {
        if (context?.workflowId !== undefined && caseId !== undefined && context.workflowId !== caseId)
          return poisoned('it was encrypted for another case');
        const plain = openBytes(found.secret, payload.data ?? new Uint8Array(), boundText(id, caseId));
        if (!plain) return poisoned('it is damaged, or was encrypted with another key of the same id');
        return readPayload(plain);
      }
    }
  }

  return {
    encode: (payloads, context) => Promise.all(payloads.map((payload) => seal(payload, context))),
    decode: (payloads, context) => Promise.all(payloads.map((payload) => open(payload, context))),
  };
}

/** Whether a payload is in the form that {@link createEncryptionCodec} writes. */
export function isEncrypted(payload: Payload): boolean {
  return textOf(payload, 'encoding') === ENCRYPTED;
}

/** What is authenticated beside the ciphertext: one text for one key and case. */
function boundText(keyId: string, caseId: string | undefined): string {
  return JSON.stringify(['baton-payload-1', CIPHER, keyId, caseId ?? null]);
}

function textOf(payload: Payload, name: string): string | undefined {
  const bytes = payload.metadata?.[name];
  return bytes ? Buffer.from(bytes).toString('utf8') : undefined;
}

function readPayload(bytes: Uint8Array): Payload {
  try {
    const { metadata, data } = PayloadMessage.decode(bytes);
    return { metadata, data };
  } catch {
    return poisoned('what was encrypted is no payload');
  }
}

function poisoned(reason: string): Payload {
  return inClear(poison(ENCRYPTED, reason));
}

/** A marker as a payload in clear, so that any converter reads it. */
function inClear(marker: Poison): Payload {
  return {
    metadata: { encoding: Buffer.from('json/plain') },
    data: Buffer.from(JSON.stringify(marker)),
  };
}
