import { Context } from '@temporalio/activity';
import { Webhook } from 'standardwebhooks';
import { applicationFailure } from '../../contract/application-failure.ts';
import { failure } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import { isPoison, poisonFailure } from '../../contract/poison.ts';
import type { Outbox } from '../../contract/ports.ts';
import { cutText } from '../../contract/text.ts';
import type { WebhookActivities, WebhookDelivery } from '../../contract/webhooks/delivery.ts';
import type { WebhookEndpoints } from '../../contract/webhooks/endpoints.ts';
import { webhookId } from '../../contract/webhooks/event.ts';
import { classifyFailure } from '../classify-failure.ts';
import { createSender, type Sent, type SentAnswer } from '../outside/send.ts';
import { isDisabled } from './dispatch.ts';
import { pushTargets, type PushDependencies, type WebhookTarget } from './push.ts';

/** What deliveries work with. */
export interface WebhookDependencies {
  readonly endpoints: WebhookEndpoints;
  readonly outbox: Pick<Outbox, 'disable' | 'disabled'>;
  /** Clients of A2A that want to be told of their tasks; nobody is when absent. */
  readonly pushes?: PushDependencies;
}

/** Nobody needs the words of an answer, so they are not kept; so many bytes are read, to keep the connection. */
const ANSWER_BYTES = 65_536;
const LONGEST_PAUSE_MS = 86_400_000;
/** Up to a tenth more, so that what failed together does not come back together. */
const JITTER = 0.1;

/**
 * The activity that posts an event to its endpoint, signed after Standard Webhooks. The pauses between attempts are
 * the endpoint's own; once they are spent the delivery has failed, and waits for somebody to redrive it.
 */
export function createWebhookActivities(dependencies: WebhookDependencies): WebhookActivities {
  const targetOf = ownTargets(dependencies);
  const targetOfPush = dependencies.pushes && pushTargets(dependencies.pushes);
  return {
    'deliver-webhook': async (input) => {
      if (isPoison(input)) throw applicationFailure(poisonFailure(input), { retryable: true });
      const { info, cancellationSignal: signal } = Context.current();
      try {
        const find = input.push === undefined ? targetOf : targetOfPush;
        if (!find) throw applicationFailure(failure('WEBHOOK_ENDPOINT_UNKNOWN', input.endpoint, 'endpoint'));
        const target = await find(input);
        if (!target) return { status: 0, attempts: info.attempt };
        const outcome = await target.send({ ...request(target, input), signal }).catch((thrown: unknown) => {
          if (signal.aborted) throw thrown;
          return thrown instanceof Error ? thrown : new Error(String(thrown));
        });
        if (!(outcome instanceof Error) && outcome.status >= 200 && outcome.status < 300) {
          await target.onDelivered();
          return { status: outcome.status, attempts: info.attempt };
        }
        if (!(outcome instanceof Error) && outcome.status === 410) {
          await target.onGone();
          throw applicationFailure(failure('WEBHOOK_ENDPOINT_GONE', input.endpoint));
        }
        throw undelivered(target, input, outcome, info.attempt);
      } catch (thrown) {
        throw classifyFailure(thrown, { retry: [], human: [], signal });
      }
    },
  };
}

/** Makes the targets of endpoints of one's own. */
function ownTargets({
  endpoints,
  outbox,
}: WebhookDependencies): (input: WebhookDelivery) => Promise<WebhookTarget> {
  const send = createSender({
    allowedHosts: endpoints.allowedHosts,
    answerBytes: ANSWER_BYTES,
    keepsAnswers: false,
  });
  return async ({ endpoint: name, event }) => {
    const endpoint = getOwn(endpoints.endpoints, name);
    // A name that has gone to another tenant is another endpoint.
    if (endpoint?.tenant !== event.data.tenant)
      throw applicationFailure(failure('WEBHOOK_ENDPOINT_UNKNOWN', name, 'endpoint'));
    if (isDisabled(name, endpoints, await outbox.disabled()))
      throw applicationFailure(failure('WEBHOOK_ENDPOINT_GONE', name));
    return {
      ...endpoint,
      send,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
      onDelivered: () => Promise.resolve(),
      onGone: () => outbox.disable({ endpoint: name, url: endpoint.url }),
    };
  };
}

/** The request of one attempt: every secret signs what is sent now. */
function request(
  { url, secrets, timeoutMs, headers, body }: WebhookTarget,
  { event }: WebhookDelivery,
): Omit<Sent, 'signal'> {
  const id = webhookId(event.data);
  const at = new Date();
  return {
    method: 'POST',
    url,
    body,
    timeoutMs,
    headers: {
      ...headers,
      'user-agent': 'baton-webhooks',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      ...(secrets.length === 0
        ? {}
        : { 'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' ') }),
    },
  };
}

function undelivered(
  { pausesSeconds }: WebhookTarget,
  { endpoint, event }: WebhookDelivery,
  outcome: SentAnswer | Error,
  attempt: number,
): Error {
  const said = outcome instanceof Error ? cutText(outcome.message, 300) : `status ${String(outcome.status)}`;
  const what = failure(
    'WEBHOOK_UNDELIVERED',
    `${endpoint}, ${webhookId(event.data)}, attempt ${String(attempt)}: ${said}`,
  );
  const pause = pausesSeconds[attempt - 1];
  if (pause === undefined) return applicationFailure(what);
  const asked = outcome instanceof Error ? undefined : outcome.retryAfterMs;
  const own = pause * 1_000 * (1 + Math.random() * JITTER);
  const pauseMs = Math.round(Math.min(LONGEST_PAUSE_MS, Math.max(own, asked ?? 0)));
  return applicationFailure(what, { retryable: true, pauseMs });
}
