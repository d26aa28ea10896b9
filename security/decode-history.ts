import type { Payload, PayloadCodec } from '@temporalio/common';
import { isEncrypted } from './payload-codec.ts';

/**
 * Opens every encrypted payload of a history, in place, wherever in its events one stands: inputs, results, memo,
 * summaries and the attributes of failures.
 * @param codec absent where no keys are configured
 * @returns how many encrypted payloads were found; without a codec they stay as they are
 */
export async function openHistoryPayloads(
  history: { readonly events?: readonly object[] | null },
  codec: PayloadCodec | undefined,
): Promise<number> {
  const found: (() => Promise<void>)[] = [];
  for (const event of history.events ?? []) collect(event, codec, found);
  for (const open of found) await open();
  return found.length;
}

function collect(value: object, codec: PayloadCodec | undefined, found: (() => Promise<void>)[]): void {
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    if (typeof member !== 'object' || member === null || member instanceof Uint8Array) continue;
    if (!isPayload(member)) {
      collect(member, codec, found);
      continue;
    }
    found.push(async () => {
      const [opened] = codec ? await codec.decode([member]) : [];
      if (opened) Object.assign(value, { [name]: opened });
    });
  }
}

function isPayload(value: object): value is Payload {
  const metadata: unknown = 'metadata' in value ? value.metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null) return false;
  return 'encoding' in metadata && metadata.encoding instanceof Uint8Array && isEncrypted(value);
}
