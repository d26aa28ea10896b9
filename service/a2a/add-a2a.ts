import { AgentCard, HTTP_EXTENSION_HEADER, A2A_VERSION_HEADER, Extensions } from '@a2a-js/sdk';
import { JsonRpcTransportHandler, ServerCallContext } from '@a2a-js/sdk/server';
import type { FastifyInstance } from 'fastify';
import type { BatonClient } from '../../client/index.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import type { Gate } from '../http/gate.ts';
import { handleRequests } from './handle-requests.ts';
import { signedCardOf, type ServedTeam } from './served-team.ts';

/**
 * Serves teams as agents of A2A 1.0 over JSON-RPC: the card for everybody, requests for principals of the service.
 */
export async function addA2a(
  app: FastifyInstance,
  gate: Gate,
  { baton, teams }: { readonly baton: BatonClient; readonly teams: readonly ServedTeam[] },
): Promise<void> {
  for (const served of teams) {
    const path = `/a2a/${served.team}`;
    const card = JSON.stringify(AgentCard.toJSON(await signedCardOf(served)));
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
      const handler = new JsonRpcTransportHandler(handleRequests(baton, served, principal));
      const answer = await handler.handle(request.body as Record<string, unknown>, context);
      const active = context.activatedExtensions;
      if (active) void reply.header(HTTP_EXTENSION_HEADER, Extensions.toServiceParameter(active));
      request.log.info({ operation: 'a2a', who: principal.name, tenant: principal.tenant }, 'answered');
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
    });
  }
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
