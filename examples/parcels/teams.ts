import { z } from 'zod';
import { defineA2aAgent, type A2aAgentDefinition } from '../../activities/a2a/define-a2a-agent.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';

/** What a shop tells a carrier of a parcel. */
const ParcelFacts = z.object({ parcel: z.string() });
/** What the shop has worked out before it asks, and is not certain of. */
const BeforeAsking = z.object({ lastSeen: z.string() });
/** What the carrier works out, and tells the shop beside its answer. */
const AfterLooking = z.object({ shelf: z.string() });

/** The carrier's house: its clerk asks the depot, where people look for the parcel. */
export function carrierTeam(): Team {
  const clerk = defineAgent({
    name: 'parcel-clerk',
    version: '1.0.0',
    domain: 'carrier',
    scope: 'Finds parcels',
    accepts: ParcelFacts,
    workingMemory: { intent: true, partialResults: BeforeAsking },
    run: ({ facts, notices, workingMemory }) => {
      const seen = notices.find((one) => one.kind === 'review-decided');
      if (seen)
        return {
          recordsRead: ['depot/D-3'],
          workingMemory: { partialResults: { shelf: 'D-3', noted: 'for the depot alone' } },
          intent: { kind: 'finish', outcome: 'found', text: `Parcel ${facts.parcel}: ${seen.reason}` },
        };
      const { lastSeen } = BeforeAsking.partial().parse(workingMemory.partialResults ?? {});
      return {
        intent: {
          kind: 'ask-review',
          pool: 'depot',
          question: `Is parcel ${facts.parcel} at the depot? It was last seen in ${lastSeen ?? 'no place'}.`,
          subject: { parcel: facts.parcel },
        },
      };
    },
  });
  const depot = people('depot', { lea: { roles: ['clerk'] } });
  return defineTeam({
    name: 'carrier',
    start: clerk,
    edges: [escalate(clerk, depot)],
    // What another house hears of beside words: without it, nothing.
    handsBack: { workingMemory: { recordsRead: true, partialResults: AfterLooking } },
  });
}

type Carrier = A2aAgentDefinition<z.output<typeof ParcelFacts>>;

/**
 * The shop's house: its desk hands parcels over to the carrier, wherever that is.
 * @param more what else is said of the carrier; where nobody can take back what it does, the shop's owners are asked first
 */
export function shopTeam(at: Carrier['at'], more: Pick<Carrier, 'effects' | 'pauses'> = {}): Team {
  const desk = defineAgent({
    name: 'shop-desk',
    version: '1.0.0',
    domain: 'shop',
    scope: 'Answers customers',
    accepts: ParcelFacts,
    workingMemory: { recordsRead: true, partialResults: AfterLooking },
    run: ({ facts, transfer }) =>
      transfer?.verb === 'return'
        ? { intent: { kind: 'finish', outcome: 'answered', text: 'Anything else? Just write again.' } }
        : {
            recordsRead: ['orders/O-7'],
            workingMemory: {
              intent: 'tell the customer where it is',
              partialResults: { lastSeen: 'Lyon', guess: 'for the shop alone' },
            },
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
    workingMemory: { intent: true, partialResults: BeforeAsking },
    returnsMemory: { recordsRead: true, partialResults: AfterLooking },
    // It looks for parcels and moves none.
    effects: 'none',
    // Who is called when there is news need not look often by itself.
    pauses: { firstMs: 500, longestMs: at.callback ? 600_000 : 2_000 },
    ...more,
  });
  const approval = { pool: 'owners', question: 'May the carrier have it?', expiresMs: 600_000 };
  return defineTeam({
    name: 'shop',
    start: desk,
    edges: [
      edge(desk, carrier, more.effects === 'irreversible' ? { approval } : {}),
      edge(carrier, desk),
      escalate(desk, people('owners', { ben: { roles: ['owner'] } })),
    ],
  });
}
