import http from 'node:http';
import https from 'node:https';
import { RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { isAllowedHost } from '../../contract/webhooks/endpoints.ts';

/** One request to an endpoint. */
export interface Posted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How long the answer may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What came back. Nobody needs the words of an answer, so they are not kept. */
export interface PostAnswer {
  readonly status: number;
  /** `Retry-After` in milliseconds, where it was named. */
  readonly retryAfterMs?: number;
}

/** Bytes of an answer that are read, to keep the connection; one that says more is cut off. */
const ANSWER_BYTES = 65_536;
const HEADER_BYTES = 16_384;

/**
 * Makes a sender of requests. It follows no redirect. Addresses are looked at when a connection is made, after their
 * names have been resolved: a host that leads inside (private, loopback, link-local) is refused unless it is named.
 * @param allowedHosts hosts that may be inside
 */
export function createPoster(allowedHosts: readonly string[]): (posted: Posted) => Promise<PostAnswer> {
  const outside = new RequestFilteringHttpsAgent({ keepAlive: true });
  const inside = new https.Agent({ keepAlive: true });
  const inClear = new http.Agent({ keepAlive: true });
  return ({ url, headers, body, timeoutMs, signal }) =>
    new Promise((resolve, reject) => {
      const allowed = isAllowedHost(url, allowedHosts);
      const isClear = url.startsWith('http:');
      const options = {
        method: 'POST',
        agent: isClear ? inClear : allowed ? inside : outside,
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        maxHeaderSize: HEADER_BYTES,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      };
      const request = (isClear ? http : https).request(url, options, (response) => {
        const { statusCode: status = 0 } = response;
        const retryAfterMs = pauseOf(response.headers['retry-after'], Date.now());
        let bytes = 0;
        const done = (): void => {
          resolve({ status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
        };
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > ANSWER_BYTES) response.destroy();
        });
        // However the body ends: the status has come, and that is the answer.
        response.on('close', done).on('error', done);
      });
      request.on('error', reject);
      request.end(body);
    });
}

/** `Retry-After` as milliseconds from now: seconds, or a date. */
export function pauseOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
