import { z } from 'zod';
import { defineA2aAgent, type A2aAgentDefinition } from '../../activities/a2a/define-a2a-agent.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';

/** What a shop tells a carrier of a parcel. */
const ParcelFacts = z.object({ parcel: z.string() });

/** The carrier's house: its clerk asks the depot, where people look for the parcel. */
export function carrierTeam(): Team {
  const clerk = defineAgent({
    name: 'parcel-clerk',
    version: '1.0.0',
    domain: 'carrier',
    scope: 'Finds parcels',
    accepts: ParcelFacts,
    run: ({ facts, notices }) => {
      const seen = notices.find((one) => one.kind === 'review-decided');
      return seen
        ? { intent: { kind: 'finish', outcome: 'found', text: `Parcel ${facts.parcel}: ${seen.reason}` } }
        : {
            intent: {
              kind: 'ask-review',
              pool: 'depot',
              question: `Is parcel ${facts.parcel} at the depot?`,
              subject: { parcel: facts.parcel },
            },
          };
    },
  });
  const depot = people('depot', { lea: { roles: ['clerk'] } });
  return defineTeam({ name: 'carrier', start: clerk, edges: [escalate(clerk, depot)] });
}

/** The shop's house: its desk hands parcels over to the carrier, wherever that is. */
export function shopTeam(at: A2aAgentDefinition<z.output<typeof ParcelFacts>>['at']): Team {
  const desk = defineAgent({
    name: 'shop-desk',
    version: '1.0.0',
    domain: 'shop',
    scope: 'Answers customers',
    accepts: ParcelFacts,
    run: ({ facts, transfer }) =>
      transfer?.verb === 'return'
        ? { intent: { kind: 'finish', outcome: 'answered', text: 'Anything else? Just write again.' } }
        : {
            intent: {
              kind: 'transfer',
              to: 'carrier',
              reasonCode: 'parcel',
              explanation: 'The carrier has it',
              facts,
            },
          },
  });
  const carrier = defineA2aAgent({
    name: 'carrier',
    version: '1.0.0',
    domain: 'carrier',
    scope: 'Finds parcels',
    accepts: ParcelFacts,
    at,
    // It looks for parcels and moves none.
    effects: 'none',
    pauses: { firstMs: 500, longestMs: 2_000 },
  });
  return defineTeam({
    name: 'shop',
    start: desk,
    edges: [
      edge(desk, carrier),
      edge(carrier, desk),
      escalate(desk, people('owners', { ben: { roles: ['owner'] } })),
    ],
  });
}
