import { configurationOf } from '../configuration.ts';
import { ticketDesksSchema, type TicketDesks } from './desks.ts';

/** What the configuration of ticket desks is called. */
export const TICKETS_CONFIGURATION = { what: 'BATON_TICKETS', variable: 'BATON_TICKETS' } as const;

/**
 * Validates what `BATON_TICKETS` says.
 * @throws BatonError `CONFIGURATION_INVALID` naming the fields at fault, never quoting a value
 */
export function ticketDesksOf(json: unknown): TicketDesks {
  return configurationOf(ticketDesksSchema(), json, TICKETS_CONFIGURATION);
}
