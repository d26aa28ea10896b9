import { ApplicationFailure } from '@temporalio/activity';
import { commandOf } from '../../../activities/tickets/commands.ts';
import { ANA, fakeCase, OWN, openTicketBed, STRANGER, type FakeCase, type TicketBed } from './ticket-bed.ts';

const OTHER = 30;
let bed: TicketBed | undefined;
afterEach(async () => {
  await bed?.close();
  bed = undefined;
});

/** Cases that people have, with their tickets. */
async function open(
  rules: object = {},
  ...cases: FakeCase[]
): Promise<TicketBed & { readonly one: FakeCase; readonly ticket: number }> {
  const one = cases[0] ?? fakeCase();
  const all = cases.length === 0 ? [one] : cases;
  for (const each of all) {
    each.add('case-opened');
    each.say('message-received', 'm1', 'Where is my order?');
    each.add('handoff-accepted', { handoffId: 'h1', from: 'greeter', to: 'people:desk' }, 'people:desk');
  }
  const opened = await openTicketBed(all, { people: { [ANA]: 'ana', [OTHER]: 'bob' }, ...rules });
  bed = opened;
  const { ticket = 0 } = await opened.mirror(one);
  return { ...opened, one, ticket };
}

/** What Baton has noted in a ticket since it was made. */
function answers({ desk }: TicketBed, ticket: number): readonly string[] {
  return desk.audits
    .filter(({ ticket_id, author_id }) => ticket_id === ticket && author_id === OWN)
    .slice(1)
    .flatMap(({ events }) => events)
    .filter(({ type }) => type === 'Comment')
    .map((said) => String(said['body']));
}

test('a public comment is said to the user, once, in the name of whoever wrote it, and comes back to no ticket', async () => {
  const here = await open();
  const { desk, mirror, one, ticket } = here;
  const { id } = await desk.act(ANA, ticket, { comment: { body: 'It left on Monday.', public: true } });
  await desk.act(ANA, ticket, { comment: { body: 'the carrier is late again', public: false } });
  const messageId = `ticket/support/${String(ticket)}/${String(id)}/0`;
  // The same again, as if the worker had died before it could say how far it was.
  for (let round = 0; round < 2; round += 1) await mirror(one, { through: 3 });
  expect(one.done).toEqual([['reply', { by: 'ana', messageId, text: 'It left on Monday.' }]]);
  one.say('message-sent', messageId, 'It left on Monday.', { kind: 'person', name: 'ana', pool: 'desk' });
  await mirror(one);
  expect(answers(here, ticket)).toEqual([]);
});

test('what was done is not looked at again', async () => {
  const { desk, mirror, one, ticket } = await open();
  await desk.act(ANA, ticket, { comment: { body: 'First.', public: true } });
  const mirrored = await mirror(one);
  one.done.length = 0;
  await mirror(one, { taken: mirrored.taken });
  expect(one.done).toEqual([]);
});

test('a solved ticket ends the case: said first, and with what the ticket has shown', async () => {
  const { desk, mirror, one, ticket } = await open();
  one.say('message-received', 'm2', 'Hello?');
  await mirror(one);
  await desk.act(ANA, ticket, { comment: { body: 'Here it is.', public: true }, status: 'solved' });
  await mirror(one);
  expect(one.done.map(([door]) => door)).toEqual(['reply', 'resolve']);
  expect(one.done[1]?.[1]).toEqual({
    by: 'ana',
    outcome: 'solved',
    note: `ticket ${String(ticket)}`,
    seen: 2,
  });
});

test('or gives it back, where the desk says so; a command says it in the note', async () => {
  const { desk, mirror, one, ticket } = await open({ onSolved: 'give-back' });
  await desk.act(ANA, ticket, { status: 'solved' });
  await mirror(one);
  await desk.act(ANA, ticket, {
    comment: { body: '/resolve refunded sent 12 EUR', public: false },
    status: 'open',
  });
  await desk.act(OTHER, ticket, { comment: { body: '/claim', public: false } });
  await desk.act(ANA, ticket, {
    comment: { body: '/give-back check the line', public: false },
    status: 'solved',
  });
  await mirror(one);
  expect(one.done).toEqual([
    ['giveBack', { by: 'ana', note: `ticket ${String(ticket)}` }],
    ['resolve', { by: 'ana', outcome: 'refunded', note: 'sent 12 EUR', seen: 1 }],
    ['claim', { by: 'bob' }],
    ['giveBack', { by: 'ana', note: 'check the line' }],
  ]);
});

