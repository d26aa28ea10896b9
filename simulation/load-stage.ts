import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Team } from '../activities/define-team.ts';
import { modelSettingsOf, type ModelSettings } from '../activities/models/model-settings.ts';
import { BatonError, failure } from '../contract/failures.ts';
import { isJsonObject } from '../contract/json.ts';
import { loadTeams } from '../workers/load-teams.ts';
import type { SimulationNotes } from './stage-team.ts';

/** A team and what its module says for simulations. */
export interface LoadedStage {
  readonly team: Team;
  readonly notes: SimulationNotes;
  readonly models: ModelSettings;
  readonly close: () => Promise<void>;
}

/**
 * Loads a team, and the `simulation` that its module may export.
 * @throws BatonError `CONFIGURATION_INVALID` where the module has no such team, or several and none was named
 */
export async function loadStage(
  module: string,
  name: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<LoadedStage> {
  const { teams, close } = await loadTeams([module]);
  const named = teams.filter((team) => name === undefined || team.name === name);
  const [team] = named;
  if (!team || named.length > 1) {
    await close();
    const there = teams.map((one) => one.name).join(', ');
    const what = name === undefined ? 'several teams; name one with --team' : `no team ${name}`;
    throw new BatonError(failure('CONFIGURATION_INVALID', `${module} has ${what}: ${there}`, 'team'));
  }
  const exports = (await import(pathToFileURL(path.resolve(module)).href)) as {
    readonly simulation?: unknown;
  };
  return {
    team,
    notes: isJsonObject(exports.simulation) ? exports.simulation : {},
    models: modelSettingsOf(environment),
    close,
  };
}
