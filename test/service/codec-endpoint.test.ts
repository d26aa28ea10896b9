import { createHash } from 'node:crypto';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { generateKeyPair, SignJWT } from 'jose';
import { payloadConverter } from '../../contract/payload-converter.ts';
import { createEncryptionCodec } from '../../security/payload-codec.ts';
import { parseKeyRing } from '../../security/key-ring.ts';
import { parseCodecAccess } from '../../service/codec/access.ts';
import { createCodecEndpoint } from '../../service/codec/codec-endpoint.ts';
import { keyRingText } from '../security/key-rings.ts';
import { startIdentityProvider, type IdentityProvider } from '../support/identity-provider.ts';

const UI = 'https://temporal.example.com';
const TOKEN = 'random-token-of-ann';
const people = [{ name: 'ann', tokenSha256: createHash('sha256').update(TOKEN).digest('hex') }];
const codec = createEncryptionCodec({
  keys: parseKeyRing(keyRingText({ encryptWith: 'k1', active: ['k1'], retired: ['k0'], lacking: ['k0'] })),
});

let app: FastifyInstance;
let provider: IdentityProvider;
beforeAll(async () => {
  provider = await startIdentityProvider();
  app = await endpoint();
});
afterAll(async () => {
  await app.close();
  provider.close();
});

function endpoint(more: object = {}): Promise<FastifyInstance> {
  const oidc = {
    issuer: provider.issuer,
    audience: 'baton-codec',
    jwksUri: `${provider.issuer}/jwks`,
    subjects: ['bea'],
  };
  const access = { version: '1.0.0', people, oidc, origins: [UI], requestsPerMinute: 1_000, ...more };
  return createCodecEndpoint({ codec, access: parseCodecAccess(JSON.stringify(access)) });
}

const clear = { metadata: { encoding: base64('json/plain') }, data: base64('"top secret"') };

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function ask(
  path: string,
  headers: Record<string, string>,
  payload: unknown = { payloads: [clear] },
  on: FastifyInstance = app,
): Promise<LightMyRequestResponse> {
  return on.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/json', 'x-namespace': 'default', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
}

const asAnn = { authorization: `Bearer ${TOKEN}` };

async function encrypted(): Promise<{ payloads: readonly unknown[] }> {
  return (await ask('/encode', asAnn)).json<{ payloads: readonly unknown[] }>();
}

function problemOf(response: LightMyRequestResponse): { status: number; code: string } {
  expect(response.headers['content-type']).toContain('application/problem+json');
  const { status, code } = response.json<{ status: number; code: string }>();
  expect(status).toBe(response.statusCode);
  return { status, code };
}

test('what is encoded is not in clear, and decoding brings it back to the byte', async () => {
  const sealed = await encrypted();
  expect(JSON.stringify(sealed)).not.toContain(clear.data);
  const opened = await ask('/decode', asAnn, sealed);
  expect(opened.json()).toEqual({ payloads: [clear] });
  expect(opened.headers['cache-control']).toBe('no-store');
});

test('what is in clear stays so; what is damaged is shown as the marker and is no error', async () => {
  const { payloads } = await encrypted();
  const damaged = { ...(payloads[0] as object), data: base64('nothing that was ever encrypted here') };
  const { payloads: opened } = (await ask('/decode', asAnn, { payloads: [clear, damaged] })).json<{
    payloads: { data: string }[];
  }>();
  expect(opened[0]).toEqual(clear);
  expect(Buffer.from(opened[1]?.data ?? '', 'base64').toString()).toContain('batonPoison');
});

test('a registered key that is missing here is said to be', async () => {
  const foreign = createEncryptionCodec({
    keys: parseKeyRing(keyRingText({ encryptWith: 'k0', active: ['k0'] })),
  });
  const [payload] = await foreign.encode([payloadConverter.toPayload('x')]);
  const metadata = Object.entries(payload?.metadata ?? {}).map(([name, bytes]) => [
    name,
    Buffer.from(bytes).toString('base64'),
  ]);
  const data = Buffer.from(payload?.data ?? []).toString('base64');
  const response = await ask('/decode', asAnn, {
    payloads: [{ metadata: Object.fromEntries(metadata) as object, data }],
  });
  expect(problemOf(response)).toEqual({ status: 503, code: 'CODEC_KEY_MISSING' });
});

test.each<[string, Record<string, string>]>([
  ['nothing', {}],
  ['a wrong token', { authorization: 'Bearer wrong' }],
  ['a token in another scheme', { authorization: `Basic ${TOKEN}` }],
  ['the digest of a token', { authorization: `Bearer ${String(people[0]?.tokenSha256)}` }],
  ['a made-up cookie', { cookie: 'baton-codec=abc', origin: UI }],
])('with %s nothing is decoded', async (_what, headers) => {
  expect(problemOf(await ask('/decode', headers))).toEqual({ status: 401, code: 'CODEC_UNAUTHENTICATED' });
});

