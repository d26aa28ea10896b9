import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** One event of a stream. */
export interface StreamEvent {
  readonly event: string;
  /** Offset to go on from; absent where a stream begins anew with what is there. */
  readonly id?: number;
  readonly data: unknown;
}

const HEARTBEAT_MS = 15_000;
/** How long a browser waits before it comes back, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * Answers with server-sent events. The source is asked for the next event only when the one before has been taken, so
 * a slow reader slows its source down and nothing piles up. Whoever goes away, and a service that stops, abort the
 * signal that the source was given.
 * @param source makes the events; it ends when its signal aborts
 * @param ends aborted when the service stops
 */
export function replyWithEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  source: (signal: AbortSignal) => AsyncIterable<StreamEvent>,
  ends: AbortSignal,
): FastifyReply {
  const gone = new AbortController();
  request.raw.socket.once('close', () => {
    gone.abort();
  });
  const signal = AbortSignal.any([gone.signal, ends]);
  const frames = Readable.from(framesOf(source(signal), signal), { objectMode: true, highWaterMark: 1 });
  frames.once('close', () => {
    gone.abort();
  });
  return (
    reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      // A connection that has carried a stream does not keep a stopping service waiting.
      .header('connection', 'close')
      .header('x-accel-buffering', 'no')
      .send(frames)
  );
}

async function* framesOf(
  events: AsyncIterable<StreamEvent>,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  yield `retry: ${String(RETRY_MS)}\n\n`;
  const source = events[Symbol.asyncIterator]();
  try {
    let next = source.next();
    for (;;) {
      const beat = heartbeat();
      const came = await Promise.race([next, beat.due]);
      beat.stop();
      if (came === 'beat') {
        yield ': here\n\n';
        continue;
      }
      if (came.done === true) break;
      yield frameOf(came.value);
      next = source.next();
    }
  } finally {
    await source.return?.();
  }
  // A case that has ended has no more to say; without this a browser would come back for ever.
  if (!signal.aborted) yield 'event: end\ndata: {}\n\n';
}

/** JSON has no line breaks, so that the data is one line. */
function frameOf({ event, id, data }: StreamEvent): string {
  return `${id === undefined ? '' : `id: ${String(id)}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function heartbeat(): { readonly due: Promise<'beat'>; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const due = new Promise<'beat'>((resolve) => {
    timer = setTimeout(() => {
      resolve('beat');
    }, HEARTBEAT_MS);
    timer.unref();
  });
  return {
    due,
    stop: () => {
      clearTimeout(timer);
    },
  };
}
