import { userInfo } from 'node:os';
import type { PolicyStore } from '../../contract/ports.ts';
import { readPolicyFile } from '../../stores/policy-file.ts';
import { inert } from '../output/inert.ts';
import { table } from '../output/table.ts';
import type { Answer } from '../run-command.ts';

/** Publishes a file as a version of a team. */
export async function publishVersion(
  policies: PolicyStore,
  file: string,
  options: { readonly team: string; readonly by?: string },
): Promise<Answer> {
  const { team, by = userInfo().username } = options;
  const policy = await readPolicyFile(file);
  const publishedAt = new Date().toISOString();
  const published = await policies.publish({ team, policy, publishedAt, publishedBy: by });
  const { policyVersion, digest } = published;
  return {
    json: { team, name: policy.name, policyVersion, digest, publishedAt: published.publishedAt },
    text: `new cases of ${inert(team)} take ${inert(policy.name)} ${policyVersion}\n  digest  ${digest}\n`,
  };
}

/** Published versions, and which of them new cases take. */
export async function listVersions(policies: PolicyStore, team: string | undefined): Promise<Answer> {
  const versions = await policies.list(team);
  return {
    json: { policies: versions },
    text:
      versions.length === 0
        ? 'none is published; cases take what their team was built or started with\n'
        : table(
            ['team', 'version', 'new cases', 'published', 'by'],
            versions.map((one) => [
              one.team,
              one.policyVersion,
              one.current ? 'take it' : '',
              one.publishedAt,
              one.publishedBy,
            ]),
          ) +
          // Whole, for a switch names it; a cell would be cut.
          versions.map((one) => `${inert(one.team)} ${one.policyVersion}  ${one.digest}\n`).join(''),
  };
}
