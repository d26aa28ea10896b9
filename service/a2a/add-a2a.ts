import { AgentCard, HTTP_EXTENSION_HEADER, A2A_VERSION_HEADER, Extensions } from '@a2a-js/sdk';
import { JsonRpcTransportHandler, ServerCallContext } from '@a2a-js/sdk/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { BatonClient } from '../../client/index.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { StreamEvent } from '../events/event-stream.ts';
import type { OpenStreams } from '../events/open-streams.ts';
import type { Gate } from '../http/gate.ts';
import { handleRequests, type UpdateStream } from './handle-requests.ts';
import type { Pushes } from './push-configs.ts';
import { signedCardOf, type ServedTeam } from './served-team.ts';
import { beginStream, eventsOf, isStream } from './stream-answers.ts';

/** What teams are served with. */
export interface A2aDoor {
  readonly baton: BatonClient;
  readonly streams: OpenStreams;
  readonly teams: readonly ServedTeam[];
  /** How clients are told of their tasks; they ask for them when absent. */
  readonly pushes: Pushes | undefined;
}

/**
 * Serves teams as agents of A2A 1.0 over JSON-RPC: the card for everybody, requests for principals of the service.
 */
export async function addA2a(
  app: FastifyInstance,
  gate: Gate,
  { baton, streams, teams, pushes }: A2aDoor,
): Promise<void> {
  for (const served of teams) {
    const path = `/a2a/${served.team}`;
    const card = JSON.stringify(
      AgentCard.toJSON(await signedCardOf(served, { pushes: pushes !== undefined })),
    );
    app.get(`${path}/.well-known/agent-card.json`, (_request, reply) =>
      reply.type('application/json').send(card),
    );
    app.post(path, async (request, reply) => {
      const principal = gate.principalOf(request);
      const version = headerOf(request.headers[A2A_VERSION_HEADER.toLowerCase()]);
      if (version !== '1.0') {
        const detail = `${A2A_VERSION_HEADER} ${version ?? 'is not there'}: this agent speaks 1.0`;
        throw new BatonError(failure('VERSION_UNSUPPORTED', detail, 'headers.a2a-version'));
      }
      const extensions = headerOf(request.headers[HTTP_EXTENSION_HEADER.toLowerCase()]);
      const context = new ServerCallContext({
        requestedVersion: version,
        requestedExtensions: Extensions.parseServiceParameter(extensions),
        user: { isAuthenticated: true, userName: principal.name },
      });
      const stop = new AbortController();
      const stream: UpdateStream = { signal: stop.signal, after: lastTold(request) };
      const handler = new JsonRpcTransportHandler(
        handleRequests({ baton, served, pushes }, { principal, stream }),
      );
      const { body } = request;
      const requestId = isJsonObject(body) ? (body['id'] ?? null) : null;
      const answer = await handler.handle(body as Record<string, unknown>, context);
      const begun = isStream(answer)
        ? await beginStream(answer, requestId)
        : ({ kind: 'answered', answer } as const);
      const active = context.activatedExtensions;
      if (active) void reply.header(HTTP_EXTENSION_HEADER, Extensions.toServiceParameter(active));
      if (begun.kind === 'begun') {
        const from = (signal: AbortSignal): AsyncIterable<StreamEvent> => {
          signal.addEventListener('abort', () => {
            stop.abort();
          });
          return eventsOf(begun, { stream, requestId });
        };
        return streams.reply(request, reply, principal, { from, saysEnd: false });
      }
      request.log.info({ operation: 'a2a', who: principal.name, tenant: principal.tenant }, 'answered');
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(begun.answer));
    });
  }
}

/** What a client says that comes back to a stream; anything else than a number of ours is no place to go on from. */
function lastTold({ headers }: FastifyRequest): number | undefined {
  const id = headerOf(headers['last-event-id']);
  return id !== undefined && /^\d{1,9}$/.test(id) ? Number(id) : undefined;
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
