import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { BatonClient } from '../../client/index.ts';
import { callbackToken, CALLBACK_PATH, type A2aCallback } from '../../contract/a2a-callback.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';

/** A call says that there is news; what else it says is not read. */
const BODY_BYTES = 1_048_576;

/**
 * Takes the pushes of agents elsewhere: whoever shows the token of a task wakes the case that waits for it. What the
 * news is, the case asks the agent. So a call that is lost, repeated, or made up by somebody who has stolen a token does
 * nothing but have a case look a little sooner.
 */
export function addCallbacks(
  app: FastifyInstance,
  { baton, callback }: { readonly baton: Pick<BatonClient, 'wakeRemote'>; readonly callback: A2aCallback },
): void {
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, parsed) => {
      parsed(null, undefined);
    });
    scope.post(`${CALLBACK_PATH}/:caseId/:key`, { bodyLimit: BODY_BYTES }, async (request, reply) => {
      const { caseId, key } = request.params as { readonly caseId: string; readonly key: string };
      const shown = request.headers['x-a2a-notification-token'];
      if (!isToken(shown, callbackToken(callback, { caseId, key })))
        throw new BatonError(
          failure('PRINCIPAL_UNKNOWN', 'the token is of no task', 'headers.x-a2a-notification-token'),
        );
      request.log.info({ operation: 'a2aCallback', caseId }, 'answered');
      try {
        await baton.wakeRemote(caseId, { key });
      } catch (thrown) {
        // Nobody waits any more: the other side may stop telling.
        if (isBatonError(thrown) && ['CASE_CLOSED', 'CASE_UNKNOWN', 'CASE_TERMINATED'].includes(thrown.code))
          return reply.code(410).send();
        throw thrown;
      }
      return reply.code(204).send();
    });
    done();
  });
}

/** In constant time: how much of a guess is right must not show. */
function isToken(shown: string | readonly string[] | undefined, token: string): boolean {
  const bytes = Buffer.from(typeof shown === 'string' ? shown : '');
  const expected = Buffer.from(token);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
