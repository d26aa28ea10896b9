import { BatonError, failure } from '../contract/failures.ts';
import type { Policy } from '../contract/policy/policy.ts';
import { manifestDigest, parseTeamManifest } from '../contract/team.ts';
import { faultsOfPolicy } from './check-policy.ts';
import type { Team } from './define-team.ts';

/**
 * A team under another policy. Cases that are opened from now on are decided by it; those that run keep the manifest
 * that they are pinned to, and the policy in it.
 * @throws BatonError `TEAM_INVALID` for agents and pools that the team does not have
 */
export function withPolicy(team: Team, policy: Policy): Team {
  const faults = faultsOfPolicy(team.manifest, policy);
  const parsed = parseTeamManifest({ ...team.manifest, policy });
  if (faults.length > 0) return refuse(team, faults.join(' | '));
  if (!parsed.ok) return refuse(team, parsed.failure.message);
  return { ...team, manifest: parsed.value, digest: manifestDigest(parsed.value) };
}

function refuse(team: Team, detail: string): never {
  throw new BatonError(failure('TEAM_INVALID', `team ${JSON.stringify(team.name)}: ${detail}`, 'team'));
}
