import type { TurnInput } from '../../contract/activities.ts';
import type { Message } from '../../contract/conversation.ts';
import type { Envelope } from '../../contract/envelope.ts';
import type { JsonObject } from '../../contract/json.ts';
import { getOwn } from '../../contract/json.ts';
import { keptTextOf } from '../../contract/kept-text.ts';
import type { ContextStore } from '../../contract/ports.ts';
import { referencesIn } from '../../contract/reference-fact.ts';
import { declares } from '../../contract/selective-fields.ts';
import type { ConversationView, TeamManifest } from '../../contract/team.ts';
import {
  crossingDigest,
  pickMemory,
  workingMemoryOf,
  type WorkingMemory,
} from '../../contract/working-memory.ts';
import { asTakenUp } from '../memory-edge.ts';
import { redactConversation } from '../privacy/redact-turn.ts';
import { edgeOfTransfer, viewConversation } from './conversation-view.ts';
import { converse } from './converse.ts';
import { resolveFacts } from './facts-by-reference.ts';
import { digestOfKept, type Privacy } from './keep-private.ts';

/** The context of a turn once everything that came by reference has been read. */
export interface Received {
  /** The owner's facts: those that it declares as values, others as they came. */
  readonly facts: JsonObject;
  /** What the owner works with beside facts, all of it as values (H8). */
  readonly memory: WorkingMemory;
  /** The conversation as the edge lets this owner see it. */
  readonly conversation: readonly Message[];
  /** The same before any view was taken, redacted as for this owner. */
  readonly wholeConversation: readonly Message[];
  readonly keptThrough?: number;
  /** Digest of the facts and of the working memory that crossed with this handoff, as they were read here (X6). */
  readonly arrived?: string;
}

/** What receiving needs of the world. */
export interface ReceiveDependencies {
  readonly context: ContextStore | undefined;
  /** The one that the case is pinned to. */
  readonly manifest: TeamManifest;
  /** With which words are kept, in a private team. */
  readonly privacy: Privacy | undefined;
}

/**
 * Reads what came by reference: messages that are kept, and facts that the owner declares (X2, X9).
 * @throws `CONTEXT_MISSING`, `CONTEXT_CHANGED`, `PERSON_ERASED`, `STORE_UNAVAILABLE`
 */
export async function receive(
  dependencies: ReceiveDependencies,
  input: TurnInput,
  envelope: Envelope,
  accepts: JsonObject,
): Promise<Received> {
  const { context, manifest, privacy } = dependencies;
  const known = workingMemoryOf(envelope.memory);
  const [conversed, facts, partialResults] = await Promise.all([
    converse(context, input),
    resolveFacts(context, input, envelope.memory.facts, (name) => declares(accepts, name)),
    resolveFacts(context, input, known.partialResults ?? {}, () => true),
  ]);
  const results = privacy
    ? asTakenUp(envelope, getOwn(manifest.agents, input.agent), partialResults)
    : partialResults;
  const memory = workingMemoryOf({ ...known, partialResults: results });
  const view = viewOf(manifest, envelope);
  const { conversation, keptThrough } = conversed;
  // Before anything else sees it: views and summaries are made of what this owner may see (X5).
  const seen = redactConversation(conversation, envelope.transfer?.walls);
  return {
    facts,
    memory,
    conversation: viewConversation(seen, view, input.answeredUpTo),
    wholeConversation: seen,
    ...(keptThrough === undefined ? {} : { keptThrough }),
    ...arrivalOf(input, facts, memory, privacy),
  };
}

function arrivalOf(
  input: TurnInput,
  facts: JsonObject,
  memory: WorkingMemory,
  privacy: Privacy | undefined,
): { readonly arrived?: string } {
  const { crossed, crossedMemory } = input.offer ?? {};
  if (!crossed) return {};
  const arrived = crossed.flatMap((name) => {
    const value = getOwn(facts, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const read = Object.fromEntries(arrived);
  const taken = crossedMemory && pickMemory(memory, crossedMemory);
  // A fact nobody could resolve has not arrived, whatever its reference says.
  if (referencesIn(read).size > 0) return {};
  if (!privacy) return { arrived: crossingDigest(read, taken) };
  const unread = Object.values(read).some((value) => keptTextOf(value) !== undefined);
  return unread ? {} : { arrived: digestOfKept(privacy, read, taken) };
}

function viewOf(manifest: TeamManifest, envelope: Envelope): ConversationView | undefined {
  // Only a transfer comes along an edge.
  if (envelope.transfer?.verb !== 'transfer') return undefined;
  return edgeOfTransfer(manifest, envelope.transfer)?.context?.conversation;
}