describe('the cookie of the sign-in page', () => {
  async function signIn(token: string, on = app): Promise<LightMyRequestResponse> {
    return on.inject({
      method: 'POST',
      url: '/sign-in',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ token }).toString(),
    });
  }
  function cookieOf(response: LightMyRequestResponse): string {
    const [cookie] = response.cookies;
    return `${String(cookie?.name)}=${String(cookie?.value)}`;
  }

  test('a page without script asks; a wrong token gets none', async () => {
    const page = await app.inject('/sign-in');
    expect(page.body).toContain('<form method="post" action="sign-in">');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const wrong = await signIn('<b>wrong</b>');
    expect([wrong.statusCode, wrong.cookies]).toEqual([401, []]);
    expect(wrong.body).not.toContain('<b>wrong');
  });

  test('it counts for pages of the configured origins, exactly, until signed out', async () => {
    const signedIn = await signIn(TOKEN);
    expect(signedIn.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    const cookie = cookieOf(signedIn);
    const sealed = await encrypted();
    const allowed = await ask('/decode', { cookie, origin: UI }, sealed);
    expect(allowed.json()).toEqual({ payloads: [clear] });
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': UI,
      'access-control-allow-credentials': 'true',
    });
    for (const origin of [`${UI}.evil.example`, 'http://temporal.example.com', `${UI}:8443`, 'null', '']) {
      const refused = await ask('/decode', { cookie, ...(origin === '' ? {} : { origin }) }, sealed);
      expect(problemOf(refused)).toEqual({ status: 403, code: 'CODEC_FORBIDDEN' });
      expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    }
    await app.inject({ method: 'POST', url: '/sign-out', headers: { cookie } });
    expect((await ask('/decode', { cookie, origin: UI }, sealed)).statusCode).toBe(401);
  });

  test('behind TLS it is secure and may cross sites', async () => {
    const secure = await endpoint({ cookie: 'https' });
    expect((await signIn(TOKEN, secure)).cookies[0]).toMatchObject({ secure: true, sameSite: 'None' });
    await secure.close();
  });

  test('guessing is slow: sign-ins have a tenth of the requests', async () => {
    const slow = await endpoint({ requestsPerMinute: 20 });
    const codes: number[] = [];
    for (let times = 0; times < 4; times += 1) codes.push((await signIn('guess', slow)).statusCode);
    expect(codes).toEqual([401, 401, 429, 429]);
    await slow.close();
  });
});

test('a browser may ask before from the configured origins only', async () => {
  const preflight = (origin: string): Promise<LightMyRequestResponse> =>
    app.inject({
      method: 'OPTIONS',
      url: '/decode',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  const allowed = await preflight(UI);
  expect(allowed.statusCode).toBe(204);
  expect(allowed.headers).toMatchObject({
    'access-control-allow-origin': UI,
    'access-control-allow-credentials': 'true',
  });
  expect(String(allowed.headers['access-control-allow-headers'])).toContain('x-namespace');
  const refused = await preflight('https://evil.example');
  expect(refused.statusCode).toBe(403);
  expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
});

describe('a token of the identity provider', () => {
  async function token(claims: { sub?: string; aud?: string; iss?: string; exp?: string }): Promise<string> {
    const { sub = 'bea', aud = 'baton-codec', iss = provider.issuer, exp = '5 minutes' } = claims;
    return new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'p1' })
      .setSubject(sub)
      .setAudience(aud)
      .setIssuer(iss)
      .setExpirationTime(exp)
      .sign(provider.key);
  }

  test('lets its subject in', async () => {
    const response = await ask('/decode', { authorization: `Bearer ${await token({})}` }, await encrypted());
    expect(response.json()).toEqual({ payloads: [clear] });
  });

  test.each([
    ['another subject', { sub: 'mallory' }],
    ['another audience', { aud: 'else' }],
    ['another issuer', { iss: 'https://else.example' }],
    ['its time over', { exp: '1 minute ago' }],
  ])('with %s it does not', async (_what, claims) => {
    expect((await ask('/decode', { authorization: `Bearer ${await token(claims)}` })).statusCode).toBe(401);
  });

  test('signed by nobody or by somebody else it does not', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'p1' })
      .setSubject('bea')
      .setAudience('baton-codec')
      .setIssuer(provider.issuer)
      .setExpirationTime('5 minutes')
      .sign(privateKey);
    const claims = { sub: 'bea', aud: 'baton-codec', iss: provider.issuer, exp: 9_999_999_999 };
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
    for (const one of [forged, none])
      expect((await ask('/decode', { authorization: `Bearer ${one}` })).statusCode).toBe(401);
  });
});

test.each<[string, unknown, number, string]>([
  ['no payloads', {}, 400, 'INPUT_INVALID'],
  ['payloads that are none', { payloads: [{ data: '***' }] }, 400, 'INPUT_INVALID'],
  ['no JSON', '{"payloads":', 400, 'INPUT_INVALID'],
  ['more than 8 MiB', { payloads: [{ data: 'A'.repeat(9 * 1024 * 1024) }] }, 413, 'INPUT_TOO_LARGE'],
])('a request with %s is refused as a problem', async (_what, body, status, code) => {
  expect(problemOf(await ask('/decode', asAnn, body))).toEqual({ status, code });
});

test('requests are limited, and another address or path is a problem too', async () => {
  const slow = await endpoint({ requestsPerMinute: 10 });
  let last = await ask('/decode', asAnn, undefined, slow);
  for (let times = 0; times < 10; times += 1) last = await ask('/decode', asAnn, undefined, slow);
  expect(problemOf(last)).toEqual({ status: 429, code: 'RATE_LIMITED' });
  await slow.close();
  expect(problemOf(await ask('/nowhere', asAnn))).toEqual({ status: 404, code: 'NOT_FOUND' });
});

test.each([
  ['nobody', { version: '1.0.0' }],
  ['a token in clear', { version: '1.0.0', people: [{ name: 'x', tokenSha256: 'token' }] }],
  ['an origin with a path', { version: '1.0.0', people, origins: ['https://a.example/x'] }],
  ['any origin', { version: '1.0.0', people, origins: ['*'] }],
])('an access for %s is refused', (_what, access) => {
  expect(() => parseCodecAccess(JSON.stringify(access))).toThrow(/codec access/);
});
