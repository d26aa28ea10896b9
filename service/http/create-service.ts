import rateLimit from '@fastify/rate-limit';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastify, { LogController } from 'fastify';
import type { BatonClient } from '../../client/index.ts';
import type { A2aCallback } from '../../contract/a2a-callback.ts';
import { failure, isBatonError } from '../../contract/failures.ts';
import type { PolicyStore } from '../../contract/ports.ts';
import type { DecisionSigner } from '../../contract/proof.ts';
import type { ToolRates } from '../../contract/rates.ts';
import { PAYLOAD_BYTES } from '../../contract/limits.ts';
import { createAuthenticator } from '../access/principal.ts';
import { addCallbacks } from '../a2a/add-callbacks.ts';
import type { Pushes } from '../a2a/push-configs.ts';
import type { ServedTeam } from '../a2a/served-team.ts';
import type { ServiceAccess } from '../access/service-access.ts';
import { addStreams } from '../events/add-streams.ts';
import { createOpenStreams } from '../events/open-streams.ts';
import { allRoutes } from '../routes/all-routes.ts';
import { createGate, type Gate } from './gate.ts';
import { createKeptAnswers, idOfKey, parseIdempotencyKey, type KeptAnswer } from './kept-answers.ts';
import { openApiText } from './openapi-text.ts';
import { failureOfRequest, replyWithFailure } from './problems.ts';
import type { BudgetsAtDoor, Route } from './route.ts';
import type { TicketHooks } from '../tickets/read-hooks.ts';
import { addTicketHooks } from '../tickets/add-hooks.ts';

/** What an HTTP service is made from. */
export interface ServiceOptions {
  /** The caller closes it, after the service. */
  readonly baton: BatonClient;
  /** Who may ask, as `parseServiceAccess` reads it. */
  readonly access: ServiceAccess;
  /**
   * Signs decisions of people whom the service knows, so that cases take them for proven
   * (`decisionSignerOfEnvironment`); they are asserted when absent.
   */
  readonly signer?: DecisionSigner;
  /** Where policies are published, to be listed; they are not when absent. */
  readonly policies?: Pick<PolicyStore, 'list'>;
  /** What tenants may spend on models, to be read and set; neither when absent. */
  readonly budgets?: BudgetsAtDoor;
  /** Rates of tools, to be listed; they are not when absent. */
  readonly rates?: Pick<ToolRates, 'list'>;
  /** Where requests are recorded: who, what, with which answer; never what was said. */
  readonly logger?: FastifyBaseLogger;
  /** Teams that are served as agents of A2A 1.0 too, each at `/a2a/<team>` (see docs/a2a.md). */
  readonly a2a?: readonly ServedTeam[];
  /** Tells clients of those agents of their tasks (see docs/a2a.md); the caller closes the store. */
  readonly a2aPush?: Pushes;
  /** Takes the calls of agents elsewhere that have news of tasks (see docs/a2a.md). */
  readonly a2aCallback?: A2aCallback;
  /** Desks whose ticket systems send hooks, each to `/tickets/<desk>/hook` (see docs/tickets.md). */
  readonly tickets?: TicketHooks;
  /** Whether `X-Forwarded-For` is believed: behind a proxy of one's own only. */
  readonly trustProxy?: boolean;
  /** How long requests may finish once the service is closed, in milliseconds; 10,000 when absent. */
  readonly graceMs?: number;
}

const GRACE_MS = 10_000;

/** Room around the largest payload for what its JSON says besides. */
const BODY_BYTES = PAYLOAD_BYTES + 65_536;
const HEADER_BYTES = 16_384;
/** An id of 200 characters, each up to twelve as a percent-encoded address has it. */
const PARAMETER_CHARACTERS = 2_400;

/**
 * The HTTP service over the typed client: every door of a case as JSON over HTTP, with problem documents for every
 * refusal, described at `/openapi.json`. Who acts is who has authenticated; whose case it is decides who is let in.
 * @returns a fastify application that does not listen yet
 */
