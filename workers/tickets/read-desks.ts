import { readFileSync } from 'node:fs';
import { privateTeamsOf } from '../../client/private-teams.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import type { TicketDesks } from '../../contract/tickets/desks.ts';
import { ticketDesksOf } from '../../contract/tickets/read-desks.ts';

/** Desks, with what their accounts are let in by. */
export interface DesksWithTokens {
  readonly desks: TicketDesks;
  /** By the name of the desk. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Private teams that `BATON_PRIVATE_TEAMS` names. */
  readonly privateTeams: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads where people answer tickets: JSON, or the path of a file with it, and the tokens from the variables it names.
 * @throws BatonError `CONFIGURATION_INVALID` naming fields or variables at fault, never quoting a value
 */
export function readDesksWithTokens(value: string, environment: Environment): DesksWithTokens {
  const invalid = (detail: string): BatonError =>
    new BatonError(failure('CONFIGURATION_INVALID', `BATON_TICKETS: ${detail}`, 'BATON_TICKETS'));
  let json: unknown;
  try {
    json = JSON.parse(value.trimStart().startsWith('{') ? value : readFileSync(value, 'utf8'));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw invalid('it is not JSON');
    throw invalid(`${value} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const desks = ticketDesksOf(json);
  const tokens = Object.entries(desks.desks).map(([name, { account }]) => {
    const token = environment[account.tokenVariable];
    if (!token) throw invalid(`desks.${name}.account.tokenVariable: ${account.tokenVariable} is not set`);
    return [name, token] as const;
  });
  return { desks, tokens: Object.fromEntries(tokens), privateTeams: privateTeamsOf(environment) };
}
