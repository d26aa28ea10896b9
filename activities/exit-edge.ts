import { z } from 'zod';
import type { Crossing, StandInCrossing, TurnInput } from '../contract/activities.ts';
import { crossFacts, type Crossed } from '../contract/adapters.ts';
import { failure } from '../contract/failures.ts';
import type { JsonObject } from '../contract/json.ts';
import { getOwn } from '../contract/json.ts';
import { REASON_CHARACTERS } from '../contract/limits.ts';
import { poolOfOwner } from '../contract/queues.ts';
import type { PersonalDataKind } from '../contract/personal-data.ts';
import { personalDataKinds } from '../contract/personal-data.ts';
import { kindsRedactedAnywhere, kindsRedactedBetween } from '../contract/redaction.ts';
import { declarationsOfFacts, declarationsOfMember } from '../contract/tagged-fields.ts';
import { edgeBetween } from '../contract/edges.ts';
import type { AgentManifest, TeamManifest } from '../contract/team.ts';
import type { AgentTurn } from '../contract/turn.ts';
import { isEmptyMemory, type WorkingMemory } from '../contract/working-memory.ts';
import type { Agent } from './agent.ts';
import { issuesBeside } from './entry-edge.ts';
import { leaveMemory, whyResultsRefused, type MemoryLeft } from './memory-edge.ts';
import { redactHandover, redactReason } from './privacy/redact-turn.ts';
import { Redaction, type Originals } from './privacy/redact.ts';

/** A turn as it leaves its agent: what may not cross has been left behind. */
export interface Leaving {
  readonly turn: AgentTurn;
  readonly crossing?: Crossing;
  /** For several questions: what crosses with each, in their order; null where nobody may ask so. */
  readonly crossings?: readonly (Crossing | null)[];
  /** What masks took the place of. Apart from the crossing: it must not enter the history. */
  readonly originals?: CrossingOriginals;
}

/** Originals by field, of what crosses to the receiver and of what was prepared for each stand-in. */
export interface CrossingOriginals {
  readonly receiver: Originals;
  readonly standIns: Readonly<Record<string, Originals>>;
}

/** What an agent has that could cross, references resolved. */
export interface Carried {
  readonly facts: JsonObject;
  readonly memory: WorkingMemory;
}

/**
 * The exit edge: facts on their way to another owner are cut to what it accepts, and masked as the edge says, before
 * they enter the history (I6, X5); so is the text that goes with them. The turn that is recorded no longer holds
 * what was meant for the receiver; the crossing does.
 * @param carried what the source knows and adds, with values for what the receiver declares
 * @param receiver the receiver's definition where this worker has it, to validate early; the receiver validates anyway
 */
export function leave(
  turn: AgentTurn,
  input: Pick<TurnInput, 'envelope' | 'agent'>,
  carried: Carried,
  manifest: TeamManifest,
  receiver: (name: string) => Agent | undefined,
): Leaving {
  const told = redactReason(turn, new Redaction(kindsRedactedAnywhere(manifest)));
  const { intent } = told;
  if (intent.kind === 'ask')
    return leaveWithQuestion({ ...told, intent }, input.agent, carried, manifest, receiver);
  if (intent.kind === 'fan-out')
    return leaveWithQuestions({ ...told, intent }, input.agent, carried, manifest, receiver);
  if (intent.kind !== 'transfer' && intent.kind !== 'return' && intent.kind !== 'escalate')
    return { turn: told };
  const bare: AgentTurn = { ...told, intent: { ...intent, facts: {} } };
  const to = intent.kind === 'return' ? input.envelope.transfer?.from : intent.to;
  if (to === undefined || poolOfOwner(to) !== undefined || getOwn(manifest.pools, to)) {
    const { facts, memory } = carried;
    const whole = isEmptyMemory(memory) ? {} : { memory: { crossed: memory } };
    const declared = Object.keys(facts);
    return { turn: bare, crossing: { to: to ?? 'people', facts, declared, dropped: [], ...whole } };
  }
  const target = getOwn(manifest.agents, to);
  // An unknown target is for the guards to refuse; nothing crosses to it.
  if (!target) return { turn: bare };
  const way: Way = { manifest, from: input.agent, verb: intent.kind === 'return' ? 'return' : 'transfer' };
  const standIns = prepareStandIns(way, to, carried);
  const redaction = new Redaction(kindsToAny(way, [to, ...Object.keys(standIns ?? {})]));
  const shown = redactHandover({ ...intent, facts: {} }, redaction);
  const { cut, originals: ofFacts, ...crossed } = cross(way, to, carried);
  const masked = [...(crossed.masked ?? []), ...redaction.masked];
  const crossing: Crossing = {
    to,
    ...crossed,
    ...(masked.length > 0 ? { masked } : {}),
    ...(standIns ? { standIns: mapValues(standIns, ({ crossing: one }) => one) } : {}),
  };
  const originals: CrossingOriginals = {
    receiver: new Map([...ofFacts, ...redaction.originals]),
    standIns: mapValues(standIns ?? {}, (one) => one.originals),
  };
  const left = { turn: { ...told, intent: shown }, originals };
  if (cut.failure) return { ...left, crossing: { ...crossing, failure: cut.failure } };
  const missing = cut.missing
    .concat(leftBehind(cut, crossed.facts, target.accepts))
    .filter(notAskable(target));
  const problem = whyNotAccepted(to, { ...crossed, missing }, receiver(to), target);
  if (problem === undefined) return { ...left, crossing };
  const why = crossed.masked ? `${problem} (the edge masks ${namesOf(crossed.masked)})` : problem;
  return { ...left, crossing: { ...crossing, failure: failure('AGENT_INPUT_INVALID', why, 'facts') } };
}

