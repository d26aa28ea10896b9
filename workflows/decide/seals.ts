import type { SealInput } from '../../contract/activities.ts';
import type { Envelope } from '../../contract/envelope.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { Seal } from '../../contract/seal.ts';
import { crossingDigest, sealedMemory } from '../../contract/working-memory.ts';
import type { CaseState, Parcel } from '../state.ts';
import { manifestOf } from '../state.ts';
import { agentOf, composeContext } from './compose.ts';

/** How an envelope on its way to an agent comes by its seal. */
interface Sealing {
  readonly envelope: Envelope;
  /** What an activity must seal before the offer goes out. */
  readonly ask?: Omit<SealInput, 'rows'>;
  /** What the ledger row of the offer says of it. */
  readonly inRow: JsonObject;
}

/**
 * In teams that ask for signed handoffs: the source's seal goes with the envelope unchanged where it covers exactly
 * the facts that the receiver gets. What the workflow or a person originated has none, and what the receiver knew
 * before is under no source's seal: then an activity seals the whole. Other teams' envelopes stay as they are.
 */
export function sealOrAsk(state: CaseState, parcel: Parcel, envelope: Envelope): Sealing {
  if (manifestOf(state).signing !== 'required') return { envelope, inRow: {} };
  const { facts } = envelope.memory;
  const memory = sealedMemory(agentOf(state, parcel.transfer.to).workingMemory, envelope.memory);
  const along = memory ? { memory } : {};
  const { seal, transfer } = parcel;
  if (seal?.facts === crossingDigest(facts, memory)) {
    const { nonce, signature } = seal;
    return { envelope: { ...envelope, nonce, signature }, inRow: { sealedBy: 'source', nonce } };
  }
  const ask = {
    ...composeContext(state),
    edge: { from: transfer.from, to: transfer.to },
    facts,
    ...along,
    ...(seal ? { source: sourceOf(seal, parcel) } : {}),
  };
  return { envelope, ask, inRow: { sealedBy: 'case' } };
}

function sourceOf({ nonce, signature }: Seal, { facts, memory }: Parcel): NonNullable<SealInput['source']> {
  return { nonce, signature, facts, ...(memory ? { memory } : {}) };
}
