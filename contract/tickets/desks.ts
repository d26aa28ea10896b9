import { z } from 'zod';
import { urlFault } from '../outside.ts';
import { DEFAULT_TENANT, isTenantName } from '../tenant.ts';
import { idSchema, nameSchema, versionSchema } from '../words.ts';

/** Pauses after failed attempts in seconds, for an API that answers while people work: twelve attempts in two days. */
const PAUSES = [2, 10, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400] as const;

const Variable = z.string().regex(/^[A-Z][A-Z0-9_]{0,99}$/, 'the name of an environment variable');
const TicketNumber = z.int().positive();

const Desk = z
  .strictObject({
    /** Whose cases have tickets there. */
    tenant: z
      .string()
      .refine(isTenantName, 'lower-case letters, digits and hyphens, such as acme')
      .default(DEFAULT_TENANT),
    /** Address of the ticket system, such as https://acme.zendesk.com. */
    url: z.url(),
    /** The account that Baton writes with: by API token where an e-mail address is named, else by OAuth. */
    account: z.strictObject({ email: z.email().optional(), tokenVariable: Variable }),
    /** Variables with the secrets that the ticket system signs its hooks with; two while they are changed. */
    hookSecretVariables: z.array(Variable).min(1).max(4).optional(),
    /** Teams whose cases have tickets; every team of the tenant when absent. */
    teams: z.array(nameSchema()).min(1).max(1_000).optional(),
    /** Pools that work there, each with the group that its tickets go to. */
    pools: z
      .record(nameSchema(), z.strictObject({ group: TicketNumber.optional() }))
      .refine((pools) => Object.keys(pools).length > 0, 'one pool at least'),
    /** `masked`: what was said, cut and without the personal data that is recognised. `none`: codes alone. */
    words: z.enum(['masked', 'none']),
    /** Who an account of the ticket system is, as pools have them: an id such as "20978392" by a name such as ana. */
    people: z.record(z.string().regex(/^\d{1,20}$/, 'the number of an account'), idSchema()).default({}),
    /** Whether what users and agents say is a public comment, or a note. */
    messages: z.enum(['internal', 'public']).default('internal'),
    /** What makes a ticket: a case that comes to a pool, a review for it. */
    opens: z
      .array(z.enum(['escalation', 'review']))
      .min(1)
      .default(['escalation', 'review']),
    /** What a ticket is told of besides. */
    mirrors: z
      .array(z.enum(['messages', 'handoffs', 'decisions', 'claims']))
      .default(['messages', 'handoffs', 'decisions']),
    /** When Baton sets a ticket to solved: once the case has ended, or as soon as an agent has it again. */
    solvedWhen: z.enum(['closed', 'given-back']).default('closed'),
    /** What it means for the case that a person solves its ticket. */
    onSolved: z.enum(['resolve', 'give-back', 'nothing']).default('resolve'),
    /** Whether `/approve` and `/reject` in a note decide a review. They are asserted, never proven. */
    decisions: z.enum(['taken', 'refused']).default('refused'),
    /** Tags of every ticket. */
    tags: z
      .array(z.string().regex(/^[\w-]{1,80}$/u, 'one word'))
      .max(20)
      .default(['baton']),
    /** Numbers of custom fields. */
    fields: z
      .strictObject({
        case: TicketNumber.optional(),
        owner: TicketNumber.optional(),
        reason: TicketNumber.optional(),
      })
      .default({}),
    /** How long an answer may take, in milliseconds. */
    timeoutMs: z.int().min(100).max(30_000).default(15_000),
    /** Tickets at once, of each worker process. */
    atOnce: z.int().min(1).max(100).default(5),
    /** Pauses between attempts in seconds; when they are spent, the mirroring has failed. */
    pausesSeconds: z
      .array(z.int().min(1).max(86_400))
      .max(30)
      .default([...PAUSES]),
  })
  .refine(({ words, decisions }) => words === 'masked' || decisions === 'refused', {
    path: ['decisions'],
    message: 'nobody decides what they were not shown: `words` must be `masked`',
  });

const Desks = z
  .strictObject({
    version: versionSchema(),
    /** Hosts, with their port where it is named, that may be inside, and spoken to in clear. */
    allowedHosts: z.array(z.string().min(1).max(300)).max(100).default([]),
    /** Desks by name. Each has a task queue. */
    desks: z.record(nameSchema(), Desk).refine((all) => Object.keys(all).length <= 50, 'at most 50 desks'),
  })
  .superRefine(({ allowedHosts, desks }, context) => {
    for (const [name, { url }] of Object.entries(desks)) {
      const message = urlFault(url, allowedHosts);
      const path = ['desks', name, 'url'];
      if (message !== undefined) context.addIssue({ code: 'custom', path, message });
      else if (new URL(url).pathname !== '/' || url.includes('?') || url.includes('#'))
        context.addIssue({
          code: 'custom',
          path,
          message: 'without a path, such as https://acme.zendesk.com',
        });
    }
  });

/** Where people answer tickets, as `BATON_TICKETS` says it. */
export type TicketDesks = z.output<typeof Desks>;
/** One of them. */
export type TicketDesk = TicketDesks['desks'][string];

/** Schema of {@link TicketDesks}. */
export function ticketDesksSchema(): typeof Desks {
  return Desks;
}
