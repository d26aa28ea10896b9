import { z } from 'zod';
import { failure, type Failure, type FailureCode } from '../../contract/failures.ts';
import { getOwn, type JsonObject } from '../../contract/json.ts';
import type { AgentManifest, TeamManifest } from '../../contract/team.ts';
import { cutText } from '../../contract/text.ts';
import type { Call, Intent } from '../../contract/turn.ts';
import type { Answer, Turn } from '../agent.ts';
import type { Tool } from '../tool.ts';
import { announcesHandover } from './announcements.ts';
import {
  argumentsSchema,
  RETURN,
  TRANSFER_PREFIX,
  type AskArguments,
  type Choice,
  type Choices,
  type ClarifyArguments,
  type FinishArguments,
  type HandoverArguments,
} from './choices.ts';
import type { ModelPart } from './model.ts';
import { readArguments } from './read-arguments.ts';
import { findRepeat } from './repeats.ts';
import type { ThreadEntry } from './thread.ts';
import { statedBy } from './working-arguments.ts';

/** What a model's answer amounts to: an intent, or what the model is to be told of it. */
export type Interpreted =
  { readonly ok: true; readonly answer: Answer } | { readonly ok: false; readonly failure: Failure };

/** What an answer is read against. */
export interface Reading {
  readonly turn: Turn<JsonObject>;
  readonly manifest: TeamManifest;
  readonly agent: AgentManifest;
  readonly tools: Readonly<Record<string, Tool>>;
  readonly choices: Choices;
  /** The thread before this answer, oldest first. */
  readonly earlier: readonly ThreadEntry[];
}

type CallPart = Extract<ModelPart, { kind: 'call' }>;

/**
 * Reads what a model said. It is pure, and strict: of an answer that can be read in two ways nothing is done, and
 * the model is told what was wrong with it; the case counts how often (F14). What words may not do is not decided
 * here but by guards, authority and approvals, which see the intent like any other agent's (P10).
 */
export function interpret(entry: ThreadEntry, reading: Reading): Interpreted {
  const text = textOf(entry.parts);
  const calls = entry.parts.filter((part) => part.kind === 'call');
  if (entry.finish === 'length') return refused('MODEL_ANSWER_CUT', 'it reached the limit of tokens');
  if (entry.finish === 'filtered') return refused('MODEL_ANSWER_EMPTY', 'its vendor held it back');
  const chosen = calls.flatMap((call) => {
    const choice = choiceOf(call, reading.choices);
    return choice ? [{ call, choice }] : [];
  });
  const [first] = chosen;
  if (!first) return calls.length > 0 ? callTools(calls, text, entry, reading) : speak(text, reading);
  const asks = chosen.flatMap(({ call, choice }) => (choice.kind === 'ask' ? [{ call, choice }] : []));
  if (calls.length > 1 && asks.length === calls.length) return askSeveral(asks, text);
  if (calls.length > 1) {
    const names = calls.map((call) => call.name).join(', ');
    return refused('MODEL_CHOICE_UNCLEAR', `it called ${names} at once`);
  }
  return choose(first.call, first.choice, text, reading);
}

function refused(code: FailureCode, detail: string, field?: string): Interpreted {
  return { ok: false, failure: failure(code, cutText(detail, 1_500), field) };
}

function textOf(parts: readonly ModelPart[]): string {
  return parts
    .map((part) => (part.kind === 'text' ? part.text : ''))
    .join('')
    .trim();
}

/** A handover that is not offered is a proposal all the same: the guards know whom there is, and refuse it (G4). */
function choiceOf(call: CallPart, { choices, tools }: Choices): Choice | undefined {
  const known = choices.get(call.name);
  if (known || tools.some((tool) => tool.name === call.name)) return known;
  if (call.name === RETURN) return { kind: 'return' };
  if (!call.name.startsWith(TRANSFER_PREFIX)) return undefined;
  const to = call.name.slice(TRANSFER_PREFIX.length);
  return to === '' ? undefined : { kind: 'transfer', to, facts: {} };
}

