import type { FetchedPolicy, FetchPolicyInput } from '../contract/activities.ts';
import { BatonError, failure } from '../contract/failures.ts';
import type { PolicyStore } from '../contract/ports.ts';
import { unknownNamesIn } from './check-policy.ts';
import type { Registry } from './registry.ts';

/**
 * Reads a published version for a running case.
 * @throws BatonError `POLICY_UNKNOWN` where nothing was published under that version and digest, or this worker has no
 * store of policies; `POLICY_INVALID` for names that the team does not have as the case is pinned to it
 */
export async function fetchPolicy(
  house: { readonly registry: Registry; readonly policies: PolicyStore | undefined },
  { team, manifest, policyVersion, digest }: FetchPolicyInput,
): Promise<FetchedPolicy> {
  const found = await house.policies?.get(team, policyVersion);
  if (found?.digest !== digest) {
    const there = found ? `it has the digest ${found.digest}` : 'there is none';
    throw new BatonError(failure('POLICY_UNKNOWN', `${team} ${policyVersion}: ${there}`, 'digest'));
  }
  const [stranger] = unknownNamesIn(await house.registry.manifest(manifest), found.policy);
  if (stranger) {
    const field = `policy.${stranger.path.join('.')}`;
    throw new BatonError(failure('POLICY_INVALID', `${field}: ${stranger.problem}`, field));
  }
  return { policy: found.policy };
}
