import type { LedgerRow } from '../../contract/ledger.ts';
import type { AppendedAlong, LedgerStore, OutboxEntry } from '../../contract/ports.ts';
import { eventOfRow, type WebhookEvent } from '../../contract/webhooks/event.ts';

/**
 * A ledger that puts events into the outbox with the rows they tell of, in one transaction: those that
 * somebody wants to hear of, and no others. It goes around a ledger that seals, because events are made of what rows say.
 * @param isWanted whether an endpoint or a desk hears of an event
 * @param told called when something has been put there
 */
export function announcingLedger(
  ledger: LedgerStore,
  isWanted: (event: WebhookEvent) => boolean,
  told: () => void,
): LedgerStore {
  return {
    read: (trace, range) => ledger.read(trace, range),
    head: (trace) => ledger.head(trace),
    close: () => ledger.close(),
    append: async (rows, along) => {
      const outbox = entriesOf(rows, along, isWanted);
      if (along === undefined || outbox.length === 0) return ledger.append(rows, along);
      await ledger.append(rows, { ...along, outbox });
      told();
    },
  };
}

function entriesOf(
  rows: readonly LedgerRow[],
  along: AppendedAlong | undefined,
  isWanted: (event: WebhookEvent) => boolean,
): readonly OutboxEntry[] {
  const { caseId, team } = along ?? {};
  if (caseId === undefined || team === undefined) return [];
  return rows.flatMap((row) => {
    const event = eventOfRow(row, { caseId, team });
    if (!event || !isWanted(event)) return [];
    return [{ trace: row.trace, sequence: row.sequence, body: JSON.stringify(event) }];
  });
}
