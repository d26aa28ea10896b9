import { z } from 'zod';
import { anyJsonSchema } from '../contract/any-json.ts';
import type { LedgerKind, LedgerRow } from '../contract/ledger.ts';
import type { Review } from '../contract/review.ts';
import { decisionSchema } from '../contract/decision.ts';
import { digestSchema, factsSchema, idSchema, instantSchema, reasonSchema } from '../contract/words.ts';

/** Every kind of ledger row once; the compiler asks for those that are missing. */
const KINDS: Readonly<Record<LedgerKind, true>> = {
  'case-opened': true,
  'case-adopted': true,
  'team-pinned': true,
  'message-received': true,
  'message-sent': true,
  'human-asked': true,
  'turn-completed': true,
  'turn-failed': true,
  'turn-stopped': true,
  'turn-refused': true,
  'facts-missing': true,
  'ask-opened': true,
  'ask-answered': true,
  'ask-failed': true,
  'ask-refused': true,
  'ask-withdrawn': true,
  'fan-out-opened': true,
  'fan-out-decided': true,
  'fan-out-ended': true,
  'remote-task-changed': true,
  'handoff-refused': true,
  'handoff-held': true,
  'handoff-offered': true,
  'handoff-accepted': true,
  'handoff-declined': true,
  'handoff-expired': true,
  'handoff-withdrawn': true,
  'handoff-completed': true,
  'handoff-returned': true,
  'handoff-rolled-back': true,
  'handoff-dead-lettered': true,
  'acknowledgement-refused': true,
  'readiness-read': true,
  'agent-isolated': true,
  'effect-scheduled': true,
  'effect-committed': true,
  'effect-refused': true,
  'effect-failed': true,
  'undo-scheduled': true,
  'effect-undone': true,
  'undo-failed': true,
  'effect-kept': true,
  'review-opened': true,
  'review-approval-given': true,
  'review-decided': true,
  'review-expired': true,
  'review-withdrawn': true,
  'review-reminded': true,
  'review-widened': true,
  'review-edited': true,
  'review-revised': true,
  'review-information-asked': true,
  'review-information-given': true,
  'review-released': true,
  'people-reminded': true,
  'directory-consulted': true,
  'door-keys-read': true,
  'message-refused': true,
  'dead-letter-opened': true,
  'dead-letter-redriven': true,
  'dead-letter-discarded': true,
  'person-claimed': true,
  'person-released': true,
  'person-reassigned': true,
  'person-took-over': true,
  'person-whispered': true,
  'unmask-granted': true,
  'policy-evaluated': true,
  'policy-switch-asked': true,
  'policy-switched': true,
  'policy-switch-failed': true,
  'cancel-requested': true,
  'case-continued': true,
  'case-closed': true,
};

const Row = z.object({
  version: z.literal('1.0.0'),
  trace: z.string().min(1).max(200),
  sequence: z.int().positive(),
  previous: digestSchema(),
  at: instantSchema(),
  kind: z.enum(Object.keys(KINDS) as [LedgerKind, ...LedgerKind[]]),
  owner: z.string().max(200),
  content: factsSchema(),
  hash: digestSchema(),
  erased: z.literal(true).optional(),
} satisfies Record<keyof LedgerRow, z.ZodType>);

const Decided = decisionSchema()
  .omit({ signed: true })
  .extend({
    at: instantSchema(),
    proof: z.enum(['proven', 'asserted']).optional(),
    onBehalfOf: idSchema().optional(),
  });

const OpenReview = z.object({
  id: idSchema(),
  kind: z.enum(['tool-call', 'handoff', 'question']),
  pool: z.string().max(200),
  question: reasonSchema(),
  subject: anyJsonSchema(),
  digest: digestSchema(),
  approvers: z.int().min(2).optional(),
  roles: z.array(z.string()).optional(),
  proof: z.literal('proven').optional(),
  approvals: z.array(Decided).optional(),
  ahead: z
    .array(
      z.discriminatedUnion('do', [
        z.object({ at: instantSchema(), do: z.literal('remind') }),
        z.object({
          at: instantSchema(),
          do: z.literal('widen'),
          pool: z.string().max(200),
          roles: z.array(z.string()).optional(),
        }),
      ]),
    )
    .optional(),
  reminders: z.int().nonnegative().optional(),
  widened: z
    .array(
      z.object({ pool: z.string().max(200), roles: z.array(z.string()).optional(), at: instantSchema() }),
    )
    .optional(),
  atExpiry: z.literal('escalate').optional(),
  undoMs: z.int().positive().optional(),
  excluded: z.array(idSchema()).optional(),
  releaseAt: instantSchema().optional(),
  releasedAt: instantSchema().optional(),
  questions: z
    .array(
      z.object({
        by: idSchema(),
        text: reasonSchema(),
        at: instantSchema(),
        answeredBy: idSchema().optional(),
        signature: z.string().optional(),
        to: z.string().max(200).optional(),
        turnId: z.string().optional(),
        answer: z
          .object({
            at: instantSchema(),
            text: z.string(),
            digest: digestSchema().optional(),
            failure: z
              .object({ code: z.string(), message: z.string(), field: z.string().optional() })
              .optional(),
          })
          .optional(),
      }),
    )
    .optional(),
  assignedTo: idSchema().optional(),
  requestedBy: z.string().max(200),
  openedAt: instantSchema(),
  expiresAt: instantSchema(),
  status: z.enum(['open', 'approved', 'rejected', 'expired', 'withdrawn']),
  decision: Decided.optional(),
} satisfies Record<keyof Review, z.ZodType>);

/** Schema of a ledger row. Rows are written by cases alone, so the contract validates none; others read them. */
export function ledgerRowSchema(): typeof Row {
  return Row;
}

/** Schema of a review as `show` and the inbox give it. */
export function reviewSchema(): typeof OpenReview {
  return OpenReview;
}
