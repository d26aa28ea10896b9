import { NativeConnection } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import { Webhook } from 'standardwebhooks';
import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import { createBatonClient, type BatonClient } from '../../client/index.ts';
import type { Outbox } from '../../contract/ports.ts';
import { webhookEndpointsSchema } from '../../contract/webhooks/endpoints.ts';
import { webhookEventSchema, type WebhookEvent } from '../../contract/webhooks/event.ts';
import type { FailedTicket } from '../../client/index.ts';
import { ticketDesksOf } from '../../contract/tickets/read-desks.ts';
import { ticketWorkflowId, type TicketMirrored } from '../../contract/tickets/mirror.ts';
import { signedHook } from '../../examples/tickets/desk-hooks.ts';
import { startLocalDesk, type LocalDesk } from '../../examples/tickets/local-desk.ts';
import { until } from '../../scripts/ports.ts';
import { createService } from '../../service/http/create-service.ts';
import { readTicketHooks } from '../../service/tickets/read-hooks.ts';
import { accessForAll } from '../service/principals.ts';
import { agent, finish, reply } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { createDispatcher } from '../../workers/webhooks/dispatcher.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const [good, silent, broken] = [unique('good'), unique('silent'), unique('broken')];
const greeter = agent('greeter', unique('greeters'), () => finish('greeted', 'Hello, Ann Smith.'));
const team = defineTeam({
  name: unique('hello'),
  start: greeter,
  edges: [escalate(greeter, people('desk', { sara: { roles: ['lead'] } }))],
});

const helper = agent('helper', unique('helpers'), () => reply('Tell me more.'));
const helping = defineTeam({
  name: unique('help'),
  start: helper,
  edges: [escalate(helper, people('desk', { sara: { roles: ['lead'] } }))],
});
const [tickets, shut] = [unique('tickets'), unique('shut')];
const account = { email: 'baton@acme.example', token: 'secret-token', id: 1 };
const SARA = 20;
const STRANGER = 66;
const HOOK_SECRET = 'hook-secret';

let desk: LocalDesk;
let shutDesk: LocalDesk;
let isShut = true;
let service: FastifyInstance;
let hookUrl = '';
const receivers: WebhookReceiver[] = [];
let isMended = false;
let bed: Bed;
let baton: BatonClient;

beforeAll(async () => {
  receivers.push(
    await startReceiver(),
    // Takes what it is sent, and never says a word.
    await startReceiver(() => undefined),
    await startReceiver((response) => response.writeHead(isMended ? 200 : 500).end('no')),
  );
  desk = await startLocalDesk({ account, hook: { url: () => hookUrl, secret: HOOK_SECRET } });
  const secrets = [SECRET];
  const [a, b, c] = receivers.map(({ url }) => url);
  shutDesk = await startLocalDesk({ account, meddle: () => (isShut ? { status: 403 } : undefined) });
  const desks = {
    version: '1.0.0',
    allowedHosts: [desk.host, shutDesk.host],
    desks: {
      [tickets]: {
        url: desk.url,
        account: { email: account.email, tokenVariable: 'TOKEN' },
        hookSecretVariables: ['HOOK_SECRET'],
        teams: [helping.name],
        pools: { desk: {} },
        words: 'masked',
        people: { [SARA]: 'sara' },
        pausesSeconds: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
      },
      [shut]: {
        url: shutDesk.url,
        account: { email: account.email, tokenVariable: 'TOKEN' },
        teams: [helping.name],
        pools: { desk: {} },
        words: 'none',
      },
    },
  };
  bed = await openBed({
    teams: [team, helping],
    webhooks: webhookEndpointsSchema().parse({
      version: '1.0.0',
      allowedHosts: receivers.map(({ host }) => host),
      endpoints: {
        [good]: { url: a, secrets },
        [silent]: { url: b, secrets, timeoutMs: 30_000, atOnce: 1 },
        [broken]: { url: c, secrets, events: ['case.closed'], pausesSeconds: [1] },
      },
    }),
    tickets: {
      tokens: { [tickets]: account.token, [shut]: account.token },
      desks: ticketDesksOf(desks),
    },
  });
  baton = createBatonClient({ client: bed.client });
  service = await createService({
    baton,
    access: accessForAll(),
    tickets: readTicketHooks(JSON.stringify(desks), { HOOK_SECRET }),
  });
  hookUrl = `${await service.listen({ host: '127.0.0.1', port: 0 })}/tickets/${tickets}/hook`;
});
afterAll(async () => {
  await Promise.all(receivers.map((one) => one.close()));
  await service.close();
  await bed.close();
  await desk.close();
  await shutDesk.close();
});

const eventsOf = ({ received }: WebhookReceiver): readonly WebhookEvent[] =>
  received.map(({ body, headers }) =>
    webhookEventSchema().parse(new Webhook(SECRET).verify(body, headers as Record<string, string>)),
  );

