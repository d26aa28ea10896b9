import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { BatonClient } from '../../client/index.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import { caseOfExternalId } from '../../contract/tickets/external-id.ts';
import { externalIdOfHook } from '../../contract/tickets/hook.ts';
import type { TicketHooks } from './read-hooks.ts';
import { isSignedHook } from './signature.ts';

/** A hook names a ticket; what it says besides is not read. */
const BODY_BYTES = 262_144;

/**
 * Takes the hooks of ticket systems at `/tickets/<desk>/hook`: signed by the system, and no principal of the service. A
 * hook says that a ticket has changed; what has changed, and by whom, is read from the ticket. So a hook that is lost,
 * repeated or played again by somebody costs nothing.
 */
export function addTicketHooks(
  app: FastifyInstance,
  { baton, hooks }: { readonly baton: Pick<BatonClient, 'wakeTicket'>; readonly hooks: TicketHooks },
): void {
  app.register((scope, _options, done) => {
    // The signature is over the bytes that came.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, parsed) => {
      parsed(null, body);
    });
    scope.post('/tickets/:desk/hook', { bodyLimit: BODY_BYTES }, async (request, reply) => {
      const { desk } = request.params as { desk: string };
      const secrets = getOwn(hooks.secrets, desk);
      if (!secrets) throw new BatonError(failure('TICKET_DESK_UNKNOWN', JSON.stringify(desk), 'desk'));
      const body = typeof request.body === 'string' ? request.body : '';
      const [timestamp, signature] = [
        headerOf(request, 'x-zendesk-webhook-signature-timestamp'),
        headerOf(request, 'x-zendesk-webhook-signature'),
      ];
      if (!isSignedHook({ body, timestamp, signature }, { secrets, now: Date.now() }))
        throw new BatonError(failure('TICKET_HOOK_REFUSED', desk));
      const caseId = caseOfExternalId(externalIdOfHook(jsonOf(body)));
      request.log.info({ operation: 'ticketHook', desk, caseId }, 'answered');
      // Tickets that are none of Baton's are none of its affair.
      if (caseId === undefined) return reply.code(204).send();
      await baton.wakeTicket({ desk, caseId });
      return reply.code(202).send({ accepted: true });
    });
    done();
  });
}

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BatonError(failure('INPUT_INVALID', 'it is not JSON', 'body'));
  }
}
