import { z } from 'zod';
import type { HandoffStatus } from '../../contract/lifecycle.ts';
import { handoffTransitions } from '../../contract/lifecycle.ts';
import { facts, Failure, instant, list } from './parts.ts';

/** What an owner works with beside facts. */
export const WorkingMemory = z
  .object({
    intent: z.string().optional(),
    recordsRead: list(z.string()).optional(),
    partialResults: facts.optional(),
  })
  .meta({ id: 'WorkingMemory' });

const MemoryOutline = z
  .object({
    intent: z.literal(true).optional(),
    recordsRead: z.int().optional(),
    partialResults: list(z.string()).optional(),
  })
  .meta({ id: 'MemoryOutline' });

/** A handoff as it is shown. */
export const Handoff = z
  .object({
    id: z.string(),
    verb: z.enum(['transfer', 'return', 'escalate', 'give-back']),
    from: z.string(),
    to: z.string(),
    status: z.enum(Object.keys(handoffTransitions()) as [HandoffStatus, ...HandoffStatus[]]),
    reasonCode: z.string(),
    explanation: z.string(),
    proposedAt: instant,
    acceptedAt: instant.optional(),
    endedAt: instant.optional(),
    declared: list(z.string()),
    dropped: list(z.string()),
    /** What crossed of the source's working memory, and what was left behind. */
    memory: z
      .object({ crossed: MemoryOutline, dropped: MemoryOutline, forgotten: z.int().optional() })
      .optional(),
    failure: Failure.optional(),
  })
  .meta({ id: 'Handoff' });
