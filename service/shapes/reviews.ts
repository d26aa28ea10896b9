import { z } from 'zod';
import { Failure, instant, json, list } from './parts.ts';

/** What is done at an instant while nobody answers. */
export const WaitingStep = z.discriminatedUnion('do', [
  z.object({ at: instant, do: z.literal('remind') }),
  z.object({ at: instant, do: z.literal('widen'), pool: z.string(), roles: list(z.string()).optional() }),
]);

/** A review as whoever decides it sees it. */
export const Review = z
  .object({
    id: z.string(),
    kind: z.enum(['tool-call', 'handoff', 'question']),
    pool: z.string(),
    question: z.string(),
    subject: json,
    digest: z.string(),
    requestedBy: z.string(),
    openedAt: instant,
    expiresAt: instant,
    atExpiry: z.literal('escalate').optional(),
    ahead: list(WaitingStep).optional(),
    reminders: z.int().optional(),
    widened: list(z.object({ pool: z.string(), roles: list(z.string()).optional(), at: instant })).optional(),
    undoMs: z.int().optional(),
    releaseAt: instant.optional(),
    releasedAt: instant.optional(),
    questions: list(
      z.object({
        by: z.string(),
        text: z.string(),
        at: instant,
        answeredBy: z.string().optional(),
        /** The agent that was asked; the user when absent. */
        to: z.string().optional(),
        answer: z
          .object({
            at: instant,
            text: z.string(),
            /** Digest of what the agent asks for since, where that is something else. */
            digest: z.string().optional(),
            failure: Failure.optional(),
          })
          .optional(),
      }),
    ).optional(),
    assignedTo: z.string().optional(),
    approvers: z.int().optional(),
    roles: list(z.string()).optional(),
    /** Only decisions that a door has signed count. */
    proof: z.literal('proven').optional(),
    status: z.enum(['open', 'approved', 'rejected', 'expired', 'withdrawn']),
    decision: z
      .object({
        reviewId: z.string(),
        digest: z.string(),
        decision: z.enum(['approve', 'reject', 'edit', 'ask', 'ask-agent', 'withdraw']),
        by: z.string(),
        reason: z.string(),
        at: instant,
        shownAt: instant.optional(),
        proof: z.enum(['proven', 'asserted']).optional(),
      })
      .optional(),
  })
  .meta({ id: 'Review' });
