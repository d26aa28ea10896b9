import { digestOf } from './digest.ts';

/**
 * The idempotency key of a step: SHA-256 of the canonical `[trace, step, name]` (H3). The step is a counter of the
 * case that rises for every handoff and effect, so two refunds of one turn have two keys, and a retry has the same.
 */
export function stepKey(trace: string, step: number, name: string): string {
  return digestOf([trace, step, name]);
}

/** Fingerprint of a handoff: whom, why and with which facts, without path, step or times. Cycles show by it. */
export function handoffFingerprint(handoff: {
  readonly to: string;
  readonly reasonCode: string;
  readonly facts: unknown;
}): string {
  return digestOf({ to: handoff.to, reasonCode: handoff.reasonCode, facts: handoff.facts });
}

/** Id of an update that carries a decision: the server answers a known id before the workflow sees it (F10). */
export function decisionUpdateId(reviewId: string, decision: unknown): string {
  return `${reviewId}-${digestOf(decision)}`;
}
