import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { isJsonObject } from '../../contract/json.ts';
import { findLedgerFault, type LedgerRow } from '../../contract/ledger.ts';
import type { LedgerStore } from '../../contract/ports.ts';
import type { HistoryEvent } from '../../client/history/history.ts';

/** Events of all runs of a case, oldest first. */
export async function eventsOf(client: Client, workflowId: string): Promise<readonly HistoryEvent[]> {
  const runs: (readonly HistoryEvent[])[] = [];
  let runId: string | undefined;
  do {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.unshift(events ?? []);
    const started = events?.[0]?.workflowExecutionStartedEventAttributes;
    runId =
      started?.continuedExecutionRunId === '' ? undefined : (started?.continuedExecutionRunId ?? undefined);
  } while (runId !== undefined);
  return runs.flat();
}

/** Everything that payloads of a case's history say, as one text: to show that something never entered it. */
export async function historyText(client: Client, workflowId: string): Promise<string> {
  const texts: string[] = [];
  const collect = (value: unknown): void => {
    // Bytes of the decoder are of another realm than the test's.
    if (ArrayBuffer.isView(value)) texts.push(Buffer.from(value as Uint8Array).toString());
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  collect(await eventsOf(client, workflowId));
  if (texts.length === 0) throw new Error(`the history of ${workflowId} has no payload`);
  return texts.join('\n');
}

/** Rows as the history says them: those that the case sent with its activities, each once. */
export function rowsOfHistory(events: readonly HistoryEvent[]): readonly LedgerRow[] {
  const rows = new Map<number, LedgerRow>();
  for (const event of events) {
    const payload = event.activityTaskScheduledEventAttributes?.input?.payloads?.[0];
    const input: unknown = payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
    if (!isJsonObject(input) || !Array.isArray(input['rows'])) continue;
    // The workflow of this very code wrote them.
    for (const row of input['rows'] as LedgerRow[]) {
      const known = rows.get(row.sequence);
      if (known && known.hash !== row.hash) throw new Error(`row ${String(row.sequence)} was authored twice`);
      rows.set(row.sequence, row);
    }
  }
  return [...rows.values()].sort((one, other) => one.sequence - other.sequence);
}

/**
 * Holds a ledger against the history (I9): sound chain, and a prefix of what the history says.
 * @returns the rows in the store, and those of the history
 */
export async function compareLedger(
  client: Client,
  ledger: LedgerStore,
  workflowId: string,
): Promise<{ readonly stored: readonly LedgerRow[]; readonly told: readonly LedgerRow[] }> {
  const events = await eventsOf(client, workflowId);
  const trace = String(events[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId);
  const stored: LedgerRow[] = [];
  for (;;) {
    const page = await ledger.read(trace, { after: stored.length });
    if (page.length === 0) break;
    stored.push(...page);
  }
  const fault = findLedgerFault(trace, stored);
  if (fault) throw new Error(`ledger: row ${String(fault.sequence)} ${fault.problem}: ${fault.detail}`);
  return { stored, told: rowsOfHistory(events) };
}