export async function createService(options: ServiceOptions): Promise<FastifyInstance> {
  const { baton, access } = options;
  const gate = createGate(createAuthenticator(access), baton);
  const app = fastify({
    bodyLimit: BODY_BYTES,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    trustProxy: options.trustProxy ?? false,
    frameworkErrors: (_error, request, reply) => {
      const detail = `${request.method}, an address that cannot be one`;
      void replyWithFailure(reply, failure('ROUTE_UNKNOWN', detail));
    },
    http: { maxHeaderSize: HEADER_BYTES },
    routerOptions: { maxParamLength: PARAMETER_CHARACTERS },
    ...(options.logger
      ? { loggerInstance: options.logger, logController: new LogController({ disableRequestLogging: true }) }
      : {}),
  });
  // A connection on which nobody has asked yet is not idle to Node, and would keep the process for a minute.
  app.addHook('preClose', (done) => {
    setTimeout(() => {
      app.server.closeAllConnections();
    }, options.graceMs ?? GRACE_MS).unref();
    done();
  });
  answerWithProblems(app);
  // JSON and nothing else: a browser cannot send it across sites without asking first.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
    await gate.recognise(request);
  });
  await app.register(rateLimit, {
    max: access.requestsPerMinute,
    timeWindow: 60_000,
    // Whoever guesses keys is nobody we know, and counts by address.
    keyGenerator: (request) => {
      const principal = gate.knownPrincipal(request);
      return principal ? `${principal.tenant} ${principal.name}` : `address ${request.ip}`;
    },
  });
  addRoutes(app, gate, options);
  const streams = createOpenStreams(app, access.streamsAtOnce);
  addStreams(app, gate, { baton, streams });
  if (options.a2a) {
    const { addA2a } = await import('../a2a/add-a2a.ts');
    await addA2a(app, gate, { baton, streams, teams: options.a2a, pushes: options.a2aPush });
  }
  if (options.a2aCallback) addCallbacks(app, { baton, callback: options.a2aCallback });
  if (options.tickets) addTicketHooks(app, { baton, hooks: options.tickets });
  addHealth(app, baton);
  const document = openApiText();
  app.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
  return app;
}

function addRoutes(
  app: FastifyInstance,
  gate: Gate,
  { baton, signer, policies, budgets, rates }: Omit<ServiceOptions, 'access'>,
): void {
  const kept = createKeptAnswers();
  for (const one of allRoutes()) {
    app.route({
      method: one.method,
      url: one.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: async (request, reply) => {
        const principal = gate.principalOf(request);
        const parameters = request.params as Readonly<Record<string, string>>;
        const caseId = await gate.admit(principal, one.action, parameters['caseId']);
        const key =
          one.method === 'POST' ? parseIdempotencyKey(request.headers['idempotency-key']) : undefined;
        const id = key === undefined ? undefined : idOfKey(principal, key);
        const run = async (): Promise<KeptAnswer> => {
          const answer = await one.run({
            baton,
            principal,
            caseId,
            part: partOf(parameters),
            query: request.query,
            body: request.body,
            keyId: id,
            signer,
            policies,
            budgets,
            rates,
          });
          return { status: one.status, body: JSON.stringify(answer) };
        };
        const answer = await (id === undefined
          ? run()
          : kept.once(id, `${request.method} ${request.url} ${JSON.stringify(request.body ?? {})}`, run));
        record(request, one, { who: principal.name, tenant: principal.tenant, status: answer.status });
        return reply.code(answer.status).type('application/json; charset=utf-8').send(answer.body);
      },
    });
  }
}

/** The id in an address that is not the case's. */
function partOf(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters).find(([name]) => name !== 'caseId')?.[1] ?? '';
}

function record(request: FastifyRequest, { operation }: Route, more: object): void {
  request.log.info({ operation, ...more }, 'answered');
}

function addHealth(app: FastifyInstance, baton: BatonClient): void {
  app.get('/health', () => ({ ok: true }));
  app.get('/ready', async (_request, reply) => {
    try {
      await baton.list({ limit: 1 });
      return { ok: true, server: true };
    } catch (thrown) {
      const detail = isBatonError(thrown) ? thrown.code : 'SERVICE_FAILED';
      return reply.code(503).send({ ok: false, server: false, detail });
    }
  });
}

function answerWithProblems(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) =>
    replyWithFailure(reply, failure('ROUTE_UNKNOWN', `${request.method} ${request.url.slice(0, 200)}`)),
  );
  app.setErrorHandler((thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const failed = isBatonError(thrown)
      ? {
          code: thrown.code,
          message: thrown.message,
          ...(thrown.field === undefined ? {} : { field: thrown.field }),
        }
      : failureOfRequest(thrown instanceof Error ? thrown : new Error(String(thrown)), request.id);
    if (failed.code === 'SERVICE_FAILED') request.log.error({ err: thrown }, 'a request failed');
    else request.log.info({ code: failed.code }, 'refused');
    return replyWithFailure(reply, failed);
  });
}
