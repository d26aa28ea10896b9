import type { FastifyInstance } from 'fastify';
import type { BatonClient } from '../../client/baton-client.ts';
import type { ChangedTicket } from '../../client/tickets/wake.ts';
import { signedHook } from '../../examples/tickets/desk-hooks.ts';
import { createService } from '../../service/http/create-service.ts';
import { readTicketHooks } from '../../service/tickets/read-hooks.ts';
import { accessForAll } from './principals.ts';

const desk = {
  url: 'https://acme.zendesk.com',
  account: { tokenVariable: 'TOKEN' },
  pools: { desk: {} },
  words: 'none',
};
const file = JSON.stringify({
  version: '1.0.0',
  desks: { support: { ...desk, hookSecretVariables: ['NEW', 'OLD'] }, quiet: desk },
});

const woken: ChangedTicket[] = [];
let app: FastifyInstance;
beforeAll(async () => {
  const baton = {
    wakeTicket: (changed: ChangedTicket) => {
      woken.push(changed);
      return Promise.resolve();
    },
  };
  app = await createService({
    baton: baton as unknown as BatonClient,
    access: accessForAll(),
    tickets: readTicketHooks(file, { NEW: 'new-secret', OLD: 'old-secret' }),
  });
});
afterAll(() => app.close());
beforeEach(() => {
  woken.length = 0;
});

interface Hooked {
  readonly external?: string | null;
  readonly body?: string;
  readonly secret?: string;
  readonly at?: Date;
  readonly to?: string;
  readonly headers?: Record<string, string>;
}

/** A hook as the ticket system sends it, but for what is changed. @returns status and code */
async function hook(given: Hooked = {}): Promise<readonly [number, string | undefined]> {
  const { external = 'baton:default:order-7', secret = 'new-secret', to = 'support' } = given;
  const body = given.body ?? JSON.stringify({ id: 'e1', detail: { id: '2', external_id: external } });
  const headers = {
    ...signedHook(body, { secret, ...(given.at ? { at: given.at } : {}) }),
    ...given.headers,
  };
  const response = await app.inject({ method: 'POST', url: `/tickets/${to}/hook`, headers, body });
  const json = response.body === '' ? {} : response.json<{ code?: string }>();
  return [response.statusCode, json.code];
}

test('wakes what keeps the case and its ticket alike, by any secret of a rotation', async () => {
  expect(await hook()).toEqual([202, undefined]);
  expect(await hook({ secret: 'old-secret' })).toEqual([202, undefined]);
  expect(await hook({ body: '{"external_id":"baton:acme:acme~order-9"}' })).toEqual([202, undefined]);
  expect(woken).toEqual([
    { desk: 'support', caseId: 'order-7' },
    { desk: 'support', caseId: 'order-7' },
    { desk: 'support', caseId: 'acme~order-9' },
  ]);
});

test('the signature is that of the vendor: base64 of HMAC-SHA256 over timestamp and body', async () => {
  // Made by OpenSSL: printf %s 2026-01-02T03:04:05.000Z'{"a":1}' | openssl dgst -sha256 -hmac s3cret -binary | base64
  const headers = signedHook('{"a":1}', { secret: 's3cret', at: new Date('2026-01-02T03:04:05Z') });
  const known = { at: '2026-01-02T03:04:05.000Z', signature: 'QpdiJtfKAqrqqwzLUknRua7SH9hU9P+TOvSTp84i0XA=' };
  expect(headers['x-zendesk-webhook-signature-timestamp']).toBe(known.at);
  expect(headers['x-zendesk-webhook-signature']).toBe(known.signature);
  await Promise.resolve();
});

test.each<[string, Hooked]>([
  ['by somebody else', { secret: 'guessed' }],
  ['not at all', { headers: { 'x-zendesk-webhook-signature': '' } }],
  ['half', { headers: { 'x-zendesk-webhook-signature': 'AAAA' } }],
  ['long ago', { at: new Date(Date.now() - 301_000) }],
  ['in the future', { at: new Date(Date.now() + 3_600_000) }],
  ['at no time', { headers: { 'x-zendesk-webhook-signature-timestamp': 'now' } }],
  [
    'for another moment',
    { headers: { 'x-zendesk-webhook-signature-timestamp': new Date().toISOString() + ' ' } },
  ],
])('signed %s: refused, and nobody is woken', async (_, given) => {
  expect(await hook(given)).toEqual([401, 'TICKET_HOOK_REFUSED']);
  expect(woken).toEqual([]);
});

test('a body that was changed is refused', async () => {
  const body = JSON.stringify({ detail: { external_id: 'baton:default:order-7' } });
  const headers = signedHook(body, { secret: 'new-secret' });
  const changed = body.replace('order-7', 'order-8');
  const response = await app.inject({ method: 'POST', url: '/tickets/support/hook', headers, body: changed });
  expect(response.statusCode).toBe(401);
  expect(woken).toEqual([]);
});

test('tickets that are none of Baton’s, and bodies that are none, wake nobody', async () => {
  for (const external of [null, '', 'T-1000', 'baton:acme:order-7', 'baton:default:'])
    expect(await hook({ external })).toEqual([204, undefined]);
  expect(await hook({ body: '[]' })).toEqual([204, undefined]);
  expect(await hook({ body: '{' })).toEqual([400, 'INPUT_INVALID']);
  expect(await hook({ body: JSON.stringify({ x: 'x'.repeat(300_000) }) })).toEqual([413, 'INPUT_TOO_LARGE']);
  expect(woken).toEqual([]);
});

test('a desk without a secret, or without a name, has no hook', async () => {
  for (const to of ['quiet', 'other', '__proto__'])
    expect(await hook({ to })).toEqual([404, 'TICKET_DESK_UNKNOWN']);
  expect(woken).toEqual([]);
});

test('a secret that is not set is named', () => {
  expect(() => readTicketHooks(file, { NEW: 'x' })).toThrow(
    'desks.support.hookSecretVariables: OLD is not set',
  );
});

test('the other routes take parsed JSON as ever', async () => {
  const headers = { 'content-type': 'application/json' };
  const response = await app.inject({ method: 'POST', url: '/cases', headers, body: '{}' });
  expect(response.statusCode).toBe(401);
});
