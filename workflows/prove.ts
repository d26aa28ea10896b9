import { unsigned, type Decision } from '../contract/decision.ts';
import { failure, type Failure } from '../contract/failures.ts';
import type { JsonObject } from '../contract/json.ts';
import { CLOCK_SKEW_MS, PROOF_LIFETIME_MS } from '../contract/limits.ts';
import { DECIDING_ROLE, provedText, type DoorKey, type Signed } from '../contract/proof.ts';
import type { Review } from '../contract/review.ts';
import { isSignedBy } from '../contract/signature.ts';
import { tenantOfCase } from '../contract/tenant.ts';
import type { CaseState } from './state.ts';

/** What a decision is as far as the case can tell: of the person it names, or said to be. */
export type Proof =
  | { readonly kind: 'proven'; readonly signed: Signed }
  /** With why a signature that came along does not count, where the case knows keys of doors. */
  | { readonly kind: 'asserted'; readonly problem?: Failure };

/**
 * Whether a door has signed a decision for whom it names. Anything else is asserted.
 * @param now workflow time in milliseconds, so that a replay comes to the same
 */
export function proofOf(
  state: Pick<CaseState, 'caseId' | 'doorKeys'>,
  decision: Decision,
  now: number,
): Proof {
  const { signed } = decision;
  if (!signed || !state.doorKeys) return { kind: 'asserted' };
  const problem = whyUnproven(state.caseId, state.doorKeys.keys, decision, signed, now);
  return problem ? { kind: 'asserted', problem } : { kind: 'proven', signed };
}

/** Why a decision does not do on a review that asks for proven ones, or undefined. */
export function refuseUnproven(
  state: Pick<CaseState, 'caseId' | 'doorKeys'>,
  review: Review,
  decision: Decision,
  now: number,
): Failure | undefined {
  if (review.proof !== 'proven') return undefined;
  if (!decision.signed) return failure('PROOF_REQUIRED', review.id, 'signed');
  const { doorKeys } = state;
  // Keys as they were before the review was there may have been revoked since.
  if (!doorKeys || doorKeys.at < review.openedAt) return failure('PROOF_PENDING', review.id, 'signed');
  const proof = proofOf(state, decision, now);
  return proof.kind === 'asserted' ? proof.problem : undefined;
}

function whyUnproven(
  caseId: string,
  keys: readonly DoorKey[],
  decision: Decision,
  signed: Signed,
  now: number,
): Failure | undefined {
  const key = keys.find((one) => one.id === signed.key);
  if (!key) return failure('PROOF_KEY_UNKNOWN', JSON.stringify(signed.key), 'signed.key');
  const forbidden = refuseSpeaker(key, caseId, signed) ?? refuseTime(key, signed, now);
  if (forbidden) return forbidden;
  const text = provedText({ ...signed, caseId, decision: unsigned(decision) });
  return isSignedBy(key.publicKey, signed.signature, text)
    ? undefined
    : failure('PROOF_INVALID', `key ${key.id} has not signed it`, 'signed.signature');
}

function refuseSpeaker(key: DoorKey, caseId: string, { tenant, roles }: Signed): Failure | undefined {
  const home = tenantOfCase(caseId);
  if (tenant !== home)
    return failure('PROOF_FORBIDDEN', `${tenant} is not the tenant of the case`, 'signed.tenant');
  if (key.tenants && !key.tenants.includes(home))
    return failure('PROOF_FORBIDDEN', `key ${key.id} does not speak for ${home}`, 'signed.key');
  return roles.includes(DECIDING_ROLE)
    ? undefined
    : failure('PROOF_FORBIDDEN', `as ${roles.join(', ')}, and not as ${DECIDING_ROLE}`, 'signed.roles');
}

function refuseTime(key: DoorKey, { expires }: Signed, now: number): Failure | undefined {
  const until = Date.parse(expires);
  if (now >= until) return failure('PROOF_EXPIRED', `it counted until ${expires}`, 'signed.expires');
  if (until > now + PROOF_LIFETIME_MS + CLOCK_SKEW_MS)
    return failure('PROOF_INVALID', `it would count until ${expires}, which is too long`, 'signed.expires');
  if (key.status === 'revoked') return failure('PROOF_KEY_RETIRED', `key ${key.id} is revoked`, 'signed.key');
  if (key.notBefore !== undefined && until < Date.parse(key.notBefore))
    return failure('PROOF_INVALID', `key ${key.id} did not count yet`, 'signed.expires');
  // Whatever it signed in its time has expired by then.
  if (key.status === 'retired' && until > retirementOf(key) + PROOF_LIFETIME_MS)
    return failure('PROOF_KEY_RETIRED', `key ${key.id} is retired`, 'signed.key');
  return undefined;
}

function retirementOf({ retiredAt }: DoorKey): number {
  return retiredAt === undefined ? Number.NEGATIVE_INFINITY : Date.parse(retiredAt);
}

/** What rows say of how a decision came to be believed. */
export function proofInRow(proof: Proof): {
  readonly proof: Proof['kind'];
  readonly signed?: Omit<Signed, 'roles'> & { roles: string[] };
  readonly proofRefused?: string;
} {
  if (proof.kind === 'proven')
    return { proof: 'proven', signed: { ...proof.signed, roles: [...proof.signed.roles] } };
  return { proof: 'asserted', ...(proof.problem ? { proofRefused: proof.problem.code } : {}) };
}

/** The same for rows that had no word on it before: they have one where there is something to say. */
export function provenInRow(proof: Proof): JsonObject {
  return proof.kind === 'proven' ? proofInRow(proof) : {};
}
