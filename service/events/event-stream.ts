import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** One event of a stream. */
export interface StreamEvent {
  /** Its name; absent in protocols whose events have none. */
  readonly event?: string;
  /** Offset to go on from; absent where a stream begins anew with what is there. */
  readonly id?: number;
  readonly data: unknown;
}

const HEARTBEAT_MS = 15_000;
/** How long a browser waits before it comes back, in milliseconds. */
const RETRY_MS = 1_000;

/** Where a stream comes from, and when it is over. */
export interface EventSource {
  /** Makes the events; it ends when its signal aborts. */
  readonly from: (signal: AbortSignal) => AsyncIterable<StreamEvent>;
  /** Aborted when the service stops. */
  readonly ends: AbortSignal;
  /** Whether an event `end` says that no more will come: a browser would come back for ever. */
  readonly saysEnd: boolean;
}

/**
 * Answers with server-sent events. The source is asked for the next event only when the one before has been taken, so
 * a slow reader slows its source down and nothing piles up. Whoever goes away, and a service that stops, abort the
 * signal that the source was given.
 */
export function replyWithEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  { from, ends, saysEnd }: EventSource,
): FastifyReply {
  const gone = new AbortController();
  request.raw.socket.once('close', () => {
    gone.abort();
  });
  const signal = AbortSignal.any([gone.signal, ends]);
  const frames = Readable.from(framesOf(from(signal), saysEnd ? signal : undefined), {
    objectMode: true,
    highWaterMark: 1,
  });
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
  saysEndUnless: AbortSignal | undefined,
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
  // A case that has ended has no more to say.
  if (saysEndUnless?.aborted === false) yield 'event: end\ndata: {}\n\n';
}

/** JSON has no line breaks, so that the data is one line. */
function frameOf({ event, id, data }: StreamEvent): string {
  const named = event === undefined ? '' : `event: ${event}\n`;
  return `${id === undefined ? '' : `id: ${String(id)}\n`}${named}data: ${JSON.stringify(data)}\n\n`;
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
