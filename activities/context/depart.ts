import type { Crossing, TurnInput } from '../../contract/activities.ts';
import { summarySchema, type Envelope } from '../../contract/envelope.ts';
import type { JsonObject } from '../../contract/json.ts';
import { getOwn } from '../../contract/json.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import type { ContextStore } from '../../contract/ports.ts';
import { declares } from '../../contract/selective-fields.ts';
import { edgeBetween } from '../../contract/edges.ts';
import type { TeamManifest } from '../../contract/team.ts';
import { kindsRedactedBetween, kindsWalledOff } from '../../contract/redaction.ts';
import type { AgentTurn } from '../../contract/turn.ts';
import { crossingDigest, type MemoryCrossing } from '../../contract/working-memory.ts';
import { redactSummary } from '../privacy/redact-turn.ts';
import { Redaction, type Originals } from '../privacy/redact.ts';
import type { Leaving } from '../exit-edge.ts';
import { contextCaseOf } from './converse.ts';
import { offloadFacts } from './facts-by-reference.ts';
import { keepOriginals } from './keep-originals.ts';
import type { Received } from './receive.ts';
import { fitSummary, type Summarise } from './summarise.ts';
import { tokenCounter } from './tokens.ts';

/** A turn on its way out, as the history will have it. */
type Departed = Pick<Leaving, 'turn' | 'crossing' | 'crossings'>;

/** What departing needs of the world. */
export interface DepartDependencies {
  readonly context: ContextStore | undefined;
  readonly summarise: Summarise;
}

/**
 * Applies the techniques of the edge to what crosses (X4): measures it (X6), sums it up (X1), and moves into the
 * store what is large or named (X2). What the agent noted for itself is moved by size as well.
 */
export async function depart(
  dependencies: DepartDependencies,
  input: TurnInput,
  received: Received,
  manifest: TeamManifest,
  leaving: Leaving,
): Promise<Departed> {
  const { context } = dependencies;
  const { turn, crossing, crossings, originals } = leaving;
  const owner = contextCaseOf(input);
  const offload = (facts: JsonObject): Promise<JsonObject> =>
    offloadFacts(context, owner, facts, { manifest });
  const facts = (await offload(turn.facts)) as AgentTurn['facts'];
  const stated = await lightenStated(turn.workingMemory, offload);
  const lighten = async (one: Crossing | null): Promise<Crossing | null> => {
    if (!one || one.failure) return one;
    return {
      ...one,
      digest: crossingDigest(one.facts, one.memory?.crossed),
      facts: await offload(one.facts),
      ...(one.memory ? { memory: await lightenCrossed(one.memory, offload) } : {}),
    };
  };
  // By name and not by spreading: originals must not come along.
  const left: Departed = {
    turn: { ...turn, facts, ...(stated ? { workingMemory: stated } : {}) },
    ...(crossing ? { crossing } : {}),
    ...(crossings ? { crossings: await Promise.all(crossings.map(lighten)) } : {}),
  };
  if (!crossing || crossing.failure || !getOwn(manifest.agents, crossing.to)) return left;
  const { intent } = turn;
  // Only a transfer comes along an edge.
  const transfer = intent.kind === 'transfer' ? intent : undefined;
  const techniques = transfer && edgeBetween(manifest, input.agent, crossing.to)?.context;
  const named = techniques?.reference ?? [];
  const moved = await offloadFacts(context, owner, crossing.facts, { manifest, named });
  const summed =
    transfer && techniques?.summary === true
      ? await summaryOf(dependencies.summarise, { input, received, turn, transfer, crossing, manifest })
      : undefined;
  const departed: Crossing = {
    ...crossing,
    ...summed?.inCrossing,
    digest: crossingDigest(crossing.facts, crossing.memory?.crossed),
    facts: moved,
    ...(crossing.memory ? { memory: await lightenCrossed(crossing.memory, offload) } : {}),
  };
  return { ...left, crossing: await keepOriginals(context, owner, departed, originals, summed?.originals) };
}

type Stated = AgentTurn['workingMemory'];

async function lightenStated(
  stated: Stated,
  offload: (results: JsonObject) => Promise<JsonObject>,
): Promise<Stated> {
  if (!stated?.partialResults) return stated;
  const partialResults = (await offload(stated.partialResults)) as typeof stated.partialResults;
  return { ...stated, partialResults };
}

