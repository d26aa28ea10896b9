import type { HistoryEvent } from '../../../client/index.ts';
import { SEARCH_ATTRIBUTES } from '../../../contract/search-attributes.ts';
import { readConversation } from '../../../examples/support/conversation.ts';
import { playConversation } from '../../../examples/support/play-conversation.ts';
import { seedRecords } from '../../../examples/support/seed.ts';
import { openSupportBed, type SupportBed } from './support-bed.ts';

let bed: SupportBed;
beforeAll(async () => {
  bed = await openSupportBed({});
});
afterAll(() => bed.close());

async function play(name: string): Promise<readonly HistoryEvent[]> {
  await bed.records.load(seedRecords());
  await playConversation(bed.baton, await readConversation(name), { caseId: name, team: 'support-desk' });
  const { events } = await bed.client.workflow.getHandle(name).fetchHistory();
  return events ?? [];
}

/** Activities of a type with their summaries, in the order in which they were scheduled. */
function activities(events: readonly HistoryEvent[], type: string): readonly string[] {
  return events
    .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === type)
    .map((event) => {
      const data = event.userMetadata?.summary?.data;
      return data ? String(JSON.parse(Buffer.from(data).toString())) : '';
    });
}

async function kindsOf(caseId: string): Promise<readonly string[]> {
  const { trace } = await bed.baton.status(caseId);
  return (await bed.ledger.read(trace, { limit: 1_000 })).map((row) => row.kind);
}

test('two handoffs are two recognisable steps of the history, and the card stays with billing', async () => {
  const events = await play('duplicate-charge');
  expect(activities(events, 'handoff')).toEqual([
    'triage -> billing, hop 1: duplicate-charge',
    'billing -> technical, hop 2: line-blocked',
  ]);
  expect(activities(events, 'effect')).toEqual([
    'billing: refund-charge',
    'billing: queue-mail',
    'technical: unblock-line',
  ]);
  const { handoffs, facts } = await bed.baton.show('duplicate-charge');
  expect(handoffs.map((one) => one.dropped)).toEqual([[], expect.arrayContaining(['card'])]);
  expect(facts).not.toHaveProperty('card');
  // Billing knows the address masked; the mail goes to the whole one.
  expect(facts['email']).toBe('a***@example.com');
  const { outbox } = await bed.records.snapshot();
  expect(Object.values(outbox ?? {})).toEqual([expect.objectContaining({ to: 'ada.brandt@example.com' })]);
  const { typedSearchAttributes: found } = await bed.client.workflow.getHandle('duplicate-charge').describe();
  expect(Object.values(SEARCH_ATTRIBUTES).map((key) => found.get(key as never))).toEqual([
    'support-desk',
    'technical',
    'closed',
    2,
    // The desk serves no tenants.
    undefined,
    'nobody',
  ]);
});

test('a case that waits for approval is found by whom it waits for, and its details say what for', async () => {
  const conversation = await readConversation('refund-approved');
  await bed.records.load(seedRecords());
  await playConversation(
    bed.baton,
    { ...conversation, steps: [{ does: 'cancels' }] },
    { caseId: 'cancelled-while-waiting', team: 'support-desk' },
  );
  let details = '';
  let found: readonly string[] = [];
  let shown: unknown;
  await playConversation(
    {
      ...bed.baton,
      decide: async (caseId, decision) => {
        const waiting = await bed.baton.list({ waitingOn: 'people:finance', open: true });
        found = waiting.map((one) => one.caseId);
        shown = (await bed.baton.show(caseId)).reviews[0]?.subject;
        const handle = bed.client.workflow.getHandle(caseId);
        details = String(
          (await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata')).currentDetails,
        );
        // As from the Temporal UI: the same rules by plain signal.
        await handle.signal('decide', decision);
        return { accepted: true, repeated: false, detail: 'by signal' };
      },
    },
    conversation,
    { caseId: 'approved-by-signal', team: 'support-desk' },
  );
  expect(found).toContain('approved-by-signal');
  // Whoever decides sees the records before and after, and no record is written for it.
  expect(shown).toMatchObject({
    tool: 'refund-charge',
    record: {
      before: { 'charges/CH-3': { refundedEur: 0 } },
      after: { 'charges/CH-3': { refundedEur: 412.5 }, 'refunds/new': { amountEur: 412.5 } },
    },
  });
  expect(details).toContain('**billing** owns the case (waiting-person); waiting on people:finance.');
  expect(details).toContain('Refund to the customer?');
  expect(details).toMatch(/digest `[0-9a-f]{64}`/);
  expect(await bed.records.get('charges', 'CH-3')).toMatchObject({ refundedEur: 412.5 });
  expect(await kindsOf('approved-by-signal')).toEqual(
    expect.arrayContaining(['review-opened', 'review-decided', 'effect-scheduled', 'effect-committed']),
  );
});

test('after a third effect that fails, undo runs in reverse order and the records are as before', async () => {
  const events = await play('technician-unreachable');
  expect(activities(events, 'undo')).toEqual([
    'undo book-technician of technical',
    'undo reserve-router of technical',
    'undo open-ticket of technical',
  ]);
  expect(await bed.records.snapshot()).toEqual(seedRecords());
  expect((await kindsOf('technician-unreachable')).slice(-9)).toEqual([
    'effect-failed',
    'undo-scheduled',
    'effect-undone',
    'undo-scheduled',
    'effect-undone',
    'undo-scheduled',
    'effect-undone',
    'handoff-rolled-back',
    'case-closed',
  ]);
});
