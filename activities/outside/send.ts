import http from 'node:http';
import https from 'node:https';
import { RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { isAllowedHost } from '../../contract/outside.ts';

/** One request to a service outside. */
export interface Sent {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long the answer may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What came back. */
export interface SentAnswer {
  readonly status: number;
  /** What was said, as far as it was wanted; empty where nobody needs the words of an answer. */
  readonly body: string;
  /** Whether all of the answer is there: it may have been cut off. */
  readonly isWhole: boolean;
  /** `Retry-After` in milliseconds, where it was named. */
  readonly retryAfterMs?: number;
}

/** Which answers are wanted, and who may be asked. */
export interface SenderOptions {
  /** Hosts that may be inside. */
  readonly allowedHosts: readonly string[];
  /** Bytes of an answer that are read, to keep the connection; one that says more is cut off. */
  readonly answerBytes: number;
  /** The words of answers are kept. */
  readonly keepsAnswers: boolean;
}

const HEADER_BYTES = 16_384;

/**
 * Makes a sender of requests. It follows no redirect. Addresses are looked at when a connection is made, after their
 * names have been resolved: a host that leads inside (private, loopback, link-local) is refused unless it is named.
 */
export function createSender(options: SenderOptions): (sent: Sent) => Promise<SentAnswer> {
  const outside = new RequestFilteringHttpsAgent({ keepAlive: true });
  const inside = new https.Agent({ keepAlive: true });
  const inClear = new http.Agent({ keepAlive: true });
  return ({ method, url, headers, body, timeoutMs, signal }) =>
    new Promise((resolve, reject) => {
      const allowed = isAllowedHost(url, options.allowedHosts);
      const isClear = url.startsWith('http:');
      const settings = {
        method,
        agent: isClear ? inClear : allowed ? inside : outside,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
        maxHeaderSize: HEADER_BYTES,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      };
      const request = (isClear ? http : https).request(url, settings, (response) => {
        const { statusCode: status = 0 } = response;
        const retryAfterMs = pauseOf(response.headers['retry-after'], Date.now());
        const chunks: Buffer[] = [];
        let bytes = 0;
        // However the body ends: the status has come, and that is the answer.
        const done = (): void => {
          resolve({
            status,
            body: Buffer.concat(chunks).toString('utf8'),
            isWhole: response.complete,
            ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
          });
        };
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > options.answerBytes) response.destroy();
          else if (options.keepsAnswers) chunks.push(chunk);
        });
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
