/**
 * The work that both sides do: three agents hand a case around, as often as its facts say. Quick and rule-based,
 * so that what is measured is the handing over.
 */
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { Agent } from '../activities/agent.ts';
import { defineAgent } from '../activities/define-agent.ts';
import { defineTeam, edge, escalate, people, type Team } from '../activities/define-team.ts';
import type { CaseInput } from '../contract/case.ts';
import { defaultLimits } from '../contract/limits.ts';
import { NO_FILLER, type PayloadBytes } from './payload-bytes.ts';
import type { DeskFacts, RawCaseInput } from './raw/desk-facts.ts';

const Facts = z.object({
  hop: z.int().nonnegative(),
  handoffs: z.int().nonnegative(),
  thinkMs: z.int().nonnegative(),
  ending: z.enum(['finish', 'wait']),
  account: z.string(),
  charges: z.array(z.object({ id: z.string(), amountEur: z.number(), at: z.string() })),
  notes: z.string(),
});

/** What is carried from agent to agent: about 1,000 bytes as JSON. */
function deskFacts(plan: CasePlan): DeskFacts {
  return {
    hop: 0,
    handoffs: plan.handoffs,
    thinkMs: plan.thinkMs ?? 0,
    ending: plan.ending ?? 'finish',
    account: 'C-204117',
    charges: Array.from({ length: 6 }, (_, index) => ({
      id: `ch_${String(1_000 + index)}`,
      amountEur: 19.99 + index,
      at: '2026-11-03T09:15:00.000Z',
    })),
    notes: 'The customer was charged twice for the same month and asks for one of the charges back. '.repeat(
      5,
    ),
  };
}

/** One case to play. */
export interface CasePlan {
  readonly handoffs: number;
  /** How long each agent thinks, in milliseconds; 0 when absent. */
  readonly thinkMs?: number;
  /** Whether the last agent ends the case, or answers and waits for the user; `finish` when absent. */
  readonly ending?: 'finish' | 'wait';
  /** What turns of the raw side carry besides their own, so that both move the same bytes; nothing when absent. */
  readonly filler?: PayloadBytes;
}

const said = 'I was charged twice this month. Please give me one of the two charges back, and tell me why.';

function deskAgent(name: string, next: string): Agent {
  return defineAgent({
    name,
    version: '1.0.0',
    domain: 'bench',
    scope: `Hands the case to ${next} until it has been around often enough`,
    accepts: Facts,
    run: async ({ facts }) => {
      if (facts.thinkMs > 0) await setTimeout(facts.thinkMs);
      if (facts.hop < facts.handoffs) {
        return {
          intent: {
            kind: 'transfer',
            to: next,
            reasonCode: 'duplicate-charge',
            explanation: 'the next specialist has the means to go on',
            facts: { hop: facts.hop + 1 },
          },
        };
      }
      return facts.ending === 'finish'
        ? { intent: { kind: 'finish', outcome: 'resolved' } }
        : { intent: { kind: 'reply', text: 'One charge will come back to you.' } };
    },
  });
}

/** Agents of both sides, in the order in which a case goes around. */
export const DESK_AGENTS = ['intake', 'billing', 'legal'] as const;

/** The team of Baton's side. */
export function deskTeam(): Team {
  const [intake, billing, legal] = DESK_AGENTS.map((name, index) =>
    deskAgent(name, DESK_AGENTS[(index + 1) % DESK_AGENTS.length] ?? name),
  );
  if (!intake || !billing || !legal) throw new RangeError('the desk has three agents');
  const desk = people('desk', { ana: { roles: ['agent'] } });
  return defineTeam({
    name: 'bench-desk',
    start: intake,
    edges: [edge(intake, billing), edge(billing, legal), edge(legal, intake), escalate(intake, desk)],
    limits: { ...defaultLimits(), hops: 100 },
  });
}

/** Argument of Baton's workflow; whole, so that it means the same to a workflow whose schemas were taken out. */
export function caseInput(plan: CasePlan): CaseInput {
  return {
    version: '1.0.0',
    team: 'bench-desk',
    task: {
      definition: 'Refund a duplicate charge',
      constraints: {},
      acceptance: [],
      completed: [],
      remaining: [],
      unable: [],
    },
    facts: { ...deskFacts(plan) },
    message: { id: 'm1', text: said },
  };
}

/** Argument of the raw workflow: the same facts and words, and as many bytes. */
export function rawInput(plan: CasePlan): RawCaseInput {
  return { facts: deskFacts(plan), said, filler: plan.filler ?? NO_FILLER };
}
