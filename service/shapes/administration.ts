import { z } from 'zod';
import { Spend } from './answers.ts';
import { instant, json, list } from './parts.ts';

/** All runs of a case. */
export const CaseHistory = z
  .object({
    caseId: z.string(),
    trace: z.string(),
    /** Payloads were erased with their person: it can be neither read nor replayed. */
    erased: z.boolean(),
    closed: z.boolean(),
    runs: list(z.object({ runId: z.string(), history: json })),
  })
  .meta({ id: 'CaseHistory' });

const caseOfPerson = { caseId: z.string(), trace: z.string() };

/** Everything kept of a person. */
export const PersonExport = z
  .object({
    version: z.literal('1.0.0'),
    person: z.string(),
    exportedAt: instant,
    cases: list(
      z.object({
        ...caseOfPerson,
        open: z.boolean(),
        values: list(z.custom<object>(() => true)),
        conversation: list(z.custom<object>(() => true)),
        ledger: list(z.custom<object>(() => true)).optional(),
      }),
    ),
  })
  .meta({ id: 'PersonExport' });

/** What was erased. */
export const Erasure = z
  .object({ person: z.string(), cases: list(z.object(caseOfPerson)) })
  .meta({ id: 'Erasure' });

/** What cases left behind that ended without being asked. */
export const Reconciliation = z
  .object({
    orphaned: list(
      z.object({
        caseId: z.string(),
        trace: z.string(),
        team: z.string(),
        execution: z.enum(['terminated', 'timed-out', 'failed']),
        effects: list(z.custom<object>(() => true)),
        followUp: z.string().optional(),
      }),
    ),
    looked: z.int(),
    opened: list(z.string()),
    unreadable: list(z.string()),
  })
  .meta({ id: 'Reconciliation' });

const Feedback = z
  .object({ given: z.int(), average: z.number().optional(), low: z.int() })
  .meta({ id: 'FeedbackFigures' });

/** Figures over past cases. */
export const Report = z
  .object({
    cases: z.int(),
    erased: z.int(),
    outcomes: z.object({ finished: z.int(), cancelled: z.int(), failed: z.int(), open: z.int() }),
    reachedPeople: z.int(),
    feedback: Feedback,
    paths: list(z.object({ path: list(z.string()), cases: z.int(), finished: z.int(), feedback: Feedback })),
    rules: list(
      z.object({
        policyVersion: z.string(),
        rule: z.string(),
        action: z.string(),
        times: z.int(),
        cases: z.int(),
        approved: z.int(),
        rejected: z.int(),
        feedback: Feedback,
      }),
    ),
    edges: list(
      z.object({
        from: z.string(),
        to: z.string(),
        handoffs: z.int(),
        accepted: z.int(),
        rolledBack: z.int(),
        notTaken: z.int(),
        /** Accepted ones of which both ends measured what crossed, and those of which all arrived. */
        measured: z.int(),
        whole: z.int(),
        medianMs: z.number().optional(),
      }),
    ),
    decisions: z.object({
      given: z.int(),
      /** In less than five seconds. */
      hasty: z.int(),
      people: list(z.object({ by: z.string(), decisions: z.int(), hasty: z.int(), medianMs: z.number() })),
    }),
    /** What models took; by skill together with what belongs to none, it is the total. */
    spend: z
      .object({
        total: Spend,
        agents: z.record(z.string(), Spend),
        skills: z.record(z.string(), Spend),
        unattributed: Spend,
      })
      .optional(),
  })
  .meta({ id: 'Report' });

/** Published versions of policies. */
export const PolicyList = z
  .object({
    items: list(
      z.object({
        team: z.string(),
        policyVersion: z.string(),
        digest: z.string(),
        publishedAt: instant,
        publishedBy: z.string(),
        /** New cases of the team take it. */
        current: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'PolicyList' });
