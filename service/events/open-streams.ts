import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BatonError, failure } from '../../contract/failures.ts';
import type { Principal } from '../access/principal.ts';
import { replyWithEvents, type EventSource } from './event-stream.ts';

/** The streams of a service, whatever they tell and in whichever protocol. All end when the application closes. */
export interface OpenStreams {
  /**
   * Answers with a stream, and counts it.
   * @throws BatonError `RATE_LIMITED` for one more than a principal may have at once
   */
  reply(
    request: FastifyRequest,
    answer: FastifyReply,
    principal: Principal,
    source: Pick<EventSource, 'from' | 'saysEnd'>,
  ): FastifyReply;
}

/** Counts streams by principal. */
export function createOpenStreams(app: FastifyInstance, streamsAtOnce: number): OpenStreams {
  const stopping = new AbortController();
  app.addHook('preClose', (done) => {
    stopping.abort();
    done();
  });
  const open = new Map<string, number>();
  return {
    reply: (request, answer, principal, source) => {
      const who = `${principal.tenant} ${principal.name}`;
      const count = open.get(who) ?? 0;
      if (count >= streamsAtOnce)
        throw new BatonError(failure('RATE_LIMITED', `${String(streamsAtOnce)} streams at once`));
      // Whoever has gone away meanwhile has no stream.
      if (!answer.raw.closed) {
        open.set(who, count + 1);
        answer.raw.once('close', () => {
          const left = (open.get(who) ?? 1) - 1;
          if (left === 0) open.delete(who);
          else open.set(who, left);
        });
      }
      request.log.info(
        { who: principal.name, tenant: principal.tenant, url: request.routeOptions.url },
        'follows',
      );
      return replyWithEvents(request, answer, { ...source, ends: stopping.signal });
    },
  };
}
