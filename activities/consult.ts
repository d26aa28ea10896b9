import { BatonError, failure } from '../contract/failures.ts';
import type { ConsultInput } from '../contract/activities.ts';
import type { DirectoryAnswer } from '../contract/directory.ts';
import { parseDirectoryAnswer } from '../contract/directory.ts';
import type { PeopleDirectory } from '../contract/ports.ts';
import type { Team } from './define-team.ts';

/** @throws BatonError `CONFIGURATION_INVALID` where a team has pools that a directory knows, and there is none */
export function requireDirectory(teams: readonly Team[], directory: PeopleDirectory | undefined): void {
  if (directory) return;
  for (const { name, manifest } of teams) {
    const staffed = Object.values(manifest.pools).find((pool) => pool.staffing);
    if (!staffed) continue;
    const detail = `team ${name}: the directory of people knows its pool ${staffed.name}, and there is none; set BATON_PEOPLE`;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'BATON_PEOPLE'));
  }
}

/**
 * Asks the directory, and holds its answer against what the case needs.
 * @throws BatonError `DIRECTORY_INVALID` for an answer of another shape
 */
export async function runConsult(
  directory: PeopleDirectory | undefined,
  question: ConsultInput,
): Promise<DirectoryAnswer> {
  if (!directory) {
    const detail = `this worker has no directory and is asked about the pool ${question.pool}; set BATON_PEOPLE`;
    throw new BatonError(failure('DIRECTORY_INVALID', detail, 'BATON_PEOPLE'));
  }
  const parsed = parseDirectoryAnswer(await directory.consult(question));
  if (!parsed.ok) throw new BatonError(parsed.failure);
  if (parsed.value.instants.length === question.intervals.length) return parsed.value;
  const detail = `instants: ${String(parsed.value.instants.length)} for ${String(question.intervals.length)} intervals`;
  throw new BatonError(failure('DIRECTORY_INVALID', detail, 'directory.instants'));
}