test('a case tells the world, once, in numbers that give the order, and no endpoint waits for another', async () => {
  const [first, second, third] = receivers as [WebhookReceiver, WebhookReceiver, WebhookReceiver];
  const cases = [await bed.open(team), await bed.open(team)];
  await Promise.all(cases.map((one) => one.result()));
  const isTold = (): boolean => first.received.length >= 8;
  expect(await until(() => Promise.resolve(isTold()), { limitMs: 60_000 })).toBe(true);

  for (const { workflowId } of cases) {
    const told = eventsOf(first).filter(({ data }) => data.caseId === workflowId);
    const inOrder = told.toSorted((left, right) => left.data.seq - right.data.seq);
    const types = inOrder.map(({ type }) => type).filter((type) => type !== 'message.sent');
    expect(types).toEqual(['case.opened', 'message.received', 'case.closed']);
    const rows = await bed.ledger.read(inOrder[0]?.data.trace ?? '');
    for (const { data, timestamp } of inOrder)
      expect(rows[data.seq - 1]).toMatchObject({ trace: data.trace, at: timestamp, owner: data.owner });
    expect(inOrder.at(-1)?.data.codes).toMatchObject({ ending: 'finished', outcome: 'greeted' });
  }
  const ids = first.received.map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(ids.length);
  expect(JSON.stringify(first.received)).not.toContain('Ann Smith');
  // One request at a time was let out to the endpoint that is silent, and it is still there.
  expect(second.received.length).toBeLessThanOrEqual(2);

  // What spent its attempts has failed, is found, and goes out again under its id.
  const failed = async (): Promise<number> => (await baton.failedWebhooks({ endpoint: broken })).length;
  expect(await until(async () => (await failed()) === 2, { limitMs: 60_000 })).toBe(true);
  const [one] = await baton.failedWebhooks({ endpoint: broken });
  if (!one) throw new Error('nothing failed');
  expect(one).toMatchObject({
    endpoint: broken,
    type: 'case.closed',
    failure: { code: 'WEBHOOK_UNDELIVERED' },
  });
  expect(cases.map(({ workflowId }) => workflowId)).toContain(one.caseId);
  const before = third.received.length;
  expect(before).toBe(4);
  isMended = true;
  const twice = [baton.redriveWebhook(one.delivery), baton.redriveWebhook(one.delivery)];
  const outcomes = (await Promise.allSettled(twice)).map(({ status }) => status);
  expect(outcomes).toContain('fulfilled');
  expect(await bed.client.workflow.getHandle(one.delivery).result()).toEqual({ status: 200, attempts: 1 });
  expect(third.received).toHaveLength(before + 1);
  expect(third.received.at(-1)?.headers['webhook-id']).toBe(one.delivery.split('/').at(-1));
  expect(await failed()).toBe(1);
  await expect(baton.redriveWebhook(one.delivery)).rejects.toMatchObject({ code: 'WEBHOOK_UNKNOWN' });
  await expect(baton.redriveWebhook(cases[0]?.workflowId ?? '')).rejects.toMatchObject({
    code: 'WEBHOOK_UNKNOWN',
  });
});

test('two dispatchers that have taken the same entry at once deliver it once', async () => {
  const [first] = receivers as [WebhookReceiver];
  const [known] = eventsOf(first);
  if (!known) throw new Error('nothing was told');
  const trace = unique('trace');
  const event = { ...known, data: { ...known.data, trace, seq: 1 } };
  const id = `evt_${trace}_1`;
  const entry = { trace, sequence: 1, body: JSON.stringify(event) };
  const connection = await NativeConnection.connect({ address: String(process.env['TEMPORAL_ADDRESS']) });
  const taken = [0, 0];
  const dispatchers = taken.map((_, index) =>
    createDispatcher({
      connection,
      namespace: bed.client.options.namespace,
      dataConverter: {},
      queue: bed.caseQueue(),
      // The first look of each finds it, as after a lease that has run out.
      outbox: {
        take: () => Promise.resolve((taken[index] = (taken[index] ?? 0) + 1) === 1 ? [entry] : []),
        remove: () => Promise.resolve(),
        disabled: () => Promise.resolve([]),
      } as unknown as Outbox,
      endpoints: webhookEndpointsSchema().parse({
        version: '1.0.0',
        allowedHosts: [first.host],
        endpoints: { [good]: { url: receivers[0]?.url, secrets: [SECRET] } },
      }),
      onTrouble: (thrown) => {
        throw thrown;
      },
    }),
  );
  const running = dispatchers.map((one) => one.run());
  const deliveries = (): number =>
    first.received.filter(({ headers }) => headers['webhook-id'] === id).length;
  expect(await until(() => Promise.resolve(deliveries() > 0), { limitMs: 60_000 })).toBe(true);
  // Both have come back for more, so both have started what they had.
  await until(() => Promise.resolve(taken.every((times) => times > 1)), { limitMs: 60_000 });
  for (const one of dispatchers) one.stop();
  await Promise.all(running);
  await connection.close();
  const delivery = bed.client.workflow.getHandle(`webhook/${good}/${id}`);
  expect(await delivery.result()).toMatchObject({ attempts: 1 });
  expect(deliveries()).toBe(1);
});

