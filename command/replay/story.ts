import type { History, HistoryEvent } from '../../client/index.ts';
import { rowsOf } from '../../client/history/ledger-rows.ts';
import { millisecondsOf, numberOf } from '../../client/history/numbers.ts';
import { decodePayloads } from '../../client/history/payloads.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { LedgerRow } from '../../contract/ledger.ts';

/** One thing that happened to a case: a boundary of its ledger, or a message at its door. */
export type StoryEntry =
  | ({ readonly what: 'boundary' } & Pick<LedgerRow, 'sequence' | 'at' | 'kind' | 'owner' | 'content'>)
  | {
      readonly what: 'signal' | 'update';
      readonly eventId: number;
      readonly at: string;
      readonly name: string;
      readonly content: JsonValue;
    };

/**
 * What a history tells, in order: every boundary with its owner, and the messages that came in from outside. Rows
 * come from the inputs of activities, so the last ones of an open case may still be missing.
 */
export function storyOf(history: History): readonly StoryEntry[] {
  const boundaries = new Map<number, StoryEntry>();
  const messages: StoryEntry[] = [];
  let workflowTime = '';
  for (const event of history.events ?? []) {
    const [input] = decodePayloads(event.activityTaskScheduledEventAttributes?.input);
    for (const { sequence, at, kind, owner, content } of rowsOf(input)) {
      boundaries.set(sequence, { what: 'boundary', sequence, at, kind, owner, content });
    }
    if (event.workflowTaskStartedEventAttributes) workflowTime = timeOf(event);
    const message = messageOf(event, workflowTime);
    if (message) messages.push(message);
  }
  // A message is recorded before the workflow task that takes it, so at the same instant it comes first.
  const inOrder = [...messages, ...[...boundaries.values()].sort(bySequence)];
  return inOrder.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
}

function bySequence(left: StoryEntry, right: StoryEntry): number {
  return left.what === 'boundary' && right.what === 'boundary' ? left.sequence - right.sequence : 0;
}

function timeOf(event: HistoryEvent): string {
  return new Date(millisecondsOf(event.eventTime) ?? 0).toISOString();
}

function messageOf(event: HistoryEvent, workflowTime: string): StoryEntry | undefined {
  const eventId = numberOf(event.eventId);
  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal) {
    const [content = null] = decodePayloads(signal.input);
    return { what: 'signal', eventId, at: timeOf(event), name: signal.signalName ?? '', content };
  }
  const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
  if (!update) return undefined;
  const [content = null] = decodePayloads(update.args);
  // An update is recorded when the task that took it ends; the rows it led to are of that task's beginning.
  return { what: 'update', eventId, at: workflowTime, name: update.name ?? '', content };
}
