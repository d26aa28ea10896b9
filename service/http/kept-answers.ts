import { createHash } from 'node:crypto';
import { canonicalJson } from '../../contract/canonical-json.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import type { Principal } from '../access/principal.ts';

/** An answer as it was given the first time. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: string;
}

const KEY = /^[\x21-\x7e]{1,200}$/;
const KEPT_AT_MOST = 10_000;
const KEPT_MS = 24 * 3_600_000;

/**
 * The id that an idempotency key stands for: what is opened or said under the key gets it, so that a repeat is known
 * to the case itself, whichever process of the service it meets and whatever was lost meanwhile (F07).
 */
export function idOfKey(principal: Pick<Principal, 'name' | 'tenant'>, key: string): string {
  const text = canonicalJson([principal.tenant, principal.name, key]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** @throws BatonError `INPUT_INVALID` */
export function parseIdempotencyKey(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && KEY.test(header)) return header;
  const detail = 'Idempotency-Key: once, up to 200 visible ASCII characters';
  throw new BatonError(failure('INPUT_INVALID', detail, 'headers.idempotency-key'));
}

/** Runs requests once per idempotency key. */
export interface KeptAnswers {
  /**
   * The kept answer of an equal request under this key, or what `run` answers now.
   * @param request what the key stands for: method, address and body
   * @throws BatonError `IDEMPOTENCY_KEY_REUSED` for another request, `IDEMPOTENCY_KEY_BUSY` while the first runs, and
   * whatever `run` throws, which leaves the key free
   */
  once(id: string, request: string, run: () => Promise<KeptAnswer>): Promise<KeptAnswer>;
}

/**
 * Answers in memory for a day, the newest ten thousand. They spare a repeat its way to the case; that it happens once
 * does not depend on them.
 */
export function createKeptAnswers(now: () => number = Date.now): KeptAnswers {
  const kept = new Map<string, { readonly request: string; readonly at: number; answer?: KeptAnswer }>();
  return {
    once: async (id, request, run) => {
      const digest = createHash('sha256').update(request).digest('hex');
      const known = kept.get(id);
      if (known && known.at + KEPT_MS > now()) {
        if (known.request !== digest) throw new BatonError(failure('IDEMPOTENCY_KEY_REUSED'));
        if (!known.answer) throw new BatonError(failure('IDEMPOTENCY_KEY_BUSY'));
        return known.answer;
      }
      const [oldest] = kept.keys();
      if (kept.size >= KEPT_AT_MOST && oldest !== undefined) kept.delete(oldest);
      const entry: { request: string; at: number; answer?: KeptAnswer } = { request: digest, at: now() };
      kept.set(id, entry);
      try {
        entry.answer = await run();
        return entry.answer;
      } catch (thrown) {
        kept.delete(id);
        throw thrown;
      }
    },
  };
}
