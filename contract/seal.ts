import { canonicalJson } from './canonical-json.ts';
import { digestOf } from './digest.ts';
import type { Envelope } from './envelope.ts';
import type { JsonObject } from './json.ts';
import type { WorkingMemory } from './working-memory.ts';

/**
 * What a sealing worker vouches for: who hands which facts of which case to whom, under which manifest. The handoff's
 * id, the offer's epoch and the path are the workflow's, which adds them afterwards.
 */
export interface SealBody {
  readonly version: '1.0.0';
  readonly trace: string;
  readonly edge: { readonly from: string; readonly to: string };
  /** Everything that crosses; what is kept elsewhere stands here as its reference with its digest. */
  readonly facts: JsonObject;
  /** The working memory that the receiver gets; absent where there is none. */
  readonly memory?: WorkingMemory;
  /** Digest of the team's manifest. */
  readonly manifest: string;
  /** Fresh for every seal, so that one counts once. */
  readonly nonce: string;
}

/** `source`: the worker whose agent hands on. `case`: a worker of the cases, for what the workflow or a person originates. */
export type SealedBy = 'source' | 'case';

/** A seal as it travels beside what it covers. */
export interface Seal {
  readonly nonce: string;
  readonly signature: string;
  /** Digest of the facts and of the working memory it covers, by which the workflow sees whether it still fits. */
  readonly facts: string;
}

/** What checking a signature came to. */
export type SealCheck =
  { readonly ok: true; readonly by: SealedBy } | { readonly ok: false; readonly reason: string };

/** Signs and checks seals with the keys of this process. */
export interface EnvelopeSeals {
  /** Signs a body. Throws `SIGNING_KEY_MISSING` where this process has no key that may speak so. */
  sign(body: SealBody, by: SealedBy): string;
  /** Whether a registered key that may speak for the sender has signed exactly this body. */
  check(body: SealBody, signature: string): SealCheck;
}

/** Nonces that were consumed, each together with the handoff and the body it came with. */
export interface NonceStore {
  /**
   * Consumes a nonce, in one transaction. `repeated` says that it was consumed by the very same handoff and body, as
   * by a retried activity; `used` that something else consumed it.
   * @throws a failure `STORE_UNAVAILABLE` (retryable)
   */
  consume(use: NonceUse): Promise<'consumed' | 'repeated' | 'used'>;
  close(): Promise<void>;
}

/** One use of a nonce. */
export interface NonceUse {
  readonly trace: string;
  readonly nonce: string;
  readonly handoffId: string;
  /** Digest of the body that was signed. */
  readonly digest: string;
}

/** The bytes that are signed, as text: one for equal bodies. */
export function sealedText(body: SealBody): string {
  return canonicalJson(body);
}

/**
 * Digest of an envelope as an offer names it: without its seal, which may join it on the way, and which no envelope
 * had before there were seals.
 */
export function envelopeDigest(envelope: Envelope): string {
  return digestOf({ ...envelope, signature: undefined, nonce: undefined });
}
