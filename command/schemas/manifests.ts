import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { TeamManifest } from '../../contract/team.ts';
import { parseTeamManifest } from '../../contract/team.ts';

/**
 * The manifests of the teams that modules have, as workers would load them: a module exports `teams`, or `openTeams`,
 * which is closed again.
 * @throws BatonError `CONFIGURATION_INVALID` for a module that cannot be loaded or has no teams; `TEAM_INVALID`
 */
export async function readManifests(modules: readonly string[]): Promise<readonly TeamManifest[]> {
  const found: TeamManifest[] = [];
  for (const module of modules) {
    const { teams, openTeams } = await load(module);
    const opened = typeof openTeams === 'function' ? await (openTeams as () => unknown)() : { teams };
    const { teams: list, close } = { ...(opened as { teams?: unknown; close?: unknown }) };
    try {
      if (!Array.isArray(list)) throw unreadable(module, 'it exports neither `teams` nor `openTeams`');
      found.push(...list.map(manifestOf));
    } finally {
      if (typeof close === 'function') await (close as () => unknown)();
    }
  }
  return found;
}

async function load(module: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const url = pathToFileURL(path.resolve(module)).href;
    return (await import(url)) as Readonly<Record<string, unknown>>;
  } catch (thrown) {
    if (isBatonError(thrown)) throw thrown;
    throw unreadable(module, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function manifestOf(team: unknown): TeamManifest {
  const parsed = parseTeamManifest(isJsonObject(team) ? team['manifest'] : undefined);
  if (!parsed.ok) throw new BatonError(parsed.failure);
  return parsed.value;
}

function unreadable(module: string, reason: string): BatonError {
  return new BatonError(failure('CONFIGURATION_INVALID', `${module}: ${reason}`, 'teams'));
}