async function lightenCrossed(
  memory: MemoryCrossing,
  offload: (results: JsonObject) => Promise<JsonObject>,
): Promise<MemoryCrossing> {
  const { crossed } = memory;
  if (!crossed?.partialResults) return memory;
  return { ...memory, crossed: { ...crossed, partialResults: await offload(crossed.partialResults) } };
}

/** The facts a turn leaves with: what it knew, what it learnt, and what it adds for the receiver. */
export function factsToCut(received: Received, turn: AgentTurn): JsonObject {
  const added = 'facts' in turn.intent ? turn.intent.facts : {};
  return { ...received.facts, ...turn.facts, ...added };
}

/** Whether a fact could reach the receiver: it declares the name, or the edge's adapters give it another one. */
export function mayCross(
  manifest: TeamManifest,
  from: string,
  target: TeamManifest['agents'][string],
  name: string,
): boolean {
  return edgeBetween(manifest, from, target.name)?.adapt !== undefined || declares(target.accepts, name);
}

/** The agents that a turn's intent would hand the case to, or asks, as far as the team has them. */
export function receiversOf(
  turn: AgentTurn,
  envelope: Envelope,
  manifest: TeamManifest,
): readonly TeamManifest['agents'][string][] {
  const { intent } = turn;
  const named = (...names: readonly string[]): readonly TeamManifest['agents'][string][] =>
    names.flatMap((name) => getOwn(manifest.agents, name) ?? []);
  if (intent.kind === 'ask') return named(intent.to);
  if (intent.kind === 'fan-out') return named(...intent.asks.map((one) => one.to));
  if (intent.kind !== 'transfer' && intent.kind !== 'return') return [];
  const to = intent.kind === 'return' ? envelope.transfer?.from : intent.to;
  return to === undefined || poolOfOwner(to) !== undefined ? [] : named(to);
}

/** Each question with values in place of references to what its asker was given: they are cut each by itself. */
export async function withQuestionsResolved(
  turn: AgentTurn,
  resolve: (facts: JsonObject) => Promise<JsonObject>,
): Promise<AgentTurn> {
  const { intent } = turn;
  if (intent.kind !== 'fan-out') return turn;
  const asks = await Promise.all(
    intent.asks.map(async (ask) => ({ ...ask, facts: (await resolve(ask.facts)) as typeof ask.facts })),
  );
  return { ...turn, intent: { ...intent, asks } };
}

async function summaryOf(
  summarise: Summarise,
  what: {
    readonly input: TurnInput;
    readonly received: Received;
    readonly turn: AgentTurn;
    readonly transfer: Extract<AgentTurn['intent'], { kind: 'transfer' }>;
    readonly crossing: Crossing;
    readonly manifest: TeamManifest;
  },
): Promise<{
  readonly inCrossing: Pick<Crossing, 'summary' | 'summaryTokens' | 'masked'>;
  readonly originals: Originals;
}> {
  const { input, received, turn, transfer, crossing } = what;
  const written = await summarise({
    from: input.agent,
    to: crossing.to,
    intent: transfer,
    facts: crossing.facts,
    task: input.envelope.task,
    effects: input.envelope.effects,
    recordsRead: [...(input.envelope.memory.recordsRead ?? []), ...(turn.recordsRead ?? [])],
    conversation: received.wholeConversation,
  });
  // A model may stand behind the port: its answer is held to the contract like any other.
  const kinds = kindsRedactedBetween(what.manifest, input.agent, crossing.to, 'transfer');
  const walled = kindsWalledOff(input.envelope.transfer?.walls, 0);
  const redaction = new Redaction(kinds.concat(walled));
  // The summariser reads the source's own view of the case; what it wrote crosses like any other text.
  const redacted = redactSummary(summarySchema().parse(written), redaction);
  const { summary, tokens } = fitSummary(redacted, await tokenCounter());
  const masked = [...(crossing.masked ?? []), ...redaction.masked];
  const { originals } = redaction;
  return {
    inCrossing: { summary, summaryTokens: tokens, ...(masked.length > 0 ? { masked } : {}) },
    originals,
  };
}
