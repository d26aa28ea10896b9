import { z } from 'zod';
import type { FailureCode } from '../../contract/failures.ts';
import { failureCodes } from '../../contract/failures.ts';
import type { CaseStage } from '../../contract/lifecycle.ts';
import { caseTransitions } from '../../contract/lifecycle.ts';
import { Handoff, WorkingMemory } from './handoffs.ts';
import { facts, Failure, instant, json, list, MissingFact } from './parts.ts';
import { Review, WaitingStep } from './reviews.ts';

/** A problem document (RFC 9457). */
export const Problem = z
  .object({
    /** `urn:baton:` and the code. */
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(failureCodes() as [FailureCode, ...FailureCode[]]),
    field: z.string().optional(),
    retryable: z.boolean(),
  })
  .meta({ id: 'Problem' });

const Speaker = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('user') }),
  z.object({ kind: z.literal('agent'), name: z.string() }),
  z.object({ kind: z.literal('person'), name: z.string(), pool: z.string() }),
  z.object({ kind: z.literal('system') }),
]);

const stored = {
  mediaType: z.string(),
  bytes: z.int(),
  digest: z.string().optional(),
  uri: z.string().optional(),
};

export const Message = z
  .object({
    id: z.string(),
    sequence: z.int(),
    at: instant,
    from: Speaker,
    text: z.string(),
    locale: z.string().optional(),
    kind: z.enum(['text', 'voice', 'file']).optional(),
    /** Of what was said aloud; `text` is its transcript. */
    voice: z
      .object({ confidence: z.number(), durationMs: z.int(), audio: z.object(stored).optional() })
      .optional(),
    file: z.object({ name: z.string(), ...stored }).optional(),
    /** What it asks the user for. */
    missing: list(MissingFact).optional(),
  })
  .meta({ id: 'Message' });

/** What was masked, as it was, and under which grant the look at it is on record. */
export const Unmasked = z
  .object({
    caseId: z.string(),
    handoffId: z.string(),
    field: z.string(),
    values: list(z.string()),
    grantId: z.string(),
  })
  .meta({ id: 'Unmasked' });

export const Receipt = z
  .object({ accepted: z.literal(true), repeated: z.boolean(), detail: z.string() })
  .meta({ id: 'Receipt' });

export const OpenedCase = z
  .object({ caseId: z.string(), trace: z.string(), joined: z.boolean() })
  .meta({ id: 'OpenedCase' });

const stage = z.enum(Object.keys(caseTransitions()) as [CaseStage, ...CaseStage[]]);
const saga = z.enum(['kept', 'compensated', 'partly-compensated']);
const Outcome = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('finished'), outcome: z.string() }),
    z.object({ kind: z.literal('cancelled') }),
    z.object({ kind: z.literal('failed'), failure: Failure }),
  ])
  .meta({ id: 'CaseOutcome' });

const Status = z.object({
  version: z.literal('1.0.0'),
  caseId: z.string(),
  trace: z.string(),
  team: z.string(),
  stage,
  owner: z.string(),
  humanOnly: z.literal(true).optional(),
  claimedBy: z.string().optional(),
  claimedUntil: instant.optional(),
  hops: z.int(),
  path: list(z.string()),
  waitingOn: z.string(),
  missing: list(MissingFact).optional(),
  openReviews: z.int(),
  openDeadLetters: z.int(),
  outcome: Outcome.optional(),
  saga: saga.optional(),
});
/** How a case ended, once it has. */
export const CaseEnd = z
  .object({
    caseId: z.string(),
    ended: z.boolean(),
    result: z
      .object({
        version: z.literal('1.0.0'),
        outcome: Outcome,
        saga,
        path: list(z.string()),
        hops: z.int(),
        ledger: z.object({ sequence: z.int(), hash: z.string() }),
      })
      .optional(),
  })
  .meta({ id: 'CaseEnd' });
export const CaseStatus = Status.extend({ live: z.boolean() }).meta({ id: 'CaseStatus' });

export const DeadLetter = z
  .object({
    id: z.string(),
    kind: z.enum(['turn', 'handoff', 'undo']),
    subject: z.string(),
    agent: z.string(),
    openedAt: instant,
    failure: Failure,
    attempts: list(z.object({ at: instant, failure: Failure })),
    payload: json,
    status: z.enum(['open', 'redriven', 'discarded']),
    by: z.string().optional(),
    reason: z.string().optional(),
    closedAt: instant.optional(),
  })
  .meta({ id: 'DeadLetter' });

const Effect = z
  .object({
    key: z.string(),
    step: z.int(),
    agent: z.string(),
    tool: z.string(),
    callId: z.string(),
    status: z.enum(['scheduled', 'committed', 'failed', 'undone', 'kept', 'undo-failed']),
    arguments: facts,
    reversible: z.boolean(),
    result: json.optional(),
    failure: Failure.optional(),
  })
  .meta({ id: 'Effect' });

