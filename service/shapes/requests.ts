import { z } from 'zod';
import { giveFeedbackSchema } from '../../contract/feedback.ts';
import type { JsonObject } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { CaseStage } from '../../contract/lifecycle.ts';
import { caseTransitions } from '../../contract/lifecycle.ts';
import { contentShapes } from '../../contract/message-content.ts';
import {
  digestSchema,
  idSchema,
  nameSchema,
  reasonSchema,
  semverSchema,
  instantSchema,
  textSchema,
} from '../../contract/words.ts';

/**
 * What the service takes. Strict: a field that is not here is refused by its name, `by` before all, because who acts
 * is who has authenticated. The client checks the same again and more.
 */
const facts = z
  .custom<Record<string, never>>((value) => isJsonObject(value), 'a JSON object')
  .meta({ type: 'object' });
const preferences = z
  .custom<JsonObject>((value) => isJsonObject(value), 'a JSON object')
  .meta({ type: 'object' });
const locale = z.string().max(64);
const reasons = z.array(reasonSchema()).max(50);

export const OpenBody = z
  .strictObject({
    /** An id of the caller's own. The same open again under it joins the case. */
    caseId: idSchema().optional(),
    team: nameSchema(),
    task: z.strictObject({
      definition: reasonSchema(),
      constraints: z
        .strictObject({
          deadline: z.string().max(64).optional(),
          budgetUsd: z.number().nonnegative().optional(),
          policies: reasons.optional(),
          allowedActions: z.array(nameSchema()).max(200).optional(),
        })
        .optional(),
      acceptance: reasons.optional(),
    }),
    facts: facts.optional(),
    /** First message of the user: written, spoken or a file. */
    message: z
      .discriminatedUnion('kind', [
        z.strictObject({ id: idSchema(), ...contentShapes().text }),
        z.strictObject({ id: idSchema(), ...contentShapes().voice }),
        z.strictObject({ id: idSchema(), ...contentShapes().file }),
      ])
      .optional(),
    user: z
      .strictObject({
        id: idSchema().optional(),
        name: z.string().max(500).optional(),
        locale: locale.optional(),
        preferences: preferences.optional(),
      })
      .optional(),
    channel: z.string().max(64).optional(),
    locale: locale.optional(),
    /** The user deals with people only. */
    humanOnly: z.boolean().optional(),
  })
  .meta({ id: 'Open' });

/** The same id again is the same message; made from the idempotency key, or new, when absent. */
const said = { messageId: idSchema().optional() };
export const SayBody = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...said, ...contentShapes().text }),
    z.strictObject({ ...said, ...contentShapes().voice }),
    z.strictObject({ ...said, ...contentShapes().file }),
  ])
  .meta({ id: 'Say' });

/** What a user says of a case that is over. */
export const FeedbackBody = giveFeedbackSchema().meta({ id: 'GiveFeedback' });

export const AskForHumanBody = z
  .strictObject({
    reason: reasonSchema().optional(),
    /** And no agent again without the user's consent. */
    humanOnly: z.boolean().optional(),
  })
  .meta({ id: 'AskForHuman' });

export const DecideBody = z
  .strictObject({
    /** The digest of the review as it was shown. */
    digest: digestSchema(),
    decision: z.enum(['approve', 'reject', 'edit', 'ask', 'ask-agent', 'withdraw']),
    /** All arguments of the call as they shall be; with `edit` alone. */
    edits: facts.optional(),
    reason: reasonSchema().min(1),
    /** When whoever decides had the review before them: figures tell how long decisions take. */
    shownAt: instantSchema().optional(),
  })
  .meta({ id: 'Decide' });

export const ReplyBody = z
  .strictObject({ messageId: idSchema().optional(), text: textSchema() })
  .meta({ id: 'Reply' });

export const GiveBackBody = z
  .strictObject({
    note: reasonSchema(),
    facts: facts.optional(),
    /** What the agent is to be after. */
    intent: reasonSchema().min(1).optional(),
    /** Results by name that are not facts yet; `null` takes one away. */
    partialResults: facts.optional(),
    to: nameSchema().optional(),
    /** A user who wanted people only has agreed to agents again. */
    userAgreed: z.boolean().optional(),
  })
  .meta({ id: 'GiveBack' });

export const ReleaseBody = z.strictObject({ note: reasonSchema().optional() }).meta({ id: 'Release' });

export const ReassignBody = z
  .strictObject({ to: idSchema(), reason: reasonSchema().min(1) })
  .meta({ id: 'Reassign' });