test('nobody that the desk does not know says or does anything, and is told so once', async () => {
  const here = await open({ decisions: 'taken' });
  const { desk, mirror, one, ticket } = here;
  await desk.act(STRANGER, ticket, { comment: { body: 'Send me the money.', public: true } });
  await desk.act(STRANGER, ticket, { comment: { body: '/approve r1 aaaaaaaaaaaa yes', public: false } });
  await desk.act(-1, ticket, { status: 'solved' });
  for (let round = 0; round < 3; round += 1) await mirror(one);
  expect(one.done).toEqual([]);
  const said = answers(here, ticket);
  expect(said).toHaveLength(3);
  expect(said.every((text) => text.includes('TICKET_AUTHOR_UNKNOWN'))).toBe(true);
  // The case goes on, and so does its ticket.
  expect(desk.tickets.get(ticket)?.status).toBe('open');
});

test('a comment in the name of somebody else is nobody’s', async () => {
  const here = await open();
  const { desk, mirror, one, ticket } = here;
  const comment = { body: 'I am Ana, honestly.', public: true, author_id: ANA };
  await desk.act(STRANGER, ticket, { comment });
  await desk.act(OTHER, ticket, { comment });
  await mirror(one);
  expect(one.done).toEqual([]);
  expect(answers(here, ticket)).toHaveLength(2);
});

test('a mark that Baton did not write counts for nothing', async () => {
  const { desk, mirror, one, ticket } = await open();
  const metadata = { custom: { baton: { case: one.caseId, row: 1_000, taken: 1_000, seen: 1_000 } } };
  await desk.act(STRANGER, ticket, Object.assign({ comment: { body: 'hm', public: false } }, { metadata }));
  await desk.act(ANA, ticket, { comment: { body: 'Hello.', public: true } });
  await mirror(one);
  expect(one.done.map(([door]) => door)).toEqual(['reply']);
});

test('a closed case answers in the ticket, and none of the case’s own words', async () => {
  const here = await open();
  const { desk, mirror, one, ticket } = here;
  one.add('case-closed', { outcome: { kind: 'finished', outcome: 'done' } });
  await mirror(one);
  one.refuses.reply = 'CASE_CLOSED';
  one.refuses.resolve = 'CASE_CLOSED';
  await desk.act(ANA, ticket, { comment: { body: 'One more thing.', public: true }, status: 'solved' });
  for (let round = 0; round < 2; round += 1) expect((await mirror(one)).ended).toBe(true);
  const [, late, ...more] = answers(here, ticket);
  expect(late).toMatch(/not said to the user.*CASE_CLOSED/);
  expect(late).not.toContain('the words of a case');
  expect(more).toEqual([]);
});

test('what another attempt may mend is tried again, and not answered', async () => {
  const here = await open();
  const { desk, mirror, one, ticket } = here;
  one.refuses.reply = 'NO_WORKER';
  await desk.act(ANA, ticket, { comment: { body: 'Hello.', public: true } });
  await expect(mirror(one)).rejects.toThrow(ApplicationFailure);
  expect(answers(here, ticket)).toEqual([]);
  delete one.refuses.reply;
  await mirror(one);
  expect(one.done).toHaveLength(1);
});

test('a ticket solved in vain is open again', async () => {
  const here = await open();
  const { desk, mirror, one, ticket } = here;
  one.refuses.resolve = 'CLAIMED_BY_OTHER';
  await desk.act(ANA, ticket, { status: 'solved' });
  await mirror(one);
  expect(desk.tickets.get(ticket)?.status).toBe('open');
  expect(answers(here, ticket).join()).toContain('CLAIMED_BY_OTHER');
});

