import { z } from 'zod';
import { bindingConstraints, refuseAction } from '../../contract/constraints.ts';
import { edgeBetween } from '../../contract/edges.ts';
import { missingFactsSchema } from '../../contract/missing.ts';
import { getOwn, isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import type { AgentManifest, TeamManifest } from '../../contract/team.ts';
import type { Turn } from '../agent.ts';
import { jsonSchemaOf } from '../define-tool.ts';
import type { ModelTool } from './model.ts';
import { offerWorking, workingShape } from './working-arguments.ts';

/** What a model may choose beside its own tools: each ends the turn, and by itself. */
export type Choice =
  | { readonly kind: 'transfer'; readonly to: string; readonly facts: JsonObject }
  | { readonly kind: 'return' }
  | { readonly kind: 'ask'; readonly to: string; readonly facts: JsonObject }
  | { readonly kind: 'escalate' }
  | { readonly kind: 'clarify' }
  | { readonly kind: 'finish' };

/** Everything that is offered to a model on one turn. */
export interface Choices {
  readonly tools: readonly ModelTool[];
  /** By the name offered. */
  readonly choices: ReadonlyMap<string, Choice>;
}

/** What a choice's name begins with, where it hands on to an agent. */
export const TRANSFER_PREFIX = 'transfer_to_';
/** What a choice's name begins with, where it asks an agent. */
export const ASK_PREFIX = 'ask_';
/** The choice that gives a case back. */
export const RETURN = 'return_to_previous';
/** The choice that asks the user for what is missing. */
export const CLARIFY = 'clarify';
/** Longest name of a tool that every vendor takes. */
const TOOL_NAME_CHARACTERS = 64;

const Why = {
  reason_code: z.string().min(1).max(100).describe('Short reason in kebab-case, such as duplicate-charge'),
  explanation: z.string().min(1).max(2_000).describe('Why, in one or two sentences, for whoever takes over'),
  completed: z.array(z.string().max(500)).max(20).optional().describe('What has been done'),
  remaining: z.array(z.string().max(500)).max(20).optional().describe('What is left to do'),
  confidence: z.number().min(0).max(1).optional().describe('How sure you are, 0 to 1'),
};
const Transfer = z.strictObject({
  ...Why,
  ...workingShape(),
  facts: z.record(z.string(), z.json()).default({}),
});
const Ask = z.strictObject({
  reason_code: Why.reason_code,
  question: z.string().min(1).max(2_000).describe('What you want to know or have done, in full'),
  ...workingShape(),
  facts: z.record(z.string(), z.json()).default({}),
});
const Return = z.strictObject({ ...Why, ...workingShape() });
const ReturnOfQuestion = z.strictObject(Why);
const Escalate = z.strictObject({ ...Why, ...workingShape(), pool: z.string().min(1).max(200).optional() });
const Finish = z.strictObject({
  outcome: z.string().min(1).max(100),
  text: z.string().min(1).optional(),
});
const FinishOffered = Finish.extend({ text: z.string().optional() });

const Clarify = z.strictObject({
  text: z.string().min(1).describe('What you say to the customer: all that you need of them, as a question'),
  missing: missingFactsSchema().describe(
    'Each thing that you need of them, and why, in words for the customer',
  ),
});

/** Arguments of a question to the user. */
export type ClarifyArguments = z.output<typeof Clarify>;
/** Arguments of a handover, as choices have them. */
export type HandoverArguments = z.output<typeof Transfer> & Partial<z.output<typeof Escalate>>;
/** Arguments of a question. */
export type AskArguments = z.output<typeof Ask>;
/** Arguments of an ending. */
export type FinishArguments = z.output<typeof Finish>;

/** The schema of a choice's own arguments, without the facts of its receiver. */
export function argumentsSchema(
  kind: Choice['kind'],
): z.ZodType<HandoverArguments | FinishArguments | AskArguments | ClarifyArguments> {
  switch (kind) {
    case 'ask':
      return Ask;
    case 'transfer':
    case 'return':
      return Transfer;
    case 'escalate':
      return Escalate.transform((value) => ({ ...value, facts: {} }));
    case 'finish':
      return Finish;
    case 'clarify':
      return Clarify;
  }
}

/** The agent's own tools and the ways out of its turn, as the pinned manifest has them. */
export function choicesOf(
  turn: Turn<JsonObject>,
  manifest: TeamManifest,
  agent: AgentManifest,
  outcomes: readonly string[] | undefined,
): Choices {
  const choices = new Map<string, Choice>();
  const { allowedActions } = bindingConstraints(manifest, turn.task);
  const allowed = Object.values(agent.tools).filter(({ name }) => !refuseAction(name, allowedActions));
  const offered: ModelTool[] = allowed.map((tool) => ({
    name: tool.name,
    description: tool.approval
      ? `${tool.description}. A person of ${tool.approval.pool} may have to say yes first.`
      : tool.description,
    schema: withoutDialect(tool.input),
  }));
  const offer = (name: string, choice: Choice, description: string, schema: JsonObject): void => {
    const short = name.slice(0, TOOL_NAME_CHARACTERS);
    choices.set(short, choice);
    offered.push({ name: short, description, schema });
  };
  if (turn.asked?.review) return { tools: offered.filter(({ name }) => name === heldTool(turn)), choices };
  for (const one of (manifest.asks ?? []).filter(({ from }) => from === agent.name)) {
    const target = manifest.agents[one.to];
    if (!target) continue;
    const facts = factsWanted(target.accepts, turn.memory);
    offer(
      `${ASK_PREFIX}${one.to}`,
      { kind: 'ask', to: one.to, facts },
      `Asks ${one.to} (${target.domain}): ${target.scope}. You keep the case, and get the answer on your next turn. Several can be asked in one answer, with no other call beside them.`,
      offerWorking(schemaOf(Ask, facts), target.workingMemory),
    );
  }
  if (turn.asked) {
    offer(
      RETURN,
      { kind: 'return' },
      `Gives the question back to ${turn.asked.by} without an answer, and says why.`,
      schemaOf(ReturnOfQuestion),
    );
    return { tools: offered, choices };
  }
  for (const one of manifest.edges.filter((edge) => edge.from === agent.name && edge.verb === 'transfer')) {
    const target = manifest.agents[one.to];
    if (!target) continue;
    const facts = factsWanted(target.accepts, turn.memory, target.needs);
    offer(
      `${TRANSFER_PREFIX}${one.to}`,
      { kind: 'transfer', to: one.to, facts },
      `Hands the case over to ${one.to} (${target.domain}): ${target.scope}. You no longer own it then.`,
      offerWorking(schemaOf(Transfer, facts), target.workingMemory),
    );
  }
  const previous = turn.transfer?.from;
  if (previous !== undefined && mayReturn(turn, manifest, agent.name)) {
    const taken = getOwn(manifest.agents, previous)?.workingMemory;
    offer(
      RETURN,
      { kind: 'return' },
      `Gives the case back to ${previous}, who gave it to you: it was not for you, or they must go on.`,
      offerWorking(schemaOf(Return), taken),
    );
  }
  offer(
    CLARIFY,
    { kind: 'clarify' },
    'Asks the customer for what you cannot go on without. They are shown what is missing until you know it, so name all of it at once.',
    schemaOf(Clarify),
  );
  const pools = poolsOf(manifest, agent.name);
  offer(
    'escalate_to_human',
    { kind: 'escalate' },
    'Hands the case over to people: beyond your authority, at your wits’ end, or when asked for a human.',
    // People get all that there is: a model is asked for it where its team hands such things on.
    offerWorking(
      withMember(schemaOf(Escalate), 'pool', { type: 'string', enum: [...pools] }),
      agent.workingMemory,
    ),
  );
  const finish = schemaOf(FinishOffered);
  offer(
    'finish',
    { kind: 'finish' },
    'Ends the case: everything is done, and the customer needs nothing more. The text is said to the customer.',
    outcomes ? withMember(finish, 'outcome', { type: 'string', enum: [...outcomes] }) : finish,
  );
  return { tools: offered, choices };
}

/** The tool whose call people are to decide, where a person asks the agent about it. */
function heldTool({ asked }: Turn<JsonObject>): string | undefined {
  const subject = asked?.review?.kind === 'tool-call' ? asked.review.subject : undefined;
  const tool = isJsonObject(subject) ? subject['tool'] : undefined;
  return typeof tool === 'string' ? tool : undefined;
}

function mayReturn(turn: Turn<JsonObject>, manifest: TeamManifest, agent: string): boolean {
  const from = turn.transfer?.from;
  if (from === undefined || poolOfOwner(from) !== undefined) return false;
  return edgeBetween(manifest, from, agent)?.noReturn !== true;
}

function poolsOf(manifest: TeamManifest, agent: string): readonly string[] {
  const own = manifest.edges.filter((edge) => edge.from === agent && edge.verb === 'escalate');
  return [...new Set([...own.map((edge) => edge.to), manifest.escalation])];
}

/**
 * What the receiver accepts, as a schema for the facts of a transfer. What the sender knows crosses by itself (I6), so
 * that a model need not copy it, and is not required of it; nor is what the receiver asks the user for itself, for a
 * model that is made to say something makes it up.
 */
function factsWanted(accepts: JsonObject, known: JsonObject, needs: AgentManifest['needs'] = {}): JsonObject {
  const required: readonly JsonValue[] = Array.isArray(accepts['required']) ? accepts['required'] : [];
  const schema = { ...withoutDialect(accepts) };
  const missing = required.filter(
    (name) => typeof name !== 'string' || !(Object.hasOwn(known, name) || Object.hasOwn(needs, name)),
  );
  return {
    ...schema,
    required: missing,
    description: 'What the receiver needs to know. What is known already crosses by itself: leave it out.',
  };
}

const written = new WeakMap<z.ZodType, JsonObject>();

/** Arguments of a choice as JSON Schema: made once for each, for it costs more than all else that a turn offers. */
function argumentsOf(schema: z.ZodType): JsonObject {
  const known = written.get(schema);
  if (known) return known;
  const made = withoutDialect(jsonSchemaOf(schema));
  written.set(schema, made);
  return made;
}

/** The schema with another one for a member that it has, in the same place. */
function withMember(schema: JsonObject, name: string, member: JsonObject): JsonObject {
  const { properties } = schema;
  return isJsonObject(properties) ? { ...schema, properties: { ...properties, [name]: member } } : schema;
}

function schemaOf(schema: z.ZodType, facts?: JsonObject): JsonObject {
  const own = argumentsOf(schema);
  if (!facts || !isJsonObject(own['properties'])) return own;
  // References in a schema are paths from its root: what they lead to goes there.
  const { $defs, ...wanted } = facts;
  const required: readonly JsonValue[] = Array.isArray(own['required']) ? own['required'] : [];
  const needsFacts = Array.isArray(wanted['required']) && wanted['required'].length > 0;
  return {
    ...own,
    ...($defs === undefined ? {} : { $defs }),
    properties: { ...own['properties'], facts: wanted },
    required: needsFacts ? [...required, 'facts'] : required,
  };
}

/** Vendors take schemas without the word that says which JSON Schema it is. */
function withoutDialect(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$schema'));
}
