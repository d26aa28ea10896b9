import type { CaseOutcome, CaseView } from '../../contract/case.ts';
import type { RecordStore } from '../../contract/ports.ts';
import type { Conversation } from './conversation.ts';
import { seedRecords } from './seed.ts';

/** What came out of a conversation, in the form in which its file says what should. */
export type ActualOutcome = Conversation['comesOut'];

/**
 * Describes how a case ended and what it did to the records, field by field as the conversation expects it.
 * @param records the company's records, seeded before this conversation and changed by nothing else
 */
export async function outcomeOf(
  conversation: Conversation,
  view: CaseView,
  records: RecordStore,
): Promise<ActualOutcome> {
  return {
    outcome: view.outcome ? inWords(view.outcome) : `open: ${view.stage}`,
    saga: view.saga ?? 'kept',
    path: [...view.path],
    handoffs: view.handoffs.map((one) => `${one.from} -> ${one.to}: ${one.reasonCode} (${one.status})`),
    effects: view.effects.map((one) => `${one.tool} ${one.status}`),
    ...(await recordsNow(conversation, records)),
  };
}

/** How a case ended, in the words of conversations. */
function inWords(outcome: CaseOutcome): string {
  switch (outcome.kind) {
    case 'finished':
      return `finished: ${outcome.outcome}`;
    case 'cancelled':
      return 'cancelled';
    case 'failed':
      return `failed: ${outcome.failure.code}`;
  }
}

type Records = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

async function recordsNow(
  conversation: Conversation,
  records: RecordStore,
): Promise<Pick<ActualOutcome, 'records' | 'added'>> {
  const now: Records = await records.snapshot();
  const before: Records = seedRecords();
  const expected = conversation.comesOut.records;
  const added: Record<string, number> = {};
  for (const [collection, found] of Object.entries(now)) {
    const more = Object.keys(found).length - Object.keys(before[collection] ?? {}).length;
    if (more !== 0) added[collection] = more;
  }
  return {
    added,
    records: mapValues(expected, (ids, collection) =>
      mapValues(ids, (fields, id) => {
        const record = now[collection]?.[id] as Partial<Record<string, string>> | undefined;
        return mapValues(fields, (_value, field) => record?.[field] ?? null);
      }),
    ),
  };
}

function mapValues<Value, Result>(
  entries: Readonly<Record<string, Value>>,
  change: (value: Value, name: string) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, change(value, name)]));
}
