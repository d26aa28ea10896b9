import { unknownNamesIn } from '../activities/check-policy.ts';
import type { Team } from '../activities/define-team.ts';
import { withPolicy } from '../activities/with-policy.ts';
import { BatonError, failure } from '../contract/failures.ts';
import { readPolicyFile } from '../stores/policy-file.ts';

/**
 * Teams under the policies of files, in place of what they were built with. Cases that run keep theirs.
 * @param files paths by team, relative to the working folder
 * @throws BatonError `POLICY_INVALID` with every fault as `file:line:column: field: what to mend`, names that the
 * team does not have included; `CONFIGURATION_INVALID` for a file that cannot be read, or a team that is not there
 */
export async function withPolicyFiles(
  teams: readonly Team[],
  files: Readonly<Record<string, string>>,
): Promise<readonly Team[]> {
  const stray = Object.keys(files).find((name) => !teams.some((team) => team.name === name));
  if (stray !== undefined) {
    const here = teams.map((team) => team.name).join(', ');
    const detail = `BATON_POLICIES: there is no team ${JSON.stringify(stray)}; teams here: ${here}`;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'BATON_POLICIES'));
  }
  return Promise.all(
    teams.map(async (team) => {
      const file = Object.hasOwn(files, team.name) ? files[team.name] : undefined;
      if (file === undefined) return team;
      return withPolicy(team, await readPolicyFile(file, (policy) => unknownNamesIn(team.manifest, policy)));
    }),
  );
}
