import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { generateKeyPair, SignJWT } from 'jose';
import { createBatonClient } from '../../client/baton-client.ts';
import { failureCodes, failureEntry } from '../../contract/failures.ts';
import { freePort } from '../../scripts/ports.ts';
import { knownActions, knownRoles, rolesFor } from '../../service/access/permissions.ts';
import { parseServiceAccess } from '../../service/access/service-access.ts';
import { createService } from '../../service/http/create-service.ts';
import { problemOf, statusOf } from '../../service/http/problems.ts';
import { allRoutes } from '../../service/routes/all-routes.ts';
import { accessForAll, keyOf } from './principals.ts';
import { startIdentityProvider, type IdentityProvider } from '../support/identity-provider.ts';

let connection: Connection;
let provider: IdentityProvider;
let app: FastifyInstance;

/** A service whose Temporal server is not there: what it refuses by itself needs none. */
async function service(more: object = {}): Promise<FastifyInstance> {
  return createService({
    baton: createBatonClient({ client: new Client({ connection }), serverMs: 100, answerMs: 100 }),
    access: accessForAll({ tokens: [tokens()], ...more }),
  });
}

function tokens(): object {
  return {
    issuer: provider.issuer,
    audience: 'baton',
    jwksUri: `${provider.issuer}/jwks`,
    roles: ['staff', 'user'],
    tenantClaim: 'org',
    tenants: ['default', 'acme'],
  };
}

beforeAll(async () => {
  provider = await startIdentityProvider();
  connection = Connection.lazy({ address: `127.0.0.1:${String(await freePort())}` });
  app = await service();
});
afterAll(async () => {
  await app.close();
  provider.close();
});

async function token(
  claims: object,
  change: { audience?: string; expires?: string; key?: IdentityProvider['key'] } = {},
): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'p1' })
    .setIssuer(provider.issuer)
    .setAudience(change.audience ?? 'baton')
    .setExpirationTime(change.expires ?? '5m')
    .sign(change.key ?? provider.key);
}

function ask(
  url: string,
  headers: Record<string, string> = {},
  more: object = {},
): Promise<LightMyRequestResponse> {
  return app.inject({ method: 'GET', url, headers, ...more });
}
const bearer = (secret: string): Record<string, string> => ({ authorization: `Bearer ${secret}` });

function expectProblem(response: LightMyRequestResponse, status: number, code: string): void {
  expect(response.headers['content-type']).toContain('application/problem+json');
  expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([status, code]);
  expect(response.json<{ status: number }>().status).toBe(status);
  expect(response.body).not.toMatch(/\bat .*\.(ts|js):\d+/);
}

test.each(failureCodes())('%s has a status, and a problem document that names it', (code) => {
  const status = statusOf(code);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(600);
  const { message: title, retryable } = failureEntry(code);
  expect(problemOf({ code, message: 'this time', field: 'body.x' })).toEqual({
    type: `urn:baton:${code}`,
    title,
    status,
    detail: 'this time',
    code,
    field: 'body.x',
    retryable,
  });
});

test('every action is for some role that there is, and no route is without one', () => {
  for (const action of knownActions()) {
    expect(rolesFor(action).length).toBeGreaterThan(0);
    for (const role of rolesFor(action)) expect(knownRoles()).toContain(role);
  }
  for (const one of allRoutes()) expect(knownActions()).toContain(one.action);
});

describe.each(allRoutes().map((one) => [`${one.method} ${one.path}`, one] as const))('%s', (_name, one) => {
  const url = one.path.replaceAll(/\{\w+\}/g, 'x-1');
  test('is not for nobody', async () => {
    expectProblem(await app.inject({ method: one.method, url }), 401, 'PRINCIPAL_UNKNOWN');
  });
  test('is not for roles that the table does not name', async () => {
    const names = { user: 'uma', staff: 'ann', service: 'shop', admin: 'root' } as const;
    for (const role of knownRoles()) {
      const response = await app.inject({ method: one.method, url, headers: bearer(keyOf(names[role])) });
      if (rolesFor(one.action).includes(role)) expect(response.statusCode).not.toBe(403);
      else expectProblem(response, 403, 'PRINCIPAL_FORBIDDEN');
    }
  });
});

describe('who asks', () => {
  test.each<[string, () => Record<string, string> | Promise<Record<string, string>>]>([
    ['a wrong key', () => bearer('wrong')],
    ['a key in another scheme', () => ({ authorization: `Basic ${keyOf('ann')}` })],
    [
      'a token for somebody else',
      async () => bearer(await token({ sub: 'ann', roles: ['staff'], org: 'acme' }, { audience: 'x' })),
    ],
    [
      'a token whose time is over',
      async () => bearer(await token({ sub: 'ann', roles: ['staff'], org: 'acme' }, { expires: '-1m' })),
    ],
    [
      'a token that somebody else signed',
      async () =>
        bearer(
          await token(
            { sub: 'ann', roles: ['staff'], org: 'acme' },
            { key: (await generateKeyPair('ES256')).privateKey },
          ),
        ),
    ],
    [
      'a token that claims a role its provider may not give',
      async () => bearer(await token({ sub: 'ann', roles: ['admin'], org: 'acme' })),
    ],
    [
      'a token of a tenant its provider does not speak for',
      async () => bearer(await token({ sub: 'ann', roles: ['staff'], org: 'globex' })),
    ],
    ['a token without a tenant', async () => bearer(await token({ sub: 'ann', roles: ['staff'] }))],
    [
      'a token that nobody signed',
      () =>
        bearer(
          `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"ann"}').toString('base64url')}.x`,
        ),
    ],
  ])('is not known by %s', async (_what, headers) => {
    expectProblem(await ask('/cases', await headers()), 401, 'PRINCIPAL_UNKNOWN');
  });

  test('is known by a key and by a token, and then meets the server that is not there', async () => {
    expectProblem(await ask('/cases', bearer(keyOf('ann'))), 503, 'SERVER_UNREACHABLE');
    const good = await token({ sub: 'ann', roles: 'staff admin', org: 'acme' });
    expectProblem(await ask('/cases', bearer(good)), 503, 'SERVER_UNREACHABLE');
    expectProblem(await ask('/cases/x/verify', bearer(good), { method: 'POST' }), 403, 'PRINCIPAL_FORBIDDEN');
  });
});