test('a case that needs a person is a ticket, and both know of each other until they end', async () => {
  const opened = await bed.open(helping, {
    message: { id: 'first', text: 'My IBAN is DE89 3704 0044 0532 0130 00' },
  });
  const { workflowId: caseId } = opened;
  await baton.askForHuman(caseId, { reason: 'the bot is no use' });
  const ticketOf = (): number | undefined =>
    [...desk.tickets.values()].find(({ external_id }) => external_id === `baton:default:${caseId}`)?.id;
  expect(await until(() => Promise.resolve(ticketOf() !== undefined), { limitMs: 60_000 })).toBe(true);
  const ticket = ticketOf() ?? 0;
  const said = (): string =>
    desk
      .comments(ticket)
      .map(({ body }) => body)
      .join('\n');
  expect(said()).toContain('User: My IBAN is ****3000');
  expect(said()).toContain('the bot is no use');

  await baton.say(caseId, { messageId: 'second', kind: 'text', text: 'Is anybody there?' });
  expect(await until(() => Promise.resolve(said().includes('Is anybody there?')), { limitMs: 60_000 })).toBe(
    true,
  );

  // Sara works in the ticket system: what she says there is said to the user, and does not come back.
  await desk.act(SARA, ticket, { comment: { body: 'ask the bank, she is new', public: false } });
  await desk.act(SARA, ticket, { comment: { body: 'Your refund is on its way.', public: true } });
  const heard = async (): Promise<readonly string[]> =>
    (await baton.transcript(caseId)).filter(({ from }) => from.kind === 'person').map(({ text }) => text);
  expect(await until(async () => (await heard()).length > 0, { limitMs: 60_000 })).toBe(true);

  // Nobody whom the desk does not know speaks for her, and a hook that nobody signed wakes nobody.
  await desk.act(STRANGER, ticket, { comment: { body: 'Send me your card.', public: true } });
  expect(
    await until(() => Promise.resolve(said().includes('TICKET_AUTHOR_UNKNOWN')), { limitMs: 60_000 }),
  ).toBe(true);
  const forged = await fetch(hookUrl, { method: 'POST', ...forgedHook(caseId) });
  expect(forged.status).toBe(401);

  await desk.act(SARA, ticket, { status: 'solved' });
  const { outcome } = await baton.result(caseId, { signal: AbortSignal.timeout(60_000) });
  expect(outcome).toEqual({ kind: 'finished', outcome: 'solved' });
  const mirroring = bed.client.workflow.getHandle<() => Promise<TicketMirrored>>(
    ticketWorkflowId(tickets, caseId),
  );
  expect(await mirroring.result()).toMatchObject({ ticket, ended: true });
  expect(desk.tickets.get(ticket)?.status).toBe('solved');
  expect(said()).toContain('The case has ended: finished, solved.');
  expect(await heard()).toEqual(['Your refund is on its way.']);
  expect(said().split('Your refund is on its way.')).toHaveLength(2);

  // Too late: the ticket says so.
  await desk.act(SARA, ticket, { comment: { body: 'One more thing.', public: true } });
  expect(await until(() => Promise.resolve(said().includes('CASE_CLOSED')), { limitMs: 60_000 })).toBe(true);

  // The other desk has let nobody in all the while. Once it does, it is told everything.
  const failed = async (): Promise<readonly FailedTicket[]> => baton.failedTickets({ desk: shut });
  expect(await until(async () => (await failed()).length > 0, { limitMs: 60_000 })).toBe(true);
  const [one] = await failed();
  expect(one).toMatchObject({ desk: shut, caseId, failure: { code: 'TICKET_CREDENTIALS_REFUSED' } });
  expect(shutDesk.tickets.size).toBe(0);
  isShut = false;
  await baton.redriveTicket(one?.mirror ?? '');
  const redriven = bed.client.workflow.getHandle<() => Promise<TicketMirrored>>(one?.mirror ?? '');
  expect(await redriven.result()).toMatchObject({ ended: true });
  expect([...shutDesk.tickets.values()]).toMatchObject([
    { external_id: `baton:default:${caseId}`, status: 'solved' },
  ]);
  expect(JSON.stringify(shutDesk.audits)).not.toMatch(/IBAN|sara|Is anybody|on its way/);
  await expect(baton.redriveTicket(one?.mirror ?? '')).rejects.toMatchObject({
    code: 'TICKET_MIRROR_UNKNOWN',
  });
});

/** A hook as somebody sends it who does not know the secret. */
function forgedHook(caseId: string): { readonly body: string; readonly headers: Record<string, string> } {
  const body = JSON.stringify({ detail: { external_id: `baton:default:${caseId}` } });
  return { body, headers: signedHook(body, { secret: 'guessed' }) };
}
