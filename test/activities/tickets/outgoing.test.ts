import { ApplicationFailure } from '@temporalio/activity';
import { createSender } from '../../../activities/outside/send.ts';
import { keptText } from '../../../contract/kept-text.ts';
import type { LocalDeskOptions } from '../../../examples/tickets/local-desk.ts';
import { fakeCase, openTicketBed, type FakeCase, type TicketBed } from './ticket-bed.ts';

let bed: TicketBed | undefined;
afterEach(async () => {
  await bed?.close();
  bed = undefined;
});

/** A case that an agent has taken to people. */
function escalated(): FakeCase {
  const one = fakeCase();
  one.add('case-opened');
  one.say('message-received', 'm1', 'Where is my order? Card 4111 1111 1111 1111');
  one.say('message-sent', 'm2', 'Let me look.');
  one.add('handoff-accepted', { handoffId: 'h1', from: 'greeter', to: 'people:desk' }, 'people:desk');
  return one;
}

async function open(
  one: FakeCase,
  rules: object = {},
  options: Partial<LocalDeskOptions> = {},
): Promise<TicketBed> {
  bed = await openTicketBed([one], rules, options);
  return bed;
}

/** The failure of an attempt. */
async function failed(
  one: FakeCase,
  nth = 1,
): Promise<{ type: string; final: boolean; pauseMs: number; message: string }> {
  const thrown: unknown = await bed?.mirror(one, {}, nth).then(
    (value) => value,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ApplicationFailure)) throw new Error(`it came to ${JSON.stringify(thrown)}`);
  return {
    type: String(thrown.type),
    final: thrown.nonRetryable === true,
    pauseMs: Number(thrown.nextRetryDelay ?? 0),
    message: thrown.message,
  };
}

test('a case that needs nobody has no ticket', async () => {
  const one = fakeCase();
  one.add('case-opened');
  one.say('message-received', 'm1', 'Hello?');
  const { desk, mirror } = await open(one);
  expect(await mirror(one)).toEqual({ through: 2, taken: 0, ended: false });
  expect(desk.tickets.size).toBe(0);
});

test('an escalation makes a ticket: what was said is masked, who needs whom and why stands in fields', async () => {
  const one = escalated();
  const { desk, mirror } = await open(one, {
    fields: { case: 7, owner: 8, reason: 9 },
    tags: ['baton', 'vip'],
  });
  await mirror(one);
  const [ticket] = [...desk.tickets.values()];
  expect(ticket).toMatchObject({
    external_id: 'baton:default:order-7',
    subject: '[hello] order-7: user-asked',
    status: 'open',
    group_id: 5,
    tags: ['baton', 'vip'],
    custom_fields: [
      { id: 7, value: 'order-7' },
      { id: 8, value: 'people:desk' },
      { id: 9, value: 'user-asked' },
    ],
  });
  const [first, ...more] = desk.comments(ticket?.id ?? 0);
  expect(more).toEqual([]);
  expect(first?.public).toBe(false);
  expect(first?.body).toContain('User: Where is my order? Card ****1111');
  expect(first?.body).toContain('greeter: Let me look.');
  expect(JSON.stringify(desk.audits)).not.toMatch(/4111 1111|1234567/);
  expect(desk.requests.find(({ method }) => method === 'POST')?.headers['idempotency-key']).toBe(
    'baton:default:order-7/0/4',
  );
});

test('what happens later is told in order, once, however often it is mirrored', async () => {
  const one = escalated();
  const { desk, mirror } = await open(one);
  await mirror(one);
  one.say('message-received', 'm3', 'Anybody?');
  one.add('handoff-accepted', { handoffId: 'h2', from: 'people:desk', to: 'greeter' }, 'greeter');
  one.add('case-closed', { outcome: { kind: 'finished', outcome: 'paid' } });
  // From its very beginning each time: what the ticket has is read from the ticket.
  for (let round = 0; round < 3; round += 1) expect((await mirror(one)).ended).toBe(true);
  const [ticket] = [...desk.tickets.values()];
  expect(desk.comments(ticket?.id ?? 0).slice(1)).toEqual([
    { body: 'User: Anybody?', public: false },
    { body: 'The case has gone from people:desk to greeter.', public: false },
    { body: 'The case has ended: finished, paid.', public: false },
  ]);
  expect(ticket?.status).toBe('solved');
  expect(desk.tickets.size).toBe(1);
});

test('public where the desk wants it, codes alone where it wants no words', async () => {
  const one = escalated();
  const { desk, mirror } = await open(one, { words: 'none', messages: 'public' });
  await mirror(one);
  one.say('message-sent', 'm3', 'I am Bob.', { kind: 'person', name: 'bob', pool: 'desk' });
  one.add('review-decided', { reviewId: 'r1', decision: 'approve', by: 'bob', reason: 'because he is Ann' });
  await mirror(one);
  const [ticket] = [...desk.tickets.values()];
  expect(desk.comments(ticket?.id ?? 0).slice(1)).toEqual([
    { body: 'A person: (not shown here)', public: true },
    { body: 'Review r1: approve.', public: false },
  ]);
  expect(JSON.stringify(desk.audits)).not.toMatch(/order\?|bob|Ann|wants somebody/);
});