export const TakeOverBody = z
  .strictObject({ pool: nameSchema().optional(), reason: reasonSchema().min(1) })
  .meta({ id: 'TakeOver' });

export const WhisperBody = z.strictObject({ note: reasonSchema().min(1) }).meta({ id: 'Whisper' });

export const UnmaskBody = z
  .strictObject({
    /** Path of the masked field, as `unmaskable` of a case names it. */
    field: reasonSchema().min(1),
    handoffId: idSchema().optional(),
    reason: reasonSchema().min(1),
  })
  .meta({ id: 'Unmask' });

export const SwitchPolicyBody = z
  .strictObject({ version: semverSchema(), digest: digestSchema(), reason: reasonSchema().min(1) })
  .meta({ id: 'SwitchPolicy' });

export const ResolveBody = z
  .strictObject({
    outcome: z.string().min(1).max(100),
    note: reasonSchema(),
    /** Sequence of the last message that the person has read. */
    seen: z.int().nonnegative().optional(),
  })
  .meta({ id: 'Resolve' });

export const RedriveBody = z
  .strictObject({ reason: reasonSchema(), correction: facts.optional() })
  .meta({ id: 'Redrive' });

export const DiscardBody = z.strictObject({ reason: reasonSchema().min(1) }).meta({ id: 'Discard' });

/** A request without content: no body, or an empty object. */
export const EmptyBody = z.strictObject({}).meta({ id: 'Nothing' });

export const ReconcileBody = z
  .strictObject({
    /** Opens a follow-up case for each that has none. */
    open: z.boolean().optional(),
    limit: z.int().min(1).max(1_000).optional(),
  })
  .meta({ id: 'Reconcile' });

export const SetBudgetBody = z
  .strictObject({
    limit: z
      .strictObject({
        microUsd: z.int().nonnegative().optional(),
        /** In and out. */
        tokens: z.int().nonnegative().optional(),
        /** By the calendar, in UTC. */
        per: z.enum(['day', 'month']),
      })
      .refine(({ microUsd, tokens }) => microUsd !== undefined || tokens !== undefined, {
        message: 'one of `microUsd` and `tokens`, or both',
      }),
    /** Of the budget as it was read: one that somebody else has changed since is left as it is. */
    digest: digestSchema(),
    reason: reasonSchema().min(1),
  })
  .meta({ id: 'SetBudget' });

export const ClearBudgetBody = z.strictObject({ digest: digestSchema() }).meta({ id: 'ClearBudget' });

export const VerifyBody = z.strictObject({ repair: z.boolean().optional() }).meta({ id: 'Verify' });

/** A number in a query, which arrives as text. */
const count = z
  .string()
  .refine((text) => /^\d{1,4}$/.test(text), 'a whole number')
  .meta({ type: 'integer', minimum: 1, maximum: 1_000 })
  .transform(Number);
const yes = z
  .string()
  .refine((text) => text === 'true' || text === 'false', 'true or false')
  .meta({ type: 'boolean' })
  .transform((text) => text === 'true');

export const ListQuery = z.strictObject({
  team: nameSchema().optional(),
  stage: z.enum(Object.keys(caseTransitions()) as [CaseStage, ...CaseStage[]]).optional(),
  owner: z.string().max(100).optional(),
  waitingOn: z.string().max(100).optional(),
  open: yes.optional(),
  limit: count.optional(),
});
export const ReviewsQuery = z.strictObject({ pool: nameSchema().optional(), limit: count.optional() });
export const DeadLettersQuery = z.strictObject({ limit: count.optional() });
export const EventsQuery = z.strictObject({
  /** Offset after which to begin, as the header `Last-Event-ID` says it. */
  after: z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text), 'an offset')
    .meta({ type: 'integer', minimum: 0 })
    .transform(Number)
    .optional(),
});
export const InboxQuery = z.strictObject({ pool: nameSchema().optional() });
export const NoQuery = z.strictObject({});
export const ReportQuery = z.strictObject({ team: nameSchema().optional(), limit: count.optional() });
export const PoliciesQuery = z.strictObject({ team: nameSchema().optional() });
export const ResultQuery = z.strictObject({
  /** Milliseconds to wait for the end of an open case, at most 25 seconds; none when absent. */
  waitMs: z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 25_000, 'milliseconds, up to 25000')
    .meta({ type: 'integer', minimum: 0, maximum: 25_000 })
    .transform(Number)
    .optional(),
});
