import { applicationFailure } from '../../contract/application-failure.ts';
import { BatonError, failure } from '../../contract/failures.ts';

/** How requests to another vendor are kept in bounds. */
interface FetchBounds {
  /** The only origin that is asked: a card cannot send our credentials, or us, anywhere else. */
  readonly origin: string;
  /** Asked for at each request, so that a token may be renewed. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** Most bytes of an answer. */
  readonly bytes: number;
  /** For one request, in milliseconds. */
  readonly timeoutMs: number;
}

/** The longest pause that another vendor may ask for, in milliseconds. */
const LONGEST_PAUSE_MS = 600_000;

/**
 * `fetch` for an agent of another vendor: to one origin, without redirects, in time, and no more of an answer than may
 * be taken. What goes wrong on the way is a failure of the catalogue.
 */
export function guardedFetch(bounds: FetchBounds): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== bounds.origin)
      throw new BatonError(
        failure('A2A_CARD_UNFIT', `it names ${url.origin}, and the team ${bounds.origin}`, 'card.url'),
      );
    const outer = init?.signal ?? undefined;
    const timeout = AbortSignal.timeout(bounds.timeoutMs);
    const headers = new Headers(init?.headers);
    for (const [name, value] of Object.entries(bounds.headers())) headers.set(name, value);
    try {
      const response = await fetch(url, {
        ...init,
        headers,
        redirect: 'error',
        signal: outer ? AbortSignal.any([outer, timeout]) : timeout,
      });
      refuseStatus(response, url);
      const body = await readBounded(response, bounds.bytes);
      return new Response(body, { status: response.status, headers: response.headers });
    } catch (thrown) {
      if (outer?.aborted) throw thrown;
      if (thrown instanceof Error && ['BatonError', 'ApplicationFailure'].includes(thrown.name)) throw thrown;
      const why = timeout.aborted ? `no answer within ${String(bounds.timeoutMs)} ms` : wordsOf(thrown);
      throw new BatonError(failure('A2A_UNREACHABLE', `${url.origin}: ${why}`), { cause: thrown });
    }
  };
}

function refuseStatus({ status, headers }: Response, url: URL): void {
  const place = `${url.origin}${url.pathname}: status ${String(status)}`;
  if (status === 401 || status === 403) throw new BatonError(failure('A2A_REFUSED', place));
  if (status !== 408 && status !== 429 && status < 500) return;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  const pause = Number.isFinite(seconds)
    ? { pauseMs: Math.min(Math.max(seconds * 1_000, 0), LONGEST_PAUSE_MS) }
    : {};
  throw applicationFailure(failure('A2A_UNREACHABLE', place), { retryable: true, ...pause });
}

/** Read piece by piece: an answer without an end must not fill the worker's memory. */
async function readBounded(response: Response, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  if (response.body)
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      length += piece.byteLength;
      if (length > bytes)
        throw new BatonError(failure('A2A_ANSWER_INVALID', `it has more than ${String(bytes)} bytes`));
      pieces.push(piece);
    }
  return new Uint8Array(Buffer.concat(pieces));
}

function wordsOf(thrown: unknown): string {
  const { message, cause } = Object(thrown) as { readonly message?: unknown; readonly cause?: unknown };
  const deeper = cause instanceof Error ? `: ${cause.message}` : '';
  return `${typeof message === 'string' ? message : 'no answer'}${deeper}`;
}
