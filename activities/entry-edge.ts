import { z } from 'zod';
import type { TurnInput } from '../contract/activities.ts';
import { parseEnvelope, type Envelope } from '../contract/envelope.ts';
import type { Failure } from '../contract/failures.ts';
import { failure } from '../contract/failures.ts';
import type { JsonObject } from '../contract/json.ts';
import type { Parsed } from '../contract/parse.ts';
import { envelopeDigest } from '../contract/seal.ts';
import { selectFields } from '../contract/selective-fields.ts';
import type { Agent, Turn } from './agent.ts';
import type { Received } from './context/receive.ts';
import type { DetectLanguage } from './language/detect-language.ts';
import { jsonSchemaOf } from './define-tool.ts';
import { whyResultsRefused } from './memory-edge.ts';

/** The first half of the entry edge: version, shape and digest, before anything that came by reference is read. */
export function checkEnvelope(input: TurnInput): Parsed<Envelope> {
  const parsed = parseEnvelope(input.envelope);
  if (!parsed.ok) return parsed;
  // Of the envelope as it arrived: parsing may fill in defaults.
  if (input.offer && envelopeDigest(input.envelope) !== input.offer.digest)
    return refused(failure('ENVELOPE_CHANGED', `handoff ${input.offer.handoffId}`));
  return parsed;
}

/**
 * The second half: facts are checked before an agent sees anything (H1, H2).
 * @returns the turn as the agent will see it, or why it may not
 */
export function enter(
  agent: Agent,
  input: TurnInput,
  { envelope, facts: known, memory: workingMemory, conversation }: Received & { readonly envelope: Envelope },
  {
    attempt,
    signal,
    detectLanguage,
    missing,
  }: {
    readonly attempt: number;
    readonly signal: AbortSignal;
    readonly detectLanguage: DetectLanguage;
    /** Facts that the user is to be asked for first: without them, only the rest of the facts must be right. */
    readonly missing: readonly string[];
  },
): Parsed<Turn<JsonObject>> {
  const declared = selectFields(schemaOf(agent), known);
  const facts = agent.accepts.safeParse(declared.facts);
  const issues = facts.success ? [] : issuesBeside(facts.error.issues, missing);
  if (issues.length > 0) {
    const error = new z.ZodError(issues);
    return refused(
      failure('AGENT_INPUT_INVALID', `${agent.name}: ${z.prettifyError(error)}`, fieldOf(error)),
    );
  }
  const results = whyResultsRefused(agent, workingMemory.partialResults, 'memory.partialResults');
  if (results !== undefined) return refused(failure('AGENT_INPUT_INVALID', results, 'memory.partialResults'));
  const unanswered = conversation.filter(
    (message) =>
      message.sequence > input.answeredUpTo &&
      (message.from.kind === 'user' || message.from.kind === 'person'),
  );
  const heard = unanswered.findLast((message) => message.from.kind === 'user');
  return {
    ok: true,
    value: {
      facts: facts.data ?? declared.facts,
      memory: known,
      workingMemory,
      task: envelope.task,
      transfer: envelope.transfer,
      conversation,
      unanswered,
      asked: input.asked,
      answers: input.answers,
      notices: input.notices,
      effects: envelope.effects,
      user: envelope.user,
      locale: envelope.locale,
      language: heard && (heard.locale ?? detectLanguage(heard.text)),
      channel: envelope.channel,
      number: input.turn,
      attempt,
      trace: input.trace,
      caseId: input.caseId,
      envelope,
      signal,
    },
  };
}

/** What is wrong with facts apart from those that are missing. */
export function issuesBeside<Issue extends { readonly path: readonly PropertyKey[] }>(
  issues: readonly Issue[],
  missing: readonly string[],
): Issue[] {
  return issues.filter((issue) => !missing.includes(String(issue.path[0] ?? '')));
}

function refused(what: Failure): Parsed<never> {
  return { ok: false, failure: what };
}

function fieldOf(error: z.ZodError): string {
  return ['facts', ...(error.issues[0]?.path ?? [])].map(String).join('.');
}

const schemas = new WeakMap<Agent, JsonObject>();

/** JSON Schema of what an agent accepts: made once, for it costs more than a turn. */
export function schemaOf(agent: Agent): JsonObject {
  const known = schemas.get(agent);
  if (known) return known;
  const schema = jsonSchemaOf(agent.accepts);
  schemas.set(agent, schema);
  return schema;
}
