import { BatonError, failure } from '../failures.ts';
import { ticketDesksSchema, type TicketDesks } from './desks.ts';

/**
 * Validates what `BATON_TICKETS` says.
 * @throws BatonError `CONFIGURATION_INVALID` naming the fields at fault, never quoting a value
 */
export function ticketDesksOf(json: unknown): TicketDesks {
  const result = ticketDesksSchema().safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5);
  const detail = issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new BatonError(failure('CONFIGURATION_INVALID', `BATON_TICKETS: ${detail}`, 'BATON_TICKETS'));
}