/** What calls of models took together. */
export const Spend = z
  .object({
    calls: z.int(),
    inputTokens: z.int(),
    outputTokens: z.int(),
    microUsd: z.int(),
    unpriced: z.int(),
  })
  .meta({ id: 'Spend' });

export const CaseView = Status.extend({
  task: z.object({ definition: z.string() }),
  user: z
    .object({ id: z.string().optional(), name: z.string().optional(), locale: z.string().optional() })
    .optional(),
  facts,
  /** What the owner works with beside facts. */
  workingMemory: WorkingMemory.optional(),
  handoffs: list(Handoff),
  effects: list(Effect),
  reviews: list(Review),
  deadLetters: list(DeadLetter),
  transcript: list(Message),
  ledger: z.object({ sequence: z.int(), hash: z.string() }),
  ledgerLag: z.int(),
  /** What models took, where any was called. */
  asks: list(
    z.object({
      id: z.string(),
      by: z.string(),
      to: z.string(),
      reasonCode: z.string(),
      question: z.string(),
      expiresAt: instant,
      fanOut: z.string().optional(),
    }),
  ).optional(),
  /** Questions that were put at once, and how each stands. */
  fanOuts: list(
    z.object({
      id: z.string(),
      by: z.string(),
      needed: z.int(),
      rest: z.enum(['wait', 'stop']),
      phase: z.enum(['asking', 'taking-back']),
      questions: list(z.object({ to: z.string(), askId: z.string().optional(), status: z.string() })),
    }),
  ).optional(),
  spend: z
    .object({
      total: Spend,
      agents: z.record(z.string(), Spend),
      handoffs: z.record(z.string(), Spend),
      /** Workers of earlier releases tell neither of these. Together they are the total. */
      skills: z.record(z.string(), Spend).optional(),
      unattributed: Spend.optional(),
    })
    .optional(),
  policy: z.object({ name: z.string(), policyVersion: z.string(), digest: z.string() }).optional(),
  /** What edges have masked, and who may see it. */
  unmaskable: list(
    z.object({ handoffId: z.string(), fields: list(z.string()), by: list(z.string()) }),
  ).optional(),
  feedback: z
    .object({
      version: z.string(),
      rating: z.int(),
      text: z.string().optional(),
      at: instant,
      team: z.string(),
      path: list(z.string()),
      hops: z.int(),
      outcome: z.enum(['finished', 'cancelled', 'failed']),
    })
    .optional(),
  whispers: list(z.object({ by: z.string(), note: z.string(), at: instant })).optional(),
  assignedTo: z.string().optional(),
  unattended: z
    .object({ pool: z.string(), since: instant, ahead: list(WaitingStep), reminders: z.int() })
    .optional(),
  refusals: list(z.object({ at: instant, door: z.string(), failure: Failure })),
}).meta({ id: 'CaseView' });

const ListedCase = z
  .object({
    caseId: z.string(),
    team: z.string(),
    stage: z.string(),
    owner: z.string(),
    hops: z.int(),
    waitingOn: z.string(),
    openedAt: instant,
    closedAt: instant.optional(),
    execution: z.enum(['running', 'completed', 'failed', 'cancelled', 'terminated', 'timed-out']),
  })
  .meta({ id: 'ListedCase' });

export const CaseList = z.object({ items: list(ListedCase) }).meta({ id: 'CaseList' });
export const Transcript = z.object({ items: list(Message) }).meta({ id: 'Transcript' });

/** A review with its case, as lists and the stream of the inbox have it. */
export const OpenReview = z
  .object({ caseId: z.string(), team: z.string(), owner: z.string(), review: Review })
  .meta({ id: 'OpenReview' });
/** `unanswered` are cases whose worker did not answer. */
export const ReviewList = z
  .object({ items: list(OpenReview), unanswered: list(z.string()) })
  .meta({ id: 'ReviewList' });
export const DeadLetterList = z
  .object({
    items: list(z.object({ caseId: z.string(), team: z.string(), deadLetter: DeadLetter })),
    unanswered: list(z.string()),
  })
  .meta({ id: 'DeadLetterList' });

export const Verification = z
  .object({
    caseId: z.string(),
    trace: z.string(),
    ok: z.boolean(),
    closed: z.boolean(),
    rows: z.int(),
    lag: z.int(),
    anchored: z.boolean(),
    faults: list(
      z.object({
        sequence: z.int(),
        problem: z.string(),
        where: z.enum(['store', 'history']),
        detail: z.string(),
      }),
    ),
    repaired: z.int(),
  })
  .meta({ id: 'Verification' });

export const Health = z.object({ ok: z.boolean() }).meta({ id: 'Health' });
export const Readiness = z
  .object({ ok: z.boolean(), server: z.boolean(), detail: z.string().optional() })
  .meta({ id: 'Readiness' });
