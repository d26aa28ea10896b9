import { z } from 'zod';
import { instant, list } from './parts.ts';

/** What the tenant may spend on models, and has spent. */
export const Budget = z
  .object({
    tenant: z.string(),
    /** Names the limit, or that there is none: `setBudget` and `clearBudget` take it. */
    digest: z.string(),
    /** Absent where the tenant may spend what its teams allow. */
    budget: z
      .object({
        limit: z.object({
          microUsd: z.int().optional(),
          tokens: z.int().optional(),
          per: z.enum(['day', 'month']),
        }),
        /** The day or month that is counted, in UTC. */
        period: z.string(),
        /** Calls under way count as the most they can cost. */
        spent: z.object({ calls: z.int(), tokens: z.int(), microUsd: z.int() }),
        /** Calls under way, and those of which nobody ever heard again. */
        open: z.int(),
        set: z.object({ by: z.string(), at: instant, reason: z.string().optional() }),
      })
      .optional(),
  })
  .meta({ id: 'Budget' });

/** Rates of tools that were called, and who waits. */
export const RateList = z
  .object({
    items: list(
      z.object({
        bucket: z.string(),
        rate: z.object({ calls: z.int(), perMs: z.int(), bucket: z.string().optional() }),
        inWindow: z.int(),
        waiting: z.int(),
        lastAt: instant.optional(),
      }),
    ),
  })
  .meta({ id: 'RateList' });