test('words of private teams are references, and nothing of them leaves', async () => {
  const one = escalated();
  const reference = keptText({ key: `door:${'a'.repeat(64)}`, version: 1, digest: 'b'.repeat(64), bytes: 9 });
  one.say('message-received', 'm3', reference);
  one.say('message-received', 'm4', `he says ${reference}`);
  const { desk, mirror } = await open(one);
  await mirror(one);
  const [ticket] = [...desk.tickets.values()];
  const said = desk.comments(ticket?.id ?? 0).map(({ body }) => body);
  expect(said.slice(1)).toEqual(['User: (not shown here)', 'User: (not shown here)']);
  expect(said.join()).not.toContain('kept-text');
});

test('a lost answer makes no second ticket and no second comment', async () => {
  const one = escalated();
  let lost = 0;
  const { desk, mirror } = await open(
    one,
    {},
    {
      lose: ({ method }) => method !== 'GET' && (lost += 1) <= 2,
    },
  );
  one.say('message-received', 'm3', 'Anybody?');
  expect(await failed(one)).toMatchObject({ type: 'TICKET_SYSTEM_UNAVAILABLE', final: false });
  expect(await failed(one, 2)).toMatchObject({ type: 'TICKET_SYSTEM_UNAVAILABLE', final: false });
  await mirror(one, {}, 3);
  const [ticket] = [...desk.tickets.values()];
  expect(desk.tickets.size).toBe(1);
  expect(desk.comments(ticket?.id ?? 0)).toHaveLength(2);
});

test('a ticket that people change at the same time is read anew', async () => {
  const one = escalated();
  let meddles = false;
  const { desk, mirror } = await open(
    one,
    {},
    {
      meddle: ({ method }) => {
        if (method !== 'PUT' || !meddles) return undefined;
        meddles = false;
        void desk.act(20, 2, { comment: { body: 'one moment', public: false } });
        return undefined;
      },
    },
  );
  await mirror(one);
  one.say('message-received', 'm3', 'Anybody?');
  meddles = true;
  expect(await failed(one)).toMatchObject({ type: 'TICKET_CONFLICT', final: false });
  await mirror(one);
  const said = desk.comments(2).map(({ body }) => body);
  expect(said.slice(1)).toEqual(['one moment', 'User: Anybody?']);
});

test('a ticket that is closed for good has a follow-up', async () => {
  const one = escalated();
  const { desk, mirror } = await open(one);
  await mirror(one);
  await desk.act(20, 2, { status: 'closed' });
  one.add('handoff-accepted', { handoffId: 'h2', from: 'people:desk', to: 'greeter' }, 'greeter');
  one.add('handoff-accepted', { handoffId: 'h1', from: 'greeter', to: 'people:desk' }, 'people:desk');
  await mirror(one);
  await mirror(one);
  expect([...desk.tickets.values()].map(({ status }) => status)).toEqual(['closed', 'open']);
  const written = desk.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
  expect(written[1]).toMatchObject({ ticket: { via_followup_source_id: 2 } });
});

test.each([
  [401, 'TICKET_CREDENTIALS_REFUSED', true],
  [403, 'TICKET_CREDENTIALS_REFUSED', true],
  [422, 'TICKET_REFUSED', true],
  [409, 'TICKET_CONFLICT', false],
  [500, 'TICKET_SYSTEM_UNAVAILABLE', false],
])('%i is %s', async (status, type, final) => {
  const one = escalated();
  await open(one, {}, { meddle: ({ method }) => (method === 'POST' ? { status } : undefined) });
  expect(await failed(one)).toMatchObject({ type, final });
});

test('429: comes back when it was told to, and gives up once its attempts are spent', async () => {
  const one = escalated();
  await open(
    one,
    { pausesSeconds: [5] },
    {
      meddle: () => ({ status: 429, headers: { 'retry-after': '93' } }),
    },
  );
  expect(await failed(one)).toMatchObject({ pauseMs: 93_000, final: false });
  expect(await failed(one, 2)).toMatchObject({ type: 'TICKET_SYSTEM_UNAVAILABLE', final: true });
});

test('a field that is not there is named, and nothing of what was said', async () => {
  const one = escalated();
  await open(one, { fields: { case: 99 } });
  const { type, message } = await failed(one);
  expect(type).toBe('TICKET_REFUSED');
  expect(message).toContain('RecordInvalid custom_fields');
  expect(message).not.toContain('order-7');
});

test('does not let itself be led inside', async () => {
  const send = createSender({ allowedHosts: [], answerBytes: 1_000, keepsAnswers: true });
  const request = {
    method: 'GET' as const,
    headers: {},
    timeoutMs: 1_000,
    signal: new AbortController().signal,
  };
  for (const url of ['https://127.0.0.1:1/', 'https://169.254.169.254/', 'https://[::1]:1/'])
    await expect(send({ ...request, url })).rejects.toThrow(/is not allowed/);
});
