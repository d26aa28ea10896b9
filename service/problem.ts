import type { FastifyReply } from 'fastify';

/** An error of an HTTP door after RFC 9457. */
interface Problem {
  readonly status: number;
  /** Short and the same for all of its kind. */
  readonly title: string;
  /** What was wrong this time, and what to do. */
  readonly detail: string;
  /** Stable code, of the failure catalogue where there is one. */
  readonly code: string;
}

/** Answers with a problem document. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify({ type: 'about:blank', ...problem }));
}
