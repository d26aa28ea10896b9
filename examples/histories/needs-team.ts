import { z } from 'zod';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import { finish } from './drill-answers.ts';

const desk = people('desk', { ann: { roles: ['lead'] } });
const Claim = z.object({
  order: z.string(),
  reason: z.enum(['broken', 'late']),
  account: z.string().optional(),
});

/**
 * A team whose receiver needs two facts of its user, and names a third itself; users are asked how it went. What is
 * asked for in vain twice goes to people.
 */
export function needsTeam(): Team {
  const front = defineAgent({
    ...{ name: 'front', version: '1.0.0', domain: 'desk', scope: 'Hands claims on' },
    accepts: z.object({}),
    run: () => ({
      intent: { kind: 'transfer', to: 'claims', reasonCode: 'claim', explanation: 'a claim is made' },
    }),
  });
  const claims = defineAgent({
    ...{ name: 'claims', version: '1.0.0', domain: 'desk', scope: 'Settles claims' },
    accepts: Claim,
    needs: {
      order: {
        question: { en: 'Which order is it?', hi: 'कौन सा ऑर्डर है?' },
        why: { en: 'The claim is booked on it.', hi: 'दावा उसी पर दर्ज होता है।' },
        read: ({ text }) => /\bO-\d+\b/.exec(text)?.[0],
      },
      reason: { question: 'Was it broken or late?', why: 'They are paid from different accounts.' },
    },
    run: (turn) => {
      const account = /\bA-\d+\b/.exec(turn.unanswered.at(-1)?.text ?? '')?.[0];
      if (account !== undefined) return { ...finish('paid'), facts: { account } };
      return {
        intent: {
          kind: 'reply',
          text: 'Which account shall it go to?',
          missing: [{ fact: 'account', why: 'It is paid there.' }],
        },
      };
    },
  });
  return defineTeam({
    name: 'claims-desk',
    start: front,
    edges: [edge(front, claims), escalate(claims, desk)],
    limits: { clarifications: 2 },
    feedback: 'asked',
  });
}
