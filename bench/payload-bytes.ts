import type { History } from '@temporalio/common/lib/proto-utils.js';

/** Bytes that an activity carries on average: its input, and its result. */
export interface PayloadBytes {
  readonly input: number;
  readonly output: number;
}

/** Nothing more than its own. */
export const NO_FILLER: PayloadBytes = { input: 0, output: 0 };

interface Payloads {
  readonly payloads?: readonly { readonly data?: Uint8Array | null }[] | null;
}

/** What the activities of agents carry in a history; those of the set-up and of the ledger are left out. */
export function payloadBytesOf(history: History): PayloadBytes {
  const turns = new Set<string>();
  let input = 0;
  let output = 0;
  for (const event of history.events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled && ['turn', 'handoff'].includes(scheduled.activityType?.name ?? '')) {
      turns.add(String(event.eventId));
      input += bytesOf(scheduled.input);
    }
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed && turns.has(String(completed.scheduledEventId))) output += bytesOf(completed.result);
  }
  return turns.size === 0 ? NO_FILLER : { input: input / turns.size, output: output / turns.size };
}

/** What the raw side must carry besides its own, so that both move the same bytes. */
export function fillerFor(baton: PayloadBytes, raw: PayloadBytes): PayloadBytes {
  return {
    input: Math.max(0, Math.round(baton.input - raw.input)),
    output: Math.max(0, Math.round(baton.output - raw.output)),
  };
}

function bytesOf(payloads: Payloads | null | undefined): number {
  return (payloads?.payloads ?? []).reduce((sum, one) => sum + (one.data?.length ?? 0), 0);
}
