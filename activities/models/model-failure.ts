import { APICallError, LoadAPIKeyError } from '@ai-sdk/provider';
import { applicationFailure } from '../../contract/application-failure.ts';
import { failure, failureEntry, isBatonError, type FailureCode } from '../../contract/failures.ts';
import { cutText } from '../../contract/text.ts';

/** An answer that is not one: cut, or not in the protocol. */
export class AnswerBroken extends Error {
  override readonly name = 'AnswerBroken';
}

/** The case stopped the call, whatever the model threw because of it. By this name the SDK reports it as cancelled. */
export class CallStopped extends Error {
  override readonly name = 'AbortError';

  constructor(cause: unknown) {
    super('the case no longer wants the answer', { cause });
  }
}

/** What is known of the call that went wrong. */
interface ModelCallFacts {
  readonly model: string;
  readonly signal: AbortSignal;
  /** The model was silent for longer than it may be. */
  readonly stalled: boolean;
  readonly apiKey: string | undefined;
}

/** The longest pause that a vendor may ask for: beyond it, its word is as good as none. */
const LONGEST_PAUSE_MS = 600_000;

/**
 * Everything that can go wrong with a call of a model, as one failure of the catalogue: the one place where vendors'
 * errors are read. What a vendor says is quoted without keys; requests and headers never are. A pause that it asks
 * for is Temporal's next delay.
 */
export function modelFailure(thrown: unknown, call: ModelCallFacts): Error {
  if (call.signal.aborted) return new CallStopped(thrown);
  if (isBatonError(thrown)) return thrown;
  if (call.stalled) return failed('MODEL_STALLED', call, 'no sign of it for too long');
  if (LoadAPIKeyError.isInstance(thrown)) return failed('MODEL_ACCESS_DENIED', call, thrown.message);
  if (APICallError.isInstance(thrown)) return ofVendor(thrown, call);
  // Errors of the network may come from another realm than ours.
  const { name, message } = Object(thrown) as { readonly name?: unknown; readonly message?: unknown };
  if (typeof name !== 'string' || typeof message !== 'string') return ofStream(thrown, call);
  const unreached = message === 'fetch failed';
  return failed(unreached ? 'MODEL_UNAVAILABLE' : 'MODEL_ANSWER_BROKEN', call, `${name}: ${message}`);
}

/** What a vendor answered with, whichever library tells of it. */
interface VendorRefusal {
  readonly message: string;
  readonly statusCode?: number | undefined;
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined;
  readonly responseBody?: string | undefined;
}

/** Errors around errors that are looked into: frameworks put their own around those of vendors' libraries. */
const DEEPEST = 4;

/**
 * What a framework threw behind whose agent a model of one's own stands, where a vendor's answer is in it: libraries put
 * the status, and mostly the headers, on their errors. Everything else is undefined, and what its agent says of it.
 */
export function frameworkFailure(
  thrown: unknown,
  call: Pick<ModelCallFacts, 'model' | 'signal'>,
): Error | undefined {
  const facts = { ...call, stalled: false, apiKey: undefined };
  // Errors of the network may come from another realm than ours.
  for (let [error, depth] = [thrown, 0]; isObject(error) && depth < DEEPEST; depth += 1) {
    const { status, statusCode = status, headers, message, code, cause } = error;
    const said = typeof message === 'string' ? message : String(thrown);
    if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600) {
      // Some have the word of the vendor for it, such as `insufficient_quota`, beside the message.
      const responseBody = typeof code === 'string' ? code : '';
      return ofVendor(
        { message: said, statusCode, responseHeaders: headersOf(headers), responseBody },
        facts,
      );
    }
    if (typeof code === 'string' && UNREACHED.has(code)) return failed('MODEL_UNAVAILABLE', facts, said);
    error = cause;
  }
  return undefined;
}

