import { z } from 'zod';
import type { Agent } from '../../activities/agent.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import { finish, replyWith } from './drill-answers.ts';

const desk = people('desk', { ann: { roles: ['lead'] } });
const Phone = z.string().meta({ pii: 'phone' });
/** Long: the recording starts a newer build while an offer is open. */
const OFFER_MS = 120_000;
/** Large enough to be worth a reference. */
const DOCUMENT = 'The terms of the contract, word by word. '.repeat(40);

/** Pool of the agent that is served by two builds. */
export const LAW_POOL = 'crossing-law';

/**
 * A team whose handoffs use everything that an edge can do: facts renamed, by reference, summed up, masked on the way
 * into another domain; signed; and users are told who speaks.
 * @param lawVersion version of the agent behind the wall: a worker of an older one leaves a case to a newer
 */
export function crossingTeam(lawVersion: string): Team {
  const front = speaker('front', 'front', '1.0.0', {
    accepts: z.object({
      phone: Phone.optional(),
      order: z.string().optional(),
      contract: z.string().optional(),
    }),
    hands: { to: 'clerk', facts: { phone: '+91 98765 43210', order: 'O-1044', contract: DOCUMENT } },
  });
  const clerk = speaker('clerk', 'front', '1.0.0', {
    accepts: z.object({
      phone: Phone.optional(),
      reference: z.string().optional(),
      contract: z.string().optional(),
    }),
    hands: { to: 'legal', facts: { note: 'they write from 9876543210' } },
  });
  const legal = speaker('legal', 'law', lawVersion, {
    accepts: z.object({
      phone: Phone.optional(),
      reference: z.string().optional(),
      contract: z.string().optional(),
      note: z.string().optional(),
    }),
    pool: LAW_POOL,
  });
  return defineTeam({
    name: 'crossing-desk',
    start: front,
    signing: 'required',
    disclosure: 'required',
    edges: [
      edge(front, clerk, {
        adapt: [{ from: 'order', to: 'reference' }],
        context: {
          summary: true,
          reference: ['contract'],
          conversation: { kind: 'filtered', from: ['user'], last: 3 },
        },
      }),
      edge(clerk, legal, { offerMs: OFFER_MS, context: { reference: ['contract'] } }),
      escalate(legal, desk),
    ],
  });
}

interface Speaks {
  readonly accepts: z.ZodObject;
  readonly hands?: { readonly to: string; readonly facts: Readonly<Record<string, string>> };
  readonly pool?: string;
}

/** Answers its user, hands over when told to whom, ends at "end". */
function speaker(name: string, domain: string, version: string, what: Speaks): Agent {
  const { accepts, hands, pool } = what;
  return defineAgent({
    name,
    version,
    domain,
    scope: 'Answers, and hands over when told to',
    accepts: accepts as unknown as z.ZodType<Record<string, string>>,
    retry: { attempts: 2, initialMs: 10, maximumMs: 20 },
    ...(pool === undefined ? {} : { pool }),
    run: (turn) => {
      const word = turn.unanswered.at(-1)?.text;
      if (word === 'end') return finish('ended');
      if (!hands || word !== `to ${hands.to}`) return replyWith(`${name} heard`);
      const { to, facts } = hands;
      return {
        intent: {
          kind: 'transfer',
          to,
          reasonCode: 'asked-for',
          explanation: `${to} is wanted by whoever calls 9876543210`,
          facts,
        },
      };
    },
  });
}
