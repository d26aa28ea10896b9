import { z } from 'zod';
import { defineA2aAgent, type A2aAgentDefinition } from '../../activities/a2a/define-a2a-agent.ts';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import { agent, Facts, finish, reply, transfer } from './agents.ts';
import { unique } from './bed.ts';

/** What a test says of the agent elsewhere. */
type Elsewhere = Pick<A2aAgentDefinition<z.output<typeof Facts>>, 'at' | 'effects' | 'pauses'>;

/**
 * A team whose `parcels` are looked after by another vendor: `triage` hands every case over, and ends it with what it
 * knows once it is back. Where the vendor's work cannot be taken back, `ann` of the desk is asked first.
 */
export function parcelsElsewhere(elsewhere: Elsewhere): Team {
  const pool = unique('parcels-pool');
  const triage = agent('triage', pool, (turn) => {
    if (turn.transfer?.verb === 'return') return finish('back', JSON.stringify(turn.memory));
    const failed = turn.notices.find((one) => one.kind === 'handoff-failed');
    return failed ? reply(`no: ${failed.failure.message}`) : transfer('parcels', { order: 'A1' });
  });
  const parcels = defineA2aAgent({
    ...{ name: 'parcels', version: '1.0.0', domain: 'test', scope: 'finds parcels', pool },
    accepts: Facts,
    returns: z.object({ topic: z.string() }),
    ...elsewhere,
  });
  const approval = { pool: 'desk', expiresMs: 600_000, question: 'May they have it?' };
  const isAsked = (elsewhere.effects ?? 'irreversible') === 'irreversible';
  return defineTeam({
    name: unique('parcels'),
    start: triage,
    edges: [
      edge(triage, parcels, isAsked ? { approval } : {}),
      edge(parcels, triage),
      escalate(triage, people('desk', { ann: { roles: ['lead'] } })),
    ],
  });
}