describe('limits', () => {
  test('a request too many is told when to come again, by principal', async () => {
    const slow = await service({ requestsPerMinute: 2 });
    const from = (name: 'ann' | 'bob'): Promise<LightMyRequestResponse> =>
      slow.inject({ url: '/cases', headers: bearer(keyOf(name)) });
    await from('ann');
    await from('ann');
    const third = await from('ann');
    expectProblem(third, 429, 'RATE_LIMITED');
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
    expect((await from('bob')).statusCode).toBe(503);
    await slow.close();
  });

  test('whoever guesses keys counts by address, whatever key it is', async () => {
    const slow = await service({ requestsPerMinute: 2 });
    const guess = (key: string): Promise<LightMyRequestResponse> =>
      slow.inject({ url: '/cases', headers: bearer(key) });
    expect([
      (await guess('a')).statusCode,
      (await guess('b')).statusCode,
      (await guess('c')).statusCode,
    ]).toEqual([401, 401, 429]);
    await slow.close();
  });

  const post = (payload: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> =>
    app.inject({
      method: 'POST',
      url: '/cases/c-1/messages',
      headers: { 'content-type': 'application/json', ...bearer(keyOf('shop')), ...headers },
      payload,
    });
  test.each([2.5, 5])('a body of %d MB is refused before it is read (F18)', async (mb) => {
    expectProblem(await post(JSON.stringify({ text: 'x'.repeat(mb * 1_048_576) })), 413, 'INPUT_TOO_LARGE');
  });
  test.each([
    ['half a document', '{"text":', 400, 'INPUT_INVALID'],
    ['a prototype', '{"text":"x","__proto__":{"roles":["admin"]}}', 400, 'INPUT_INVALID'],
  ] as const)('%s is refused', async (_what, payload, status, code) => {
    expectProblem(await post(payload), status, code);
  });
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    '%s is no JSON',
    async (type) => {
      expectProblem(await post('text=x', { 'content-type': type }), 415, 'MEDIA_TYPE_UNSUPPORTED');
    },
  );
  test('an address that leads nowhere is said to', async () => {
    expectProblem(await ask('/nowhere', bearer(keyOf('ann'))), 404, 'ROUTE_UNKNOWN');
    expectProblem(await ask(`/cases/${'x'.repeat(3_000)}`, bearer(keyOf('ann'))), 404, 'ROUTE_UNKNOWN');
  });
  test.each(['', 'two words', 'x'.repeat(201)])('the idempotency key %j is none', async (key) => {
    const response = await app.inject({
      method: 'POST',
      url: '/cases',
      headers: { ...bearer(keyOf('shop')), 'idempotency-key': key },
      payload: { team: 't', task: { definition: 'x' } },
    });
    expectProblem(response, 400, 'INPUT_INVALID');
  });
});

test('a service that stops does not wait for a connection on which nobody asks', async () => {
  const stopping = await createService({
    baton: createBatonClient({ client: new Client({ connection }) }),
    access: accessForAll(),
    graceMs: 50,
  });
  await stopping.listen({ port: 0, host: '127.0.0.1' });
  const silent = connect((stopping.server.address() as AddressInfo).port, '127.0.0.1');
  await once(silent, 'connect');
  await Promise.all([once(silent, 'close'), stopping.close()]);
}, 10_000);

test('health needs nobody and nothing; ready says what is missing', async () => {
  expect((await ask('/health')).json()).toEqual({ ok: true });
  const ready = await ask('/ready');
  expect([ready.statusCode, ready.json()]).toEqual([
    503,
    { ok: false, server: false, detail: 'SERVER_UNREACHABLE' },
  ]);
});

describe('the access file', () => {
  test.each<[string, string]>([
    ['nobody in it', '{"version":"1.0.0"}'],
    ['a key in clear', '{"version":"1.0.0","keys":[{"name":"a","roles":["staff"],"key":"secret"}]}'],
    [
      'a role that is none',
      `{"version":"1.0.0","keys":[{"name":"a","roles":["root"],"keySha256":"${'a'.repeat(64)}"}]}`,
    ],
    ['no JSON', 'nowhere.json'],
  ])('with %s is refused, and no value of it is quoted', (_what, text) => {
    expect(() => parseServiceAccess(text)).toThrow(/configuration has faults/);
    expect(() => parseServiceAccess(text)).not.toThrow(/secret/);
  });
});