/**
 * A question on its way to another agent: its facts are cut to what that one accepts and masked as the team says, as
 * for a handoff, because they go to somebody who may know less (I6, X5). Where nobody may ask so, nothing crosses.
 */
function leaveWithQuestion(
  turn: AgentTurn & { readonly intent: Extract<AgentTurn['intent'], { kind: 'ask' }> },
  from: string,
  { facts, memory }: Carried,
  manifest: TeamManifest,
  receiver: (name: string) => Agent | undefined,
): Leaving {
  const { intent } = turn;
  const { to } = intent;
  const ask = manifest.asks?.find((one) => one.from === from && one.to === to);
  const target = getOwn(manifest.agents, to);
  if (!ask || !target) return { turn: { ...turn, intent: { ...intent, facts: {} } } };
  const cut = crossFacts(target.accepts, [], facts);
  const redaction = new Redaction(ask.redact ?? []);
  const ends = declarationsOfFacts([target.accepts]);
  const sends = declarationsOfFacts([getOwn(manifest.agents, from)?.accepts ?? {}]);
  const masked = redaction.facts(cut.facts, (name) => [
    ...declarationsOfMember(ends, name),
    ...declarationsOfMember(sends, name),
  ]);
  const question = redaction.text(intent.question, 'question', REASON_CHARACTERS);
  const missing = cut.missing.concat(leftBehind(cut, masked, target.accepts));
  const taken = leaveMemory(memory, target, getOwn(manifest.agents, from), new Redaction(ask.redact ?? []));
  const crossing = taken.crossing ? { memory: taken.crossing } : {};
  const allMasked = [...redaction.masked, ...taken.masked];
  const why = cut.failure
    ? undefined
    : whyNotAccepted(to, { facts: masked, missing, ...crossing }, receiver(to));
  const problem =
    cut.failure ?? (why === undefined ? undefined : failure('AGENT_INPUT_INVALID', why, 'facts'));
  return {
    turn: { ...turn, intent: { ...intent, question, facts: {} } },
    crossing: {
      to,
      facts: masked,
      declared: Object.keys(masked),
      dropped: [...cut.dropped, ...redaction.dropped],
      ...crossing,
      ...(allMasked.length > 0 ? { masked: allMasked } : {}),
      ...(problem ? { failure: problem } : {}),
    },
  };
}

/** Several questions, each cut to whoever is asked: one agent learns nothing of what another is told (I6). */
function leaveWithQuestions(
  turn: AgentTurn & { readonly intent: Extract<AgentTurn['intent'], { kind: 'fan-out' }> },
  from: string,
  { facts, memory }: Carried,
  manifest: TeamManifest,
  receiver: (name: string) => Agent | undefined,
): Leaving {
  const { intent } = turn;
  const asks: typeof intent.asks = [];
  const crossings: (Crossing | null)[] = [];
  for (const ask of intent.asks) {
    const alone = { ...turn, intent: { kind: 'ask', ...ask } } as const;
    const left = leaveWithQuestion(
      alone,
      from,
      { facts: { ...facts, ...ask.facts }, memory },
      manifest,
      receiver,
    );
    const question = left.turn.intent.kind === 'ask' ? left.turn.intent.question : ask.question;
    asks.push({ ...ask, question, facts: {} });
    crossings.push(left.crossing ?? null);
  }
  return { turn: { ...turn, intent: { ...intent, asks } }, crossings };
}

/** Whence facts go, and by which verb. */
interface Way {
  readonly manifest: TeamManifest;
  readonly from: string;
  readonly verb: 'transfer' | 'return';
}

