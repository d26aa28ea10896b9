import { defineSignal } from '@temporalio/workflow';
import { z } from 'zod';
import { parseWith, type Parsed } from '../parse.ts';
import { idSchema, nameSchema, versionSchema } from '../words.ts';

/** Name of the workflow type that keeps a case and its ticket alike: a promise, it stands in histories. */
export const TICKET_WORKFLOW = 'baton-ticket';

/** What every workflow of a ticket has before its id. */
export const TICKET_ID_PREFIX = 'ticket/';

/** Something has happened to the case or its ticket. It carries nothing: what has happened is read where it is. */
export const TICKET_CHANGED = defineSignal('ticket-changed');

const Mirror = z.strictObject({
  version: versionSchema(),
  /** Name of the desk. Address and credentials are looked up at each attempt, and are in no history. */
  desk: nameSchema(),
  /** Whole id of the case. */
  caseId: idSchema(),
  /** Number of the ticket, once it is known. */
  ticket: z.int().positive().optional(),
  /** Rows of the ledger up to this one are on the ticket. */
  through: z.int().nonnegative().default(0),
  /** Changes of the ticket up to this audit have reached the case. */
  taken: z.int().nonnegative().default(0),
});
/** How far a case and its ticket are alike. Each ticket says so itself, so this saves questions and no more. */
export type TicketMirror = z.output<typeof Mirror>;

/** Validates what a mirroring was started with. Failures: `INPUT_INVALID`, `VERSION_UNSUPPORTED`. */
export function parseTicketMirror(value: unknown): Parsed<TicketMirror> {
  return parseWith(Mirror, value, 'mirror');
}

/** How far they are now. */
export type TicketMirrored = Pick<TicketMirror, 'ticket' | 'through' | 'taken'> & {
  /** Nothing more comes: the case is closed and its ticket says so, or there is no such case. */
  readonly ended: boolean;
};

/** The activity of tickets, on a queue of each desk. */
export interface TicketActivities {
  /**
   * Tells the ticket what has happened to its case, in order, and then the case what people have done to the ticket.
   * Repeats find what was done before.
   */
  'mirror-ticket'(input: TicketMirror): Promise<TicketMirrored>;
}

/** Task queue of a desk: each has its own, so that one that is slow or dead holds up nobody else. */
export function ticketQueue(desk: string): string {
  return `baton.tickets.${desk}`;
}

/** Id of the workflow that keeps a case and its ticket alike: one at a time, so that both keep their order. */
export function ticketWorkflowId(desk: string, caseId: string): string {
  return `${TICKET_ID_PREFIX}${desk}/${caseId}`;
}
