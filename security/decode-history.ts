import type { Payload, PayloadCodec } from '@temporalio/common';
import { payloadConverter } from '../contract/payload-converter.ts';
import { isErased } from '../contract/poison.ts';
import { isEncrypted } from './payload-codec.ts';

/**
 * Opens every encrypted payload of a history, in place, wherever in its events one stands: inputs, results, memo,
 * summaries and the attributes of failures.
 * @param codec absent where no keys are configured
 * @returns how many encrypted payloads were found, which stay as they are without a codec; and how many of them turned
 * out to be erased with their person
 */
export async function openHistoryPayloads(
  history: { readonly events?: readonly object[] | null },
  codec: PayloadCodec | undefined,
): Promise<{ readonly encrypted: number; readonly erased: number }> {
  const found: Opening[] = [];
  for (const event of history.events ?? []) collect(event, codec, found);
  let erased = 0;
  for (const open of found) if (await open()) erased += 1;
  return { encrypted: found.length, erased };
}

/** Opens one payload. @returns whether it was erased */
type Opening = () => Promise<boolean>;

function collect(value: object, codec: PayloadCodec | undefined, found: Opening[]): void {
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    if (typeof member !== 'object' || member === null || member instanceof Uint8Array) continue;
    if (!isPayload(member)) {
      collect(member, codec, found);
      continue;
    }
    found.push(async () => {
      const [opened] = codec ? await codec.decode([member]) : [];
      if (opened) Object.assign(value, { [name]: opened });
      return opened !== undefined && isErased(payloadConverter.fromPayload(opened));
    });
  }
}

function isPayload(value: object): value is Payload {
  const metadata: unknown = 'metadata' in value ? value.metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null) return false;
  return 'encoding' in metadata && metadata.encoding instanceof Uint8Array && isEncrypted(value);
}
