import { entry, type FailureEntry } from './failure-entry.ts';

const ENTRIES = {
  TICKET_SYSTEM_UNAVAILABLE: entry(
    'the ticket system did not take it',
    true,
    'operator',
    'it is tried again; look at the ticket system, then `baton tickets redrive` what has failed',
  ),
  TICKET_CREDENTIALS_REFUSED: entry(
    'the ticket system does not let this account in',
    false,
    'operator',
    'look at the account in BATON_TICKETS and its token, then `baton tickets redrive`',
  ),
  TICKET_REFUSED: entry(
    'the ticket system refuses what it was told',
    false,
    'operator',
    'look at fields, groups and tags in BATON_TICKETS, then `baton tickets redrive`',
  ),
  TICKET_CONFLICT: entry(
    'the ticket was changed meanwhile',
    true,
    'retry',
    'nothing: it is read anew and tried again',
  ),
  TICKET_DESK_UNKNOWN: entry(
    'there is no such desk',
    false,
    'operator',
    'look at the names in BATON_TICKETS',
  ),
  TICKET_MIRROR_UNKNOWN: entry(
    'there is no failed ticket of this name',
    false,
    'caller',
    'list them with `baton tickets`',
  ),
  TICKET_HOOK_REFUSED: entry(
    'the hook is not signed by the ticket system, or is old',
    false,
    'operator',
    'compare the signing secret of the webhook with that of the desk, and the clocks',
  ),
  TICKET_CASE_UNKNOWN: entry(
    'there is no such case at this desk',
    false,
    'person',
    'answer in the ticket of the case; this one belongs to none',
  ),
  TICKET_AUTHOR_UNKNOWN: entry(
    'this account is nobody that the desk knows',
    false,
    'person',
    'have the account added to `people` of the desk in BATON_TICKETS',
  ),
  TICKET_COMMAND_UNKNOWN: entry(
    'this is no command',
    false,
    'person',
    'say /claim, /release, /give-back NOTE, /resolve OUTCOME NOTE, /approve or /reject REVIEW DIGEST REASON',
  ),
  TICKET_DECISION_REFUSED: entry(
    'reviews are not decided in tickets here',
    false,
    'person',
    'decide it at a door of Baton, such as `baton decide`',
  ),
} as const satisfies Record<string, FailureEntry>;

/** Failures of cases that are mirrored to tickets. */
export function failuresOfTickets(): typeof ENTRIES {
  return ENTRIES;
}
