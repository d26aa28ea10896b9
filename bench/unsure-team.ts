import { z } from 'zod';
import { defineAgent } from '../activities/define-agent.ts';
import { defineTeam, escalate, people, type Team } from '../activities/define-team.ts';

/** Pool whose inbox is watched. */
export const INBOX_POOL = 'desk';

/** A team whose agent is never sure: its policy asks a person about every answer. */
export function unsureTeam(): Team {
  const unsure = defineAgent({
    name: 'unsure',
    version: '1.0.0',
    domain: 'bench',
    scope: 'Answers, and does not trust its answer',
    accepts: z.object({}),
    run: () => ({
      intent: { kind: 'reply', text: 'One charge will come back to you.' },
      provenance: { confidence: 0.3 },
    }),
  });
  return defineTeam({
    name: 'unsure-desk',
    start: unsure,
    edges: [escalate(unsure, people(INBOX_POOL, { ana: { roles: ['agent'] } }))],
    policy: {
      version: '1.0.0',
      name: 'unsure-desk',
      policyVersion: '1.0.0',
      rules: [
        {
          id: 'unsure',
          on: 'turn',
          when: { input: 'confidence', below: 0.7 },
          then: { do: 'review', pool: INBOX_POOL, question: 'Is this right?', expiresMs: 3_600_000 },
        },
      ],
    },
  });
}
