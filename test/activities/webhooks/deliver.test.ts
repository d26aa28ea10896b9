import { ApplicationFailure } from '@temporalio/activity';
import { Webhook } from 'standardwebhooks';
import { createWebhookActivities } from '../../../activities/webhooks/deliver.ts';
import { pauseOf } from '../../../activities/outside/send.ts';
import type { DisabledEndpoint } from '../../../contract/ports.ts';
import type { WebhookDelivered, WebhookDelivery } from '../../../contract/webhooks/delivery.ts';
import { webhookEndpointsSchema } from '../../../contract/webhooks/endpoints.ts';
import type { WebhookEvent } from '../../../contract/webhooks/event.ts';
import { environmentOf } from '../activity-desk.ts';
import { startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

const OLD = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const event: WebhookEvent = {
  version: '1.0.0',
  type: 'case.closed',
  timestamp: '2026-01-02T03:04:05.000Z',
  data: {
    ...{ caseId: 'order-7', tenant: 'default', team: 'desk', trace: 'a-b', seq: 9, owner: 'billing' },
    codes: { outcome: 'finished' },
  },
};

let receiver: WebhookReceiver | undefined;
const disabled: DisabledEndpoint[] = [];
afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
  disabled.length = 0;
});

interface AttemptOptions {
  readonly nth?: number;
  readonly allowedHosts?: readonly string[];
  readonly change?: Partial<WebhookDelivery>;
}

/** One attempt at an endpoint. */
async function attempt(
  endpoint: object,
  { nth = 1, allowedHosts = [], change = {} }: AttemptOptions = {},
): Promise<WebhookDelivered> {
  const endpoints = webhookEndpointsSchema().parse({
    version: '1.0.0',
    allowedHosts,
    endpoints: { shop: { secrets: [NEW], ...endpoint } },
  });
  const { 'deliver-webhook': deliver } = createWebhookActivities({
    endpoints,
    outbox: {
      disable: (one) => {
        disabled.push({ ...one, since: '' });
        return Promise.resolve();
      },
      disabled: () => Promise.resolve(disabled),
    },
  });
  const input: WebhookDelivery = { version: '1.0.0', endpoint: 'shop', event, ...change };
  return environmentOf({ attempt: nth }).run<[WebhookDelivery], WebhookDelivered, typeof deliver>(
    deliver,
    input,
  );
}

/** The failure of an attempt at the receiver. */
async function failed(
  more: AttemptOptions & { readonly endpoint?: object } = {},
): Promise<{ type: string; message: string; final: boolean; pauseMs: number | undefined }> {
  const hosts = receiver ? [receiver.host] : [];
  const thrown: unknown = await attempt(
    { url: receiver?.url, ...more.endpoint },
    { allowedHosts: hosts, ...more },
  ).then(
    (value) => value,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ApplicationFailure)) throw new Error(`it came to ${JSON.stringify(thrown)}`);
  const { type, message, nonRetryable } = thrown;
  const pause: unknown = thrown.nextRetryDelay;
  return {
    type: String(type),
    message,
    final: nonRetryable === true,
    pauseMs: typeof pause === 'number' ? pause : undefined,
  };
}

test('is signed after Standard Webhooks, by every secret of a rotation', async () => {
  receiver = await startReceiver();
  const answer = await attempt(
    { url: receiver.url, secrets: [NEW, OLD] },
    { nth: 3, allowedHosts: [receiver.host] },
  );
  expect(answer).toEqual({ status: 204, attempts: 3 });
  const [first] = receiver.received;
  if (!first) throw new Error('nothing came');
  const { headers, body } = first;
  for (const secret of [OLD, NEW])
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(event);
  expect(headers).toMatchObject({ 'webhook-id': 'evt_a-b_9', 'content-type': 'application/json' });
  const other = new Webhook(`whsec_${Buffer.alloc(32, 3).toString('base64')}`);
  expect(() => other.verify(body, headers as Record<string, string>)).toThrow('No matching signature');
  const changed = body.replace('order-7', 'order-8');
  expect(() => new Webhook(NEW).verify(changed, headers as Record<string, string>)).toThrow();
});

