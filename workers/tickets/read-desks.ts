import { privateTeamsOf } from '../../client/private-teams.ts';
import { configurationInvalid } from '../../contract/configuration.ts';
import { ticketDesksSchema, type TicketDesks } from '../../contract/tickets/desks.ts';
import { TICKETS_CONFIGURATION } from '../../contract/tickets/read-desks.ts';
import { readConfiguration } from '../../security/configuration-file.ts';

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
  const desks = readConfiguration(ticketDesksSchema(), value, TICKETS_CONFIGURATION);
  const tokens = Object.entries(desks.desks).map(([name, { account }]) => {
    const token = environment[account.tokenVariable];
    if (!token) {
      const detail = `desks.${name}.account.tokenVariable: ${account.tokenVariable} is not set`;
      throw configurationInvalid(TICKETS_CONFIGURATION, detail);
    }
    return [name, token] as const;
  });
  return { desks, tokens: Object.fromEntries(tokens), privateTeams: privateTeamsOf(environment) };
}