/** Codes of errors of the network, as Node names them. */
const UNREACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
]);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function headersOf(headers: unknown): Readonly<Record<string, string>> {
  if (headers instanceof Headers) return Object.fromEntries(headers);
  if (!isObject(headers)) return {};
  const entries = Object.entries(headers).filter(
    (one): one is [string, string] => typeof one[1] === 'string',
  );
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

function ofVendor(error: VendorRefusal, call: ModelCallFacts): Error {
  const { statusCode, responseHeaders = {} } = error;
  const words = `${statusCode === undefined ? 'no answer' : `status ${String(statusCode)}`}: ${error.message}`;
  if (statusCode === undefined) return failed('MODEL_UNAVAILABLE', call, words);
  // The answer came, and was not in the protocol.
  if (statusCode < 300) return failed('MODEL_ANSWER_BROKEN', call, words);
  const said = `${error.message} ${error.responseBody ?? ''}`;
  if (statusCode === 429) {
    // A quota that is used up does not come back by waiting.
    if (/insufficient_quota/.test(said)) return failed('MODEL_ACCESS_DENIED', call, words);
    return failed('MODEL_RATE_LIMITED', call, words, pauseOf(responseHeaders));
  }
  if (statusCode === 401 || statusCode === 403) return failed('MODEL_ACCESS_DENIED', call, words);
  if (statusCode === 408 || statusCode === 409 || statusCode >= 500)
    return failed('MODEL_UNAVAILABLE', call, words, pauseOf(responseHeaders));
  if (isTooLong(said)) return failed('MODEL_CONTEXT_TOO_LONG', call, words);
  return failed('MODEL_REQUEST_REFUSED', call, words);
}

/** An error that came as a piece of a stream that had begun well. */
function ofStream(error: unknown, call: ModelCallFacts): Error {
  const words = JSON.stringify({ error });
  if (/rate_limit/.test(words)) return failed('MODEL_RATE_LIMITED', call, words);
  if (/overloaded|unavailable|server_error|api_error/i.test(words))
    return failed('MODEL_UNAVAILABLE', call, words);
  return failed(isTooLong(words) ? 'MODEL_CONTEXT_TOO_LONG' : 'MODEL_ANSWER_BROKEN', call, words);
}

/** In the words of OpenAI, Anthropic, Google, llama.cpp and vLLM. */
function isTooLong(said: string): boolean {
  return /context_length_exceeded|maximum context length|prompt is too long|input token count|exceeds the available context|context size/i.test(
    said,
  );
}

/** The pause that a vendor asks for, in milliseconds. */
function pauseOf(headers: Readonly<Record<string, string>>): number | undefined {
  const milliseconds = Number(headers['retry-after-ms']);
  if (headers['retry-after-ms'] !== undefined && milliseconds >= 0)
    return Math.min(milliseconds, LONGEST_PAUSE_MS);
  const after = headers['retry-after'];
  if (after === undefined) return undefined;
  const seconds = Number(after);
  const pause = Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1_000;
  return Number.isNaN(pause) ? undefined : Math.min(Math.max(pause, 0), LONGEST_PAUSE_MS);
}

function failed(code: FailureCode, call: ModelCallFacts, words: string, pauseMs?: number): Error {
  const what = failure(code, `${call.model}: ${cutText(withoutKeys(words, call.apiKey), 500)}`);
  const retryable = failureEntry(code).retryable;
  return applicationFailure(what, { retryable, ...(pauseMs === undefined ? {} : { pauseMs }) });
}

/** Vendors quote keys that they do not know, whole or in part. */
function withoutKeys(words: string, apiKey: string | undefined): string {
  const bare = apiKey === undefined || apiKey === '' ? words : words.replaceAll(apiKey, '[key]');
  return bare
    .replace(/\b(?:sk|pk|rk|key|xai|gsk|AIza)[-_]?[\w*-]{8,}/g, '[key]')
    .replace(/Bearer\s+\S+/gi, '[key]');
}