test('is tried again after the pauses of Standard Webhooks, and then has failed', async () => {
  receiver = await startReceiver((response) => response.writeHead(500).end());
  expect(await failed()).toMatchObject({ type: 'WEBHOOK_UNDELIVERED', final: false });
  const { pauseMs = 0 } = await failed({ nth: 2 });
  expect(pauseMs).toBeGreaterThanOrEqual(300_000);
  expect(pauseMs).toBeLessThanOrEqual(330_000);
  expect(await failed({ nth: 9 })).toMatchObject({ final: false });
  const last = await failed({ nth: 10 });
  expect(last).toMatchObject({ type: 'WEBHOOK_UNDELIVERED', final: true });
  expect(last.message).toContain('status 500');
});

test.each([429, 503])('%i: comes back when it was told to, and no earlier', async (status) => {
  receiver = await startReceiver((response) => response.writeHead(status, { 'retry-after': '120' }).end());
  expect(await failed()).toMatchObject({ pauseMs: 120_000, final: false });
  // Its own pause is the longer one here.
  expect((await failed({ nth: 3 })).pauseMs).toBeGreaterThanOrEqual(1_800_000);
});

test('410: is disabled at once, and asked no more while it has that address', async () => {
  receiver = await startReceiver((response) => response.writeHead(410).end());
  expect(await failed()).toMatchObject({ type: 'WEBHOOK_ENDPOINT_GONE', final: true });
  expect(await failed()).toMatchObject({ type: 'WEBHOOK_ENDPOINT_GONE', final: true });
  expect(receiver.received).toHaveLength(1);
  expect(disabled).toMatchObject([{ endpoint: 'shop', url: receiver.url }]);
  const moved = await startReceiver();
  await attempt({ url: moved.url }, { allowedHosts: [moved.host] });
  expect(moved.received).toHaveLength(1);
  await moved.close();
});

test('follows no redirect', async () => {
  const target = await startReceiver();
  receiver = await startReceiver((response) => response.writeHead(307, { location: target.url }).end());
  const hosts = [receiver.host, target.host];
  expect((await failed({ allowedHosts: hosts })).message).toContain('status 307');
  expect(target.received).toHaveLength(0);
  await target.close();
});

test.each([
  'https://127.0.0.1:1/x',
  'https://localhost:1/x',
  'https://[::1]:1/x',
  'https://10.0.0.8/x',
  'https://169.254.169.254/latest/meta-data',
  'https://[::ffff:7f00:1]:1/x',
  'https://2130706433:1/x',
])('does not let itself be led inside: %s', async (url) => {
  expect((await failed({ endpoint: { url } })).message).toMatch(/is not allowed/);
});

test('an answer that never comes costs its time and no more', async () => {
  receiver = await startReceiver(() => undefined);
  const began = performance.now();
  const { message, final } = await failed({ endpoint: { timeoutMs: 100 } });
  expect(message).toMatch(/abort/i);
  expect(final).toBe(false);
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('an endless answer is cut off: the status has come', async () => {
  let ended: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    ended = resolve;
  });
  receiver = await startReceiver((response) => {
    response.writeHead(200).on('close', ended);
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(16_384)));
      response.once('drain', more);
    };
    more();
  });
  expect(await attempt({ url: receiver.url }, { allowedHosts: [receiver.host] })).toMatchObject({
    status: 200,
  });
  await closed;
});

test('an event of another tenant is not for this endpoint', async () => {
  receiver = await startReceiver();
  expect(await failed({ endpoint: { tenant: 'acme' } })).toMatchObject({
    type: 'WEBHOOK_ENDPOINT_UNKNOWN',
    final: true,
  });
  expect(await failed({ change: { endpoint: 'constructor' } })).toMatchObject({ final: true });
  expect(receiver.received).toHaveLength(0);
});

test('Retry-After is seconds or a date', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(pauseOf('7', now)).toBe(7_000);
  expect(pauseOf('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
  expect(pauseOf('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
  expect(pauseOf('soon', now)).toBeUndefined();
});
