import rateLimit from '@fastify/rate-limit';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastify, { LogController } from 'fastify';
import { z } from 'zod';
import { isBatonError } from '../../contract/failures.ts';
import { sendProblem } from '../problem.ts';
import type { CodecAccess } from './access.ts';
import { createAuthenticator } from './authenticate.ts';
import { sessionCookie, sessionOf } from './session-cookie.ts';
import { signInPage } from './sign-in-page.ts';

/** What a codec endpoint is made from. */
export interface CodecEndpointOptions {
  readonly codec: PayloadCodec;
  readonly access: CodecAccess;
  /** Where each use is recorded: who, what, how many payloads; never what they say. */
  readonly logger?: FastifyBaseLogger;
}

/** Bytes of a request: what a page of history may hold. */
const BODY_BYTES = 8 * 1024 * 1024;

const base64 = z.string().refine((text) => /^[A-Za-z0-9+/_-]*={0,2}$/.test(text), 'base64');
const Body = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), base64).default({}), data: base64.optional() }))
    .max(10_000),
});

/**
 * Temporal's remote codec: POST /encode and /decode, for the `temporal` command and the Temporal UI, so that those
 * allowed see clear text and the server never does. The command authenticates by `--codec-auth`, the UI by the
 * cookie of the sign-in page here or by the token of its identity provider. Only the origins of the configuration
 * may ask from a browser, each named exactly.
 */
export async function createCodecEndpoint(options: CodecEndpointOptions): Promise<FastifyInstance> {
  const { codec, access } = options;
  const authenticator = createAuthenticator(access);
  const app = fastify({
    bodyLimit: BODY_BYTES,
    requestTimeout: 30_000,
    ...(options.logger
      ? { loggerInstance: options.logger, logController: new LogController({ disableRequestLogging: true }) }
      : {}),
  });
  answerWithProblems(app);
  allowOrigins(app, access);
  await app.register(rateLimit, { max: access.requestsPerMinute, timeWindow: 60_000 });
  addSignIn(app, access, authenticator);

  const use = async (
    request: FastifyRequest,
    reply: FastifyReply,
    action: 'encode' | 'decode',
  ): Promise<FastifyReply> => {
    const asker = await authenticator.askerOf(
      request.headers.authorization,
      sessionOf(request.headers.cookie),
    );
    if (!asker) {
      const detail = 'send a token (--codec-auth "Bearer ..."), or sign in at /sign-in';
      return sendProblem(reply, {
        status: 401,
        title: 'Not signed in',
        detail,
        code: 'CODEC_UNAUTHENTICATED',
      });
    }
    if (asker.by === 'cookie' && !access.origins.includes(request.headers.origin ?? '')) {
      const detail = 'a cookie counts only for pages of the configured origins';
      return sendProblem(reply, { status: 403, title: 'Wrong origin', detail, code: 'CODEC_FORBIDDEN' });
    }
    const parsed = Body.safeParse(request.body);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const detail = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}; send { "payloads": [...] }`;
      return sendProblem(reply, { status: 400, title: 'Bad request', detail, code: 'INPUT_INVALID' });
    }
    const namespace = request.headers['x-namespace'];
    const payloads = await codec[action](parsed.data.payloads.map(payloadOf));
    request.log.info(
      { who: asker.name, by: asker.by, action, payloads: payloads.length, namespace },
      'codec used',
    );
    return reply.header('cache-control', 'no-store').send({ payloads: payloads.map(jsonOfPayload) });
  };
  app.post('/encode', (request, reply) => use(request, reply, 'encode'));
  app.post('/decode', (request, reply) => use(request, reply, 'decode'));
  app.get('/health', () => ({ ok: true }));
  return app;
}

function addSignIn(
  app: FastifyInstance,
  access: CodecAccess,
  authenticator: ReturnType<typeof createAuthenticator>,
): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 10_000 },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    },
  );
  const page = (reply: FastifyReply, state: Parameters<typeof signInPage>[0], status = 200): FastifyReply =>
    reply
      .code(status)
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', "default-src 'none'; form-action 'self'; frame-ancestors 'none'")
      .send(signInPage(state));
  app.get('/sign-in', (_request, reply) => page(reply, 'asking'));
  const limited = {
    config: { rateLimit: { max: Math.ceil(access.requestsPerMinute / 10), timeWindow: 60_000 } },
  };
  app.post('/sign-in', limited, (request, reply) => {
    const body = z.object({ token: z.string().max(1_000) }).safeParse(request.body);
    const session = body.success ? authenticator.signIn(body.data.token) : undefined;
    if (session === undefined) return page(reply, 'wrong', 401);
    return page(reply.header('set-cookie', sessionCookie(access, session)), 'signed-in');
  });
  app.post('/sign-out', (request, reply) => {
    const session = sessionOf(request.headers.cookie);
    if (session !== undefined) authenticator.signOut(session);
    return page(reply.header('set-cookie', sessionCookie(access, undefined)), 'asking');
  });
}

/** Answers browsers for the configured origins, credentials included, and says nothing to others. */
function allowOrigins(app: FastifyInstance, access: CodecAccess): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    void reply.header('vary', 'Origin').header('x-content-type-options', 'nosniff');
    const allowed = origin !== undefined && access.origins.includes(origin);
    if (allowed) {
      void reply
        .header('access-control-allow-origin', origin)
        .header('access-control-allow-credentials', 'true');
    }
    if (request.method !== 'OPTIONS') {
      done();
      return;
    }
    if (allowed) {
      void reply
        .header('access-control-allow-methods', 'POST')
        .header(
          'access-control-allow-headers',
          'content-type, x-namespace, authorization, authorization-extras',
        )
        .header('access-control-max-age', '600');
    }
    void reply.code(allowed ? 204 : 403).send();
  });
}

function answerWithProblems(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, {
      status: 404,
      title: 'Not found',
      detail: 'there are POST /encode, POST /decode, /sign-in and /sign-out',
      code: 'NOT_FOUND',
    }),
  );
  app.setErrorHandler((thrown: unknown, request, reply) => {
    if (isBatonError(thrown)) {
      request.log.error({ code: thrown.code }, thrown.message);
      const { code, message } = thrown;
      return sendProblem(reply, { status: 503, title: 'Not possible now', detail: message, code });
    }
    const status = statusOf(thrown);
    const known = status >= 400 && status < 500;
    if (!known) request.log.error({ err: thrown }, 'a request failed');
    return sendProblem(reply, {
      status,
      title: known ? 'Bad request' : 'Failed',
      detail: known && thrown instanceof Error ? thrown.message : 'see the log of the endpoint',
      code:
        status === 413
          ? 'INPUT_TOO_LARGE'
          : status === 429
            ? 'RATE_LIMITED'
            : known
              ? 'INPUT_INVALID'
              : 'FAILED',
    });
  });
}

function statusOf(thrown: unknown): number {
  const status: unknown =
    typeof thrown === 'object' && thrown !== null && 'statusCode' in thrown ? thrown.statusCode : undefined;
  return typeof status === 'number' ? status : 500;
}

type JsonPayload = z.output<typeof Body>['payloads'][number];

function payloadOf({ metadata, data }: JsonPayload): Payload {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')]),
    ),
    data: Buffer.from(data ?? '', 'base64'),
  };
}

function jsonOfPayload({ metadata, data }: Payload): JsonPayload {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  };
}
