import { BatonError, failure } from '../contract/failures.ts';
import { parsePolicy, policyDigest } from '../contract/policy/policy.ts';
import type { ListedPolicy, PolicyStore, PublishedPolicy } from '../contract/ports.ts';
import { requireStorableName, storableText } from './storable.ts';

/** Columns of a published policy, in the order in which {@link publishedOf} reads them. */
export const POLICY_COLUMNS = 'team, policy_version, digest, published_at, published_by, policy';

/** A policy as it is about to be kept: the values of {@link POLICY_COLUMNS}. */
export function rowOfPolicy(asked: Parameters<PolicyStore['publish']>[0]): readonly string[] {
  const { team, policy, publishedAt, publishedBy } = asked;
  requireStorableName('team', team);
  requireStorableName('publishedBy', publishedBy);
  const text = storableText('policy', policy);
  return [team, policy.policyVersion, policyDigest(policy), publishedAt, publishedBy, text];
}

/**
 * A row as a published policy.
 * @throws a failure `POLICY_INVALID` for one that this release cannot read
 */
export function publishedOf(row: readonly unknown[]): PublishedPolicy {
  const [team, policyVersion, digest, publishedAt, publishedBy, text] = row.map(String);
  const parsed = parsePolicy(JSON.parse(text ?? 'null'));
  if (!parsed.ok) throw new BatonError(parsed.failure);
  return {
    team: team ?? '',
    policyVersion: policyVersion ?? '',
    digest: digest ?? '',
    publishedAt: publishedAt ?? '',
    publishedBy: publishedBy ?? '',
    policy: parsed.value,
  };
}

/** A row of {@link POLICY_COLUMNS} without the policy, and the version that is current, as one of a list. */
export function listedOf(row: readonly unknown[]): ListedPolicy {
  const [team = '', policyVersion = '', digest = '', publishedAt = '', publishedBy = '', current] =
    row.map(String);
  return { team, policyVersion, digest, publishedAt, publishedBy, current: current === policyVersion };
}

/** Refuses to keep other rules under a version that is there. */
export function requireSameDigest(asked: readonly string[], found: unknown): void {
  const [team, version, digest] = asked;
  if (found === digest) return;
  const detail = `${String(team)} has a policy ${String(version)} with digest ${String(found)}`;
  throw new BatonError(failure('POLICY_CONFLICT', detail, 'policy.policyVersion'));
}
