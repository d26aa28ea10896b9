import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import type { Decision } from './decision.ts';
import type { TeamManifest } from './team.ts';
import { idSchema } from './words.ts';

/** The role in which a door must have let somebody in, so that its signature counts: others decide nothing. */
export const DECIDING_ROLE = 'staff';

const Signed = z.object({
  /** Id of the door's key. */
  key: idSchema(),
  /** Roles in which the door has let the person in. */
  roles: z.array(z.string().min(1).max(100)).min(1).max(50),
  /** Tenant for which the door has let them in. */
  tenant: z.string().min(1).max(64),
  /** When the signature ceases to count, in UTC. */
  expires: z.iso.datetime(),
  /** Ed25519 over {@link provedText}: 64 bytes in hexadecimal. */
  signature: z.string().regex(/^[0-9a-f]{128}$/, '128 hexadecimal digits'),
});
/** A door's word that whoever decides has authenticated: it travels with the decision it is about. */
export type Signed = z.output<typeof Signed>;

/** The schema of a door's word. */
export function signedSchema(): typeof Signed {
  return Signed;
}

/** A key of a door as cases have it: its public half, and what it may be used for. */
export interface DoorKey {
  readonly id: string;
  /** `retired` counts for what was signed before; `revoked` for nothing. */
  readonly status: 'active' | 'retired' | 'revoked';
  /** Ed25519, 32 bytes in hexadecimal. */
  readonly publicKey: string;
  /** The only tenants whose people it may speak for; all when absent. */
  readonly tenants?: readonly string[];
  readonly notBefore?: string;
  readonly retiredAt?: string;
}

/** Where workers read the keys of doors: asked anew each time, so that a rotation needs no restart. */
export interface DoorKeys {
  /** @throws BatonError `CONFIGURATION_INVALID` */
  current(): readonly DoorKey[];
}

/** A team as a case gets it: with the keys of doors, where the workers know any. */
export type ResolvedTeam = TeamManifest & { readonly doorKeys?: readonly DoorKey[] };

/** What a door vouches for: who decides what in which case, in which roles, for whom, and until when. */
export interface ProofBody extends Omit<Signed, 'signature'> {
  /** A signature counts for one case only. */
  readonly caseId: string;
  /** The whole of it, reason and edits too. */
  readonly decision: Omit<Decision, 'signed'>;
}

/** Signs decisions of people whom a door has let in, as `createDecisionSigner` of `baton/security` makes it. */
export interface DecisionSigner {
  /** @throws BatonError `DOOR_KEY_MISSING` where there is no key to sign with */
  sign(who: {
    readonly caseId: string;
    readonly decision: Omit<Decision, 'signed'>;
    readonly roles: readonly string[];
    readonly tenant: string;
  }): Signed;
}

/** The text that is signed: one for equal bodies, and none that any other signature of Baton covers. */
export function provedText(body: ProofBody): string {
  const { key, roles, tenant, expires, caseId, decision } = body;
  const { reviewId, digest, decision: word, by, reason, edits } = decision;
  return canonicalJson({
    what: 'baton-decision',
    version: '1.0.0',
    ...{ key, roles, tenant, expires, caseId },
    decision: { reviewId, digest, decision: word, by, reason, edits },
  });
}
