import { BatonError, failure } from '../../contract/failures.ts';
import { ticketDesksSchema, type TicketDesks } from '../../contract/tickets/desks.ts';
import { readConfiguration } from '../../security/configuration-file.ts';

/** Desks, with what their ticket systems sign hooks with. */
export interface TicketHooks {
  readonly desks: TicketDesks;
  /** By the name of the desk; one without has no hook. */
  readonly secrets: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reads which desks send hooks: JSON, or the path of a file with it, and the secrets from the variables it names.
 * @throws BatonError `CONFIGURATION_INVALID` naming fields or variables at fault, never quoting a value
 */
export function readTicketHooks(
  value: string,
  environment: Readonly<Record<string, string | undefined>>,
): TicketHooks {
  const desks = readConfiguration(ticketDesksSchema(), value, { what: 'tickets', variable: 'BATON_TICKETS' });
  const secrets = Object.entries(desks.desks).flatMap(([name, { hookSecretVariables }]) =>
    hookSecretVariables
      ? [[name, hookSecretVariables.map((variable) => secretOf(name, variable))] as const]
      : [],
  );
  return { desks, secrets: Object.fromEntries(secrets) };

  function secretOf(desk: string, variable: string): string {
    const secret = environment[variable];
    if (secret) return secret;
    const detail = `tickets: desks.${desk}.hookSecretVariables: ${variable} is not set`;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'BATON_TICKETS'));
  }
}
