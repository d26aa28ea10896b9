import type {
  CaseActivities,
  ReadinessInput,
  Recorded,
  SealInput,
  TurnInput,
  TurnOutput,
} from '../contract/activities.ts';
import type { Readiness } from '../contract/readiness.ts';
import { activitiesOfCase, readinessReader } from './activity-calls.ts';
import { undecodable } from './trouble.ts';

// Whoever stops an offer stops what comes before it, too: all of it runs in the scope of the offer.

/** Looks at a receiver. What cannot be read of it stops nothing: the offer has a deadline of its own. */
export function look(input: ReadinessInput): Promise<Readiness> {
  return readinessReader(`is ${input.agent} ready`)
    .readiness(input)
    .then((readiness) => (undecodable(readiness) ? {} : readiness))
    .catch(() => ({}));
}

/** Offers what no source's worker has sealed, once an activity of the case has. */
export async function sealAndOffer(
  activities: CaseActivities,
  asked: Omit<SealInput, 'rows'>,
  input: TurnInput,
): Promise<TurnOutput & Recorded> {
  const sealing = activitiesOfCase(`seal ${asked.edge.from} -> ${asked.edge.to}`);
  const seal = await sealing.seal({ ...asked, rows: [] });
  const damaged = undecodable(seal);
  if (damaged) throw damaged;
  const { nonce, signature } = seal;
  return activities.handoff({ ...input, envelope: { ...input.envelope, nonce, signature } });
}
