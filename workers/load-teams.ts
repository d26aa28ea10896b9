import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Team } from '../activities/define-team.ts';
import { BatonError, failure } from '../contract/failures.ts';
import { parseTeamManifest } from '../contract/team.ts';

/** Teams of modules, and what must be closed when nobody uses them any more. */
export interface LoadedTeams {
  readonly teams: readonly Team[];
  readonly close: () => Promise<void>;
}

/**
 * Loads teams from modules. A module exports either `teams`, a list of teams, or `openTeams`, a function that opens
 * what its tools need and returns `{ teams, close }`.
 * @param modules paths, relative to the working folder
 * @throws BatonError `CONFIGURATION_INVALID` for a module that is missing, fails or exports neither; `TEAM_INVALID`
 * from the team's own check
 */
export async function loadTeams(modules: readonly string[]): Promise<LoadedTeams> {
  const loaded: LoadedTeams[] = [];
  for (const module of modules) loaded.push(await loadModule(module));
  const teams = loaded.flatMap((one) => one.teams);
  const twice = teams.find((team, index) =>
    teams.some((other, at) => at < index && other.name === team.name),
  );
  if (twice) throw invalid(`two modules have a team ${JSON.stringify(twice.name)}`);
  return {
    teams,
    close: async () => {
      for (const one of loaded) await one.close();
    },
  };
}

async function loadModule(module: string): Promise<LoadedTeams> {
  const url = pathToFileURL(path.resolve(module)).href;
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = (await import(url)) as Readonly<Record<string, unknown>>;
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'BatonError') throw thrown;
    throw invalid(`${module} cannot be loaded: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const { teams, openTeams } = exports;
  if (typeof openTeams === 'function') return checked(module, await (openTeams as () => unknown)());
  return checked(module, { teams });
}

function checked(module: string, value: unknown): LoadedTeams {
  const { teams, close }: { readonly teams?: unknown; readonly close?: unknown } = { ...(value as object) };
  if (!Array.isArray(teams) || teams.length === 0 || !teams.every(isTeam)) {
    throw invalid(
      `${module} must export \`teams\`, a list made by defineTeam, or \`openTeams\`, which opens one`,
    );
  }
  // A module may have been made with another release of Baton than this worker's.
  for (const team of teams) {
    const parsed = parseTeamManifest(team.manifest);
    if (!parsed.ok) throw new BatonError(parsed.failure);
  }
  return {
    teams,
    close: async () => {
      if (typeof close === 'function') await (close as () => unknown)();
    },
  };
}

function isTeam(value: unknown): value is Team {
  return typeof value === 'object' && value !== null && 'manifest' in value && 'agents' in value;
}

function invalid(detail: string): BatonError {
  // It quotes what modules throw, and goes to a terminal.
  const shown = detail.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  return new BatonError(failure('CONFIGURATION_INVALID', `BATON_TEAMS: ${shown}`, 'BATON_TEAMS'));
}