describe('reviews', () => {
  const digest = 'ab12'.repeat(16);
  const review = { id: 'r1', status: 'open', digest, subject: { charge: 'C-1', amountEur: 400 } };
  const opened = async (rules: object): ReturnType<typeof open> => {
    const here = await open(rules);
    here.one.reviews = [review];
    here.one.add('review-opened', { reviewId: 'r1', pool: 'desk', question: 'Refund?', expiresAt: 'noon' });
    await here.mirror(here.one);
    return here;
  };

  test('are decided by whoever was shown them, for exactly that', async () => {
    const here = await opened({ decisions: 'taken' });
    const { desk, mirror, one, ticket } = here;
    expect(answers(here, ticket).at(-1)).toContain(`/approve r1 ${digest.slice(0, 12)} REASON`);
    expect(answers(here, ticket).at(-1)).toContain('"amountEur": 400');
    const say = async (body: string): Promise<void> => {
      await desk.act(ANA, ticket, { comment: { body, public: false } });
      await mirror(one);
    };
    await say('/approve r1 000000000000 fine');
    await say(`/approve r1 ${digest.slice(0, 12)}`);
    await say(`/approve r2 ${digest.slice(0, 12)} fine`);
    expect(one.done).toEqual([]);
    expect(
      answers(here, ticket)
        .slice(-3)
        .map((text) => /\(([A-Z_]+)/.exec(text)?.[1]),
    ).toEqual(['REVIEW_STALE', 'TICKET_COMMAND_UNKNOWN', 'REVIEW_UNKNOWN']);
    await say(`/approve r1 ${digest.slice(0, 12)} it was charged twice`);
    const decision = {
      reviewId: 'r1',
      digest,
      decision: 'approve',
      by: 'ana',
      reason: 'it was charged twice',
    };
    expect(one.done).toEqual([['decide', decision]]);
  });

  test('are not decided in tickets unless the desk says so', async () => {
    const here = await opened({});
    const { desk, mirror, one, ticket } = here;
    expect(answers(here, ticket).at(-1)).toContain('Decide it at a door of Baton.');
    const comment = { body: `/approve r1 ${digest} fine`, public: false };
    await desk.act(ANA, ticket, { comment });
    await mirror(one);
    expect(one.done).toEqual([]);
    expect(answers(here, ticket).at(-1)).toContain('TICKET_DECISION_REFUSED');
  });
});

describe('an external id that somebody else has written', () => {
  test('leads to no case of another tenant, nor to one that is not there, and the ticket says the same', async () => {
    const theirs = fakeCase('acme~order-9');
    const here = await open({}, fakeCase(), theirs);
    const { desk, mirror } = here;
    const said: string[] = [];
    for (const caseId of ['acme~order-9', 'order-404']) {
      const tenant = caseId.includes('~') ? 'acme' : 'default';
      const { ticket = 0 } = await mirror(here.one);
      const external_id = `baton:${tenant}:${caseId}`;
      await desk.act(ANA, ticket, { external_id, comment: { body: 'Tell me all.', public: true } });
      for (let round = 0; round < 2; round += 1) expect((await mirror(caseId)).ended).toBe(true);
      said.push(answers(here, ticket).join());
      await desk.act(ANA, ticket, { external_id: `baton:default:${here.one.caseId}` });
    }
    expect(theirs.done).toEqual([]);
    expect(said[0]).toMatch(/^Nothing was done \(TICKET_CASE_UNKNOWN/);
    expect(desk.tickets.size).toBe(1);
  });

  test('shows nothing of another case in a ticket of their own', async () => {
    const secret = fakeCase('order-8');
    const here = await open({}, fakeCase(), secret);
    const { desk, mirror, ticket } = here;
    await mirror(secret);
    const [, second] = [...desk.tickets.keys()];
    await desk.act(ANA, ticket, { external_id: 'baton:default:order-8' });
    secret.say('message-received', 'm9', 'my secret');
    await desk.act(ANA, ticket, { comment: { body: 'And this one?', public: true } });
    await mirror(secret);
    expect(secret.done).toEqual([]);
    expect(
      desk
        .comments(ticket)
        .map(({ body }) => body)
        .join(),
    ).not.toContain('my secret');
    expect(
      desk
        .comments(second ?? 0)
        .map(({ body }) => body)
        .join(),
    ).toContain('my secret');
    expect(answers(here, ticket).at(-1)).toContain('TICKET_CASE_UNKNOWN');
  });
});

test.each<[string, object | undefined]>([
  ['the customer is angry', undefined],
  [' /claim ', { kind: 'claim' }],
  ['/release until noon', { kind: 'release', note: 'until noon' }],
  ['/give-back', { kind: 'give-back', note: '' }],
  ['/resolve refunded', { kind: 'resolve', outcome: 'refunded', note: '' }],
  ['/resolve', { kind: 'unknown' }],
  ['/approve r1 abc yes', { kind: 'unknown' }],
  [
    '/reject r1 0123456789ab no\nand no again',
    {
      kind: 'decide',
      decision: 'reject',
      reviewId: 'r1',
      digest: '0123456789ab',
      reason: 'no\nand no again',
    },
  ],
  ['/shrug', { kind: 'unknown' }],
  ['see /claim', undefined],
])('%j is a command, or people’s own words', (note, command) => {
  expect(commandOf(note)).toEqual(command);
});