function speak(text: string, { turn, agent, manifest }: Reading): Interpreted {
  if (text === '') return refused('MODEL_ANSWER_EMPTY', 'neither text nor a call');
  const told = turn.notices.some(
    (one) => one.kind === 'output-invalid' && one.failure.code === 'MODEL_HANDOVER_NOT_CALLED',
  );
  const targets = manifest.edges
    .filter((edge) => edge.from === agent.name)
    .flatMap((edge) => [edge.to, getOwn(manifest.agents, edge.to)?.domain ?? '']);
  if (!told && announcesHandover(text, targets))
    return refused('MODEL_HANDOVER_NOT_CALLED', JSON.stringify(cutText(text, 300)));
  return { ok: true, answer: { intent: { kind: 'reply', text } } };
}

function callTools(
  calls: readonly CallPart[],
  text: string,
  entry: ThreadEntry,
  reading: Reading,
): Interpreted {
  const asked: Call[] = [];
  for (const call of calls) {
    const tool = getOwn(reading.tools, call.name);
    if (!tool) {
      const known = reading.choices.tools.map((one) => one.name).join(', ');
      return refused('MODEL_TOOL_UNKNOWN', `${JSON.stringify(call.name)}; offered: ${known}`);
    }
    const read = readArguments(call.arguments);
    const parsed = read.ok ? tool.parse(read.value) : { ok: false as const, issues: read.issue };
    if (!read.ok || !parsed.ok) {
      const issues = parsed.ok ? '' : parsed.issues;
      return refused('MODEL_ARGUMENTS_INVALID', `${call.name}: ${issues}`, call.name);
    }
    asked.push({ id: call.id, tool: call.name, arguments: read.value as Call['arguments'] });
  }
  const repeat = findRepeat(asked, reading.earlier, reading.agent, entry);
  if (repeat) {
    const detail = `${repeat.tool} with ${JSON.stringify(repeat.arguments)}`;
    return refused('MODEL_CALL_REPEATED', detail, repeat.tool);
  }
  return { ok: true, answer: { ...saying(text), intent: { kind: 'call', calls: asked } } };
}

type Read =
  | {
      readonly ok: true;
      readonly data: HandoverArguments | FinishArguments | AskArguments | ClarifyArguments;
    }
  | { readonly ok: false; readonly failure: Failure };

function readChoice(call: CallPart, choice: Choice): Read {
  const invalid = (issues: string): Read => ({
    ok: false,
    failure: failure('MODEL_ARGUMENTS_INVALID', cutText(`${call.name}: ${issues}`, 1_500), call.name),
  });
  const read = readArguments(call.arguments);
  if (!read.ok) return invalid(read.issue);
  const parsed = argumentsSchema(choice.kind).safeParse(read.value);
  if (!parsed.success) return invalid(z.prettifyError(parsed.error));
  const { data } = parsed;
  const wanted = choice.kind === 'transfer' || choice.kind === 'ask' ? choice.facts : undefined;
  const issues = wanted && 'facts' in data ? issuesOf(wanted, data.facts) : undefined;
  return issues === undefined ? { ok: true, data } : invalid(issues);
}

type AskChoice = Extract<Choice, { kind: 'ask' }>;

function questionOf(call: CallPart, { to }: AskChoice, told: AskArguments): Asked {
  const { reason_code: reasonCode, question, facts } = told;
  return { id: call.id, to, reasonCode, question, facts };
}

type Asked = Omit<Extract<Intent, { kind: 'ask' }>, 'kind' | 'limits'>;

/** Several questions in one answer are put at once, and their answers come back together (O6). */
function askSeveral(
  asks: readonly { readonly call: CallPart; readonly choice: AskChoice }[],
  text: string,
): Interpreted {
  const questions: Asked[] = [];
  const told: AskArguments[] = [];
  for (const { call, choice } of asks) {
    const read = readChoice(call, choice);
    if (!read.ok) return read;
    const data = read.data as AskArguments;
    told.push(data);
    questions.push(questionOf(call, choice, data));
  }
  const said = questions.map(({ to, question, facts }) => JSON.stringify({ to, question, facts }));
  const again = questions.find((_, index) => said.indexOf(said[index] ?? '') < index);
  if (again) return refused('MODEL_CALL_REPEATED', `the same question twice at once, to ${again.to}`);
  return {
    ok: true,
    answer: { ...saying(text), ...statedByAll(told), intent: { kind: 'fan-out', asks: questions } },
  };
}

