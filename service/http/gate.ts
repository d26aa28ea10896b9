import type { FastifyRequest } from 'fastify';
import type { BatonClient } from '../../client/index.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { caseIdWithin } from '../../contract/tenant.ts';
import { idSchema } from '../../contract/words.ts';
import { actsAsUser, requireRole, type Action } from '../access/permissions.ts';
import type { Principal } from '../access/principal.ts';

/** Lets requests in: by principal, role, tenant, and for users by whose case it is. */
export interface Gate {
  /** @throws BatonError `PRINCIPAL_UNKNOWN` */
  principalOf(request: FastifyRequest): Principal;
  /** Undefined for nobody we know. */
  knownPrincipal(request: FastifyRequest): Principal | undefined;
  /** Finds out who asks; remembered for the request. */
  recognise(request: FastifyRequest): Promise<void>;
  /**
   * The whole id of the case that a principal names, if it is there for them. A case of another tenant or user is
   * not: nobody learns that it exists.
   * @throws BatonError `PRINCIPAL_FORBIDDEN`, `CASE_UNKNOWN`, `INPUT_INVALID`
   */
  admit(principal: Principal, action: Action, named: string | undefined): Promise<string>;
}

const CASES_REMEMBERED = 10_000;

/** A gate over a way to tell who asks, and a client that tells whose case one is. */
export function createGate(
  authenticate: (authorization: string | undefined) => Promise<Principal | undefined>,
  baton: Pick<BatonClient, 'openedFor'>,
): Gate {
  const principals = new WeakMap<FastifyRequest, Principal>();
  // Whose a case is never changes, so it is asked once.
  const users = new Map<string, string | undefined>();

  async function userOf(caseId: string): Promise<string | undefined> {
    if (users.has(caseId)) return users.get(caseId);
    const { user } = await baton.openedFor(caseId);
    const [oldest] = users.keys();
    if (users.size >= CASES_REMEMBERED && oldest !== undefined) users.delete(oldest);
    users.set(caseId, user);
    return user;
  }

  return {
    knownPrincipal: (request) => principals.get(request),
    principalOf: (request) => {
      const principal = principals.get(request);
      if (!principal) throw new BatonError(failure('PRINCIPAL_UNKNOWN', undefined, 'headers.authorization'));
      return principal;
    },
    recognise: async (request) => {
      const principal = await authenticate(request.headers.authorization);
      if (principal) principals.set(request, principal);
    },
    admit: async (principal, action, named) => {
      requireRole(principal, action);
      if (named === undefined) return '';
      const unknown = (): BatonError =>
        new BatonError(failure('CASE_UNKNOWN', JSON.stringify(named), 'caseId'));
      if (!idSchema().safeParse(named).success)
        throw new BatonError(failure('INPUT_INVALID', 'caseId: an id of up to 200 characters', 'caseId'));
      const caseId = caseIdWithin(principal.tenant, named);
      if (caseId === undefined) throw unknown();
      // Also refuses other workflows of the namespace, which a cancel would reach.
      const user = await userOf(caseId).catch((thrown: unknown) => {
        throw thrown instanceof BatonError && thrown.code === 'CASE_UNKNOWN' ? unknown() : thrown;
      });
      if (actsAsUser(principal, action) && user !== principal.name) throw unknown();
      return caseId;
    },
  };
}
