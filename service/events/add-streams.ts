import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { BatonClient } from '../../client/index.ts';
import { BatonError } from '../../contract/failures.ts';
import { parseWith } from '../../contract/parse.ts';
import { actsAsUser } from '../access/permissions.ts';
import type { Principal } from '../access/principal.ts';
import type { Gate } from '../http/gate.ts';
import { poolsOf } from '../routes/people.ts';
import { EventsQuery, InboxQuery } from '../shapes/requests.ts';
import { caseEvents } from './case-events.ts';
import type { EventSource } from './event-stream.ts';
import { createInboxes } from './inboxes.ts';
import type { OpenStreams } from './open-streams.ts';
import { progressEvents } from './progress-events.ts';
import { caseStream, inboxStream, progressStream } from './streams.ts';

/** Adds the streams of cases and inboxes. */
export function addStreams(
  app: FastifyInstance,
  gate: Gate,
  options: { readonly baton: BatonClient; readonly streams: OpenStreams },
): void {
  const { baton, streams } = options;
  const inboxes = createInboxes(baton);
  const reply = (
    request: FastifyRequest,
    answer: FastifyReply,
    principal: Principal,
    from: EventSource['from'],
  ): FastifyReply => streams.reply(request, answer, principal, { from, saysEnd: true });

  app.get(caseStream.path.replace('{caseId}', ':caseId'), async (request, answer) => {
    const principal = gate.principalOf(request);
    const { caseId: named } = request.params as { readonly caseId: string };
    const caseId = await gate.admit(principal, caseStream.action, named);
    const { after = 0 } = validated(EventsQuery, { ...(request.query as object), ...lastEventId(request) });
    const forUser = actsAsUser(principal, caseStream.action);
    return reply(request, answer, principal, (signal) =>
      caseEvents(baton, caseId, { after, forUser, signal }),
    );
  });
  app.get(progressStream.path.replace('{caseId}', ':caseId'), async (request, answer) => {
    const principal = gate.principalOf(request);
    const { caseId: named } = request.params as { readonly caseId: string };
    const caseId = await gate.admit(principal, progressStream.action, named);
    const { after = 0 } = validated(EventsQuery, { ...(request.query as object), ...lastEventId(request) });
    return reply(request, answer, principal, (signal) => progressEvents(baton, caseId, { after, signal }));
  });
  app.get(inboxStream.path, async (request, answer) => {
    const principal = gate.principalOf(request);
    await gate.admit(principal, inboxStream.action, undefined);
    const pools = poolsOf(principal, validated(InboxQuery, request.query).pool);
    return reply(request, answer, principal, (signal) => inboxes.watch(principal.tenant, pools, signal));
  });
}

/** What a browser says when it comes back; it knows more than the address it was given. */
function lastEventId(request: FastifyRequest): object {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && header !== '' ? { after: header } : {};
}

function validated<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = parseWith(schema, value, 'query');
  if (!parsed.ok) throw new BatonError(parsed.failure);
  return parsed.value;
}