/** What was stated beside several questions: it is of one agent, and the later word holds. */
function statedByAll(told: readonly AskArguments[]): ReturnType<typeof statedBy> {
  const records = [...new Set(told.flatMap((one) => one.records_read ?? []))];
  const results: NonNullable<AskArguments['partial_results']> = {};
  for (const one of told) Object.assign(results, one.partial_results);
  const intent = told.flatMap((one) => one.intent ?? []).at(-1);
  return statedBy({
    ...(intent === undefined ? {} : { intent }),
    ...(records.length > 0 ? { records_read: records } : {}),
    ...(Object.keys(results).length > 0 ? { partial_results: results } : {}),
  });
}

function choose(call: CallPart, choice: Choice, text: string, reading: Reading): Interpreted {
  const read = readChoice(call, choice);
  if (!read.ok) return read;
  if (choice.kind === 'finish') {
    const { outcome, text: last = text } = read.data as FinishArguments;
    return {
      ok: true,
      answer: { intent: { kind: 'finish', outcome, ...(last === '' ? {} : { text: last }) } },
    };
  }
  if (choice.kind === 'clarify') {
    const { text: question, missing } = read.data as ClarifyArguments;
    return { ok: true, answer: { ...saying(text), intent: { kind: 'reply', text: question, missing } } };
  }
  const handover = read.data as HandoverArguments | AskArguments;
  if (choice.kind === 'ask') {
    const told = handover as AskArguments;
    const asked = questionOf(call, choice, told);
    return {
      ok: true,
      answer: { ...saying(text), ...statedBy(told), intent: { kind: 'ask', ...asked } },
    };
  }
  return {
    ok: true,
    answer: {
      ...saying(text),
      ...statedBy(handover),
      ...handOver(choice, handover as HandoverArguments, reading),
    },
  };
}

/** What is wrong with facts for a receiver; one that the team does not have takes none. */
function issuesOf(schema: JsonObject, facts: JsonObject): string | undefined {
  if (Object.keys(schema).length === 0) return undefined;
  const result = readerOf(schema).safeParse(facts);
  return result.success ? undefined : `facts: ${z.prettifyError(result.error)}`;
}

/** Schemas that were read lately: cases of a team ask for the same facts, and to read a schema takes a millisecond. */
const READERS = 200;
const readers = new Map<string, z.ZodType>();

function readerOf(schema: JsonObject): z.ZodType {
  const text = JSON.stringify(schema);
  const reader = readers.get(text) ?? z.fromJSONSchema(schema);
  readers.delete(text);
  readers.set(text, reader);
  const [oldest] = readers.keys();
  if (readers.size > READERS && oldest !== undefined) readers.delete(oldest);
  return reader;
}

function handOver(
  choice: Exclude<Choice, { kind: 'finish' | 'ask' | 'clarify' }>,
  handover: HandoverArguments,
  reading: Reading,
): Answer {
  const { reason_code: reasonCode, explanation, facts, completed, remaining, confidence, pool } = handover;
  const particulars = {
    reasonCode,
    explanation,
    facts,
    ...(completed ? { completed } : {}),
    ...(remaining ? { remaining } : {}),
  };
  const provenance = { reason: explanation, ...(confidence === undefined ? {} : { confidence }) };
  switch (choice.kind) {
    case 'transfer':
      return { intent: { kind: 'transfer', to: choice.to, ...particulars }, provenance };
    case 'return':
      return { intent: { kind: 'return', ...particulars }, provenance };
    case 'escalate': {
      const to = pool ?? escalationOf(reading);
      return { intent: { kind: 'escalate', to, ...particulars }, provenance };
    }
  }
}

/** The pool that an agent's own edge leads to, else the team's. */
function escalationOf({ manifest, agent }: Reading): string {
  const own = manifest.edges.find((edge) => edge.from === agent.name && edge.verb === 'escalate');
  return own?.to ?? manifest.escalation;
}

function saying(text: string): Pick<Answer, 'say'> {
  return text === '' ? {} : { say: text };
}
