import type { Crossing } from '../../contract/activities.ts';
import type { Adapted } from '../../contract/adapters.ts';
import type { HandoffRecord } from '../../contract/case.ts';
import type { ContextReference } from '../../contract/context.ts';
import { digestOf } from '../../contract/digest.ts';
import type { Transfer } from '../../contract/envelope.ts';
import type { JsonObject } from '../../contract/json.ts';
import { handoffFingerprint, stepKey } from '../../contract/keys.ts';
import { keptTextOf } from '../../contract/kept-text.ts';
import { peopleOwner } from '../../contract/queues.ts';
import type { Masked } from '../../contract/redaction.ts';
import { referencesIn } from '../../contract/reference-fact.ts';
import type { Seal } from '../../contract/seal.ts';
import type { MemoryCrossing } from '../../contract/working-memory.ts';
import type { Draft } from '../draft.ts';
import { nowText } from '../draft.ts';
import type { Escalation } from '../events.ts';
import { manifestOf, memoryOf } from '../state.ts';
import { carryMemory, memoryInRecord } from './carry-memory.ts';
import { wallsFor, withoutMaskedResults, withoutMasksOfOwn } from './walls.ts';

/** Everything a new handoff is made of. */
export interface Proposal {
  readonly verb: HandoffRecord['verb'];
  readonly to: string;
  readonly reasonCode: string;
  readonly explanation: string;
  /** Facts already cut to what the receiver accepts. */
  readonly facts: JsonObject;
  readonly declared: readonly string[];
  readonly dropped: readonly string[];
  /** The source's working memory, cut for the receiver; absent where the source had none. */
  readonly memory?: MemoryCrossing | undefined;
  /** Facts that crossed under another name. */
  readonly adapted?: readonly Adapted[] | undefined;
  /** Digest of what crosses, where the source's edge measured it. */
  readonly crossed?: string | undefined;
  readonly summaryTokens?: number | undefined;
  /** Further transfer metadata for the receiver. */
  readonly particulars: Partial<Pick<Transfer, 'summary' | 'confidence' | 'flags' | 'sentiment'>>;
  readonly noReturn: boolean;
  readonly offerMs: number;
  readonly fallback: readonly string[];
  /** The source's seal over these facts. */
  readonly seal?: Seal | undefined;
  /** What was masked on the way. */
  readonly masked?: readonly Masked[] | undefined;
  /** Where the originals of it are kept. */
  readonly originals?: ContextReference | undefined;
  readonly standIns?: Crossing['standIns'] | undefined;
}

/**
 * Enters a handoff into the case's records, with a step and key of its own, and packs what it carries (T1). The
 * source stays the owner.
 * @returns the handoff's id
 */
export function proposeHandoff(draft: Draft, proposal: Proposal): string {
  const { state } = draft;
  const { verb, to, reasonCode, explanation, facts, declared, dropped, adapted } = proposal;
  const { masked, originals, standIns, memory } = proposal;
  const walls = wallsFor(state, to, verb);
  // What its owner keeps of its own does not come from the crossing: such a handoff cannot be measured by what crossed (X6).
  const whole =
    Object.keys(withoutMasksOfOwn(state, to, facts)).length === Object.keys(facts).length &&
    (!memory?.crossed ||
      digestOf(withoutMaskedResults(state, to, memory.crossed)) === digestOf(memory.crossed));
  const crossed = whole ? proposal.crossed : undefined;
  state.steps += 1;
  state.handoffCount += 1;
  const handoffId = `h${String(state.handoffCount)}`;
  const record: HandoffRecord = {
    id: handoffId,
    key: stepKey(state.trace, state.steps, 'handoff'),
    step: state.steps,
    verb,
    from: state.owner,
    to,
    status: 'proposed',
    reasonCode,
    explanation,
    fingerprint: handoffFingerprint({ to, reasonCode, facts }),
    epoch: 0,
    proposedAt: nowText(draft),
    declared,
    dropped,
    ...(memory ? { memory: memoryInRecord(state, to, memory) } : {}),
    ...(adapted && adapted.length > 0 ? { adapted } : {}),
    ...(masked && masked.length > 0 ? { masked } : {}),
    ...(originals ? { originals } : {}),
    ...contextOf({ ...proposal, crossed }),
  };
  state.handoffs = [...state.handoffs, record];
  state.parcel = {
    handoffId,
    facts,
    transfer: {
      handoffId,
      verb,
      from: state.owner,
      to,
      reasonCode,
      explanation,
      ...proposal.particulars,
      ...(walls.length > 0 ? { walls: [...walls] } : {}),
      path: [...state.path],
    },
    ...(memory?.crossed ? { memory: memory.crossed } : {}),
    ...(crossed === undefined ? {} : { crossed: declared }),
    noReturn: proposal.noReturn,
    offerMs: proposal.offerMs,
    fallback: proposal.fallback,
    ...(proposal.seal ? { seal: proposal.seal } : {}),
    ...(standIns ? { standIns } : {}),
  };
  return handoffId;
}

/**
 * Hands the case to people, who accept at once and get everything that its owner knows. No edge is needed, whoever
 * has it (I12).
 */
export function proposeToPeople(draft: Draft, escalation: Escalation & { readonly pool: string }): void {
  const { state } = draft;
  const { pool, reasonCode, explanation, facts = {} } = escalation;
  const handoffId = proposeHandoff(draft, {
    verb: 'escalate',
    to: peopleOwner(pool),
    reasonCode,
    explanation,
    facts,
    declared: Object.keys({ ...memoryOf(state, state.owner).facts, ...facts }),
    dropped: [],
    memory: carryMemory(state, peopleOwner(pool), 'transfer'),
    particulars: {},
    noReturn: false,
    offerMs: manifestOf(state).limits.offerMs,
    fallback: [],
  });
  draft.next = { kind: 'offer', handoffId };
}

function contextOf(proposal: Proposal): Pick<HandoffRecord, 'context'> {
  const { crossed, facts, memory, summaryTokens } = proposal;
  if (crossed === undefined) return {};
  const results = namesByReference(memory?.crossed?.partialResults ?? {});
  const referenced = [...namesByReference(facts), ...results.map((name) => `memory.partialResults.${name}`)];
  return { context: { crossed, referenced, ...(summaryTokens === undefined ? {} : { summaryTokens }) } };
}

/** What stands in a store, and in a private team with its words. */
function namesByReference(values: JsonObject): readonly string[] {
  const kept = Object.keys(values).filter((name) => keptTextOf(values[name]) !== undefined);
  return [...referencesIn(values).keys(), ...kept];
}