/** Facts adapted, cut and masked for one receiver, and the working memory with them. */
function cross(
  way: Way,
  to: string,
  { facts, memory }: Carried,
): Omit<StandInCrossing, 'originals'> & { readonly cut: Crossed; readonly originals: Originals } {
  const { manifest, from, verb } = way;
  const accepts = getOwn(manifest.agents, to)?.accepts ?? {};
  const edge = edgeBetween(manifest, from, to);
  const cut = crossFacts(accepts, edge?.adapt ?? [], facts);
  const redaction = new Redaction(kindsRedactedBetween(manifest, from, to, verb));
  // Either side may know that a field is personal, each by its own name for it.
  const ends = declarationsOfFacts([accepts]);
  const sends = declarationsOfFacts([getOwn(manifest.agents, from)?.accepts ?? {}]);
  const masked = redaction.facts(cut.facts, (name) => [
    ...declarationsOfMember(ends, name),
    ...[name, ...cut.adapted.filter((one) => one.to === name).map((one) => one.from)].flatMap((known) =>
      declarationsOfMember(sends, known),
    ),
  ]);
  const taken: MemoryLeft = leaveMemory(
    memory,
    getOwn(manifest.agents, to),
    getOwn(manifest.agents, from),
    new Redaction(kindsRedactedBetween(manifest, from, to, verb)),
  );
  const allMasked = [...redaction.masked, ...taken.masked];
  return {
    cut,
    originals: new Map([...redaction.originals, ...taken.originals]),
    facts: masked,
    declared: Object.keys(masked),
    dropped: [...cut.dropped, ...redaction.dropped],
    ...(taken.crossing ? { memory: taken.crossing } : {}),
    ...(cut.adapted.length > 0 ? { adapted: cut.adapted } : {}),
    ...(allMasked.length > 0 ? { masked: allMasked } : {}),
  };
}

/** What would cross to the stand-ins of the edge; undefined where nobody redacts and the workflow can cut by itself. */
function prepareStandIns(
  way: Way,
  to: string,
  carried: Carried,
): Readonly<Record<string, PreparedStandIn>> | undefined {
  const { manifest, from } = way;
  const names = edgeBetween(manifest, from, to)?.fallback ?? [];
  if (names.length === 0 || kindsToAny(way, [to, ...names]).length === 0) return undefined;
  const prepared = names.map((name) => {
    const { cut, originals, ...crossing } = cross(way, name, carried);
    const target = getOwn(manifest.agents, name);
    const missing = cut.missing.filter((fact) => !target || notAskable(target)(fact));
    return missing.length > 0 || cut.failure ? [] : [[name, { crossing, originals }] as const];
  });
  return Object.fromEntries(prepared.flat());
}

/** What would cross to one stand-in, and what masks took the place of in it. */
interface PreparedStandIn {
  readonly crossing: StandInCrossing;
  readonly originals: Originals;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

function kindsToAny(way: Way, receivers: readonly string[]): readonly PersonalDataKind[] {
  const found = receivers.flatMap((to) => kindsRedactedBetween(way.manifest, way.from, to, way.verb));
  return personalDataKinds().filter((kind) => found.includes(kind));
}

/** Required facts that no mask fits, and that stayed behind for it. */
function leftBehind(cut: Crossed, facts: JsonObject, accepts: JsonObject): readonly string[] {
  const required = accepts['required'];
  return cut.declared.filter(
    (name) => !Object.hasOwn(facts, name) && Array.isArray(required) && required.includes(name),
  );
}

/** What the receiver asks its user for may stay behind: it does so before it works (U13). */
function notAskable({ needs = {} }: AgentManifest): (name: string) => boolean {
  return (name) => !Object.hasOwn(needs, name);
}

function namesOf(masked: NonNullable<Crossing['masked']>): string {
  return masked.map((one) => `${one.field} as ${one.kind}`).join(', ');
}

function whyNotAccepted(
  to: string,
  { facts, missing, memory }: Pick<Crossing, 'facts' | 'memory'> & { readonly missing: readonly string[] },
  receiver: Agent | undefined,
  target?: AgentManifest,
): string | undefined {
  if (missing.length > 0) return `${to} requires ${missing.map((name) => `facts.${name}`).join(', ')}`;
  const result = receiver?.accepts.safeParse(facts);
  const absent = Object.keys(target?.needs ?? {}).filter((name) => !Object.hasOwn(facts, name));
  const issues = result?.error ? issuesBeside(result.error.issues, absent) : [];
  if (issues.length > 0) return `${to} does not accept: ${z.prettifyError(new z.ZodError(issues))}`;
  return receiver && whyResultsRefused(receiver, memory?.crossed?.partialResults, 'memory.partialResults');
}
