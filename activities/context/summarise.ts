import { wordsOf, type Message } from '../../contract/conversation.ts';
import type { Envelope, Summary } from '../../contract/envelope.ts';
import type { JsonObject } from '../../contract/json.ts';
import { REASON_CHARACTERS, SUMMARY_TOKENS } from '../../contract/limits.ts';
import { referenceOf } from '../../contract/reference-fact.ts';
import { cutText } from '../../contract/text.ts';
import type { Intent } from '../../contract/turn.ts';
import type { CountTokens } from './tokens.ts';

/** What a summary at a boundary is made from: what the receiver may know, and nothing else. */
export interface SummaryMaterial {
  readonly from: string;
  readonly to: string;
  readonly intent: Extract<Intent, { kind: 'transfer' | 'return' | 'escalate' }>;
  /** Facts as they cross. */
  readonly facts: JsonObject;
  readonly task: Envelope['task'];
  readonly effects: Envelope['effects'];
  readonly recordsRead: readonly string[];
  readonly conversation: readonly Message[];
}

/** Writes the summary of a boundary. A model may stand behind this port; the limits are checked after it. */
export type Summarise = (material: SummaryMaterial) => Promise<Summary> | Summary;

/** Entries of each list that the contract lets a summary have. */
const MOST = 50;
/** Characters of one entry: a few lines. */
const PIECE_CHARACTERS = 400;

/**
 * The summary that needs no model: what the sender wrote itself, then what it read and did, then the user's own
 * words, newest first. More than fits is cut by {@link fitSummary}, from the end.
 */
export function summariseByRule(material: SummaryMaterial): Summary {
  const { from, to, intent, facts, task, effects, recordsRead, conversation } = material;
  const written = intent.summary;
  const why = intent.explanation === '' ? intent.reasonCode : `${intent.reasonCode}: ${intent.explanation}`;
  const users = conversation.filter((message) => message.from.kind === 'user');
  const others = conversation.filter(
    (message) => message.from.kind === 'agent' || message.from.kind === 'person',
  );
  const questions = users.slice(-3).flatMap((message) => questionsIn(wordsOf(message)));
  return {
    decision: cutText(written?.decision ?? `${from} hands the case to ${to}. ${why}`, REASON_CHARACTERS),
    inputs: distinct([
      ...(written?.inputs ?? []),
      `task: ${task.definition}`,
      ...Object.entries(facts).map(
        ([name, value]) => `${name}: ${cutText(textOf(value), PIECE_CHARACTERS - name.length - 2)}`,
      ),
      ...effects.slice(-10).map((effect) => `${effect.tool} by ${effect.agent}: ${effect.status}`),
      ...task.completed.map((item) => `done: ${item}`),
      ...recordsRead.map((record) => `read: ${record}`),
      ...[...users].reverse().map((message) => `user: ${wordsOf(message)}`),
      ...[...others].reverse().map((message) => `${message.from.kind}: ${wordsOf(message)}`),
    ]),
    openQuestions: distinct([
      ...(written?.openQuestions ?? []),
      ...task.remaining,
      ...intent.remaining,
      ...task.unable.map((item) => `not possible so far: ${item}`),
      ...intent.unable.map((item) => `not possible so far: ${item}`),
      ...questions,
    ]),
  };
}

/**
 * Cuts a summary to {@link SUMMARY_TOKENS}: the decision always stays, then open questions and inputs by turns, each
 * list from its front, so that neither drives out the other.
 */
export function fitSummary(
  summary: Summary,
  count: CountTokens,
): { readonly summary: Summary; readonly tokens: number } {
  const measure = (one: Summary): number => count(JSON.stringify(one));
  let fitted: Summary = { decision: summary.decision, inputs: [], openQuestions: [] };
  let tokens = measure(fitted);
  while (tokens > SUMMARY_TOKENS) {
    fitted = { ...fitted, decision: cutText(fitted.decision, Math.floor(fitted.decision.length * 0.8)) };
    tokens = measure(fitted);
  }
  // Counting the whole for each entry would take most of the time that a handoff has. What is not close to the limit is
  // known by its parts: a text and what follows it have as many tokens as both, give or take what the seam joins.
  let parts = tokens;
  let seams = 0;
  const waiting = { inputs: [...summary.inputs], openQuestions: [...summary.openQuestions] };
  const lists = ['openQuestions', 'inputs', 'inputs'] as const;
  while (waiting.inputs.length + waiting.openQuestions.length > 0) {
    for (const list of lists) {
      const entry = waiting[list].shift();
      if (entry === undefined) continue;
      // An entry that is too long for what is left is cut, so that a few long ones leave more than the decision.
      for (let text = entry; text.length > 0; text = cutText(text, Math.floor(text.length / 2))) {
        const grown = { ...fitted, [list]: [...fitted[list], text] };
        const together = parts + count(`,${JSON.stringify(text)}`);
        const doubt = AT_A_SEAM * (seams + 2);
        if (together > SUMMARY_TOKENS + doubt) continue;
        const counted = together > SUMMARY_TOKENS - doubt;
        const whole = counted ? measure(grown) : together;
        if (whole > SUMMARY_TOKENS) continue;
        parts = whole;
        seams = counted ? 0 : seams + 1;
        fitted = grown;
        break;
      }
    }
  }
  tokens = measure(fitted);
  // Parts that were counted too low, should any be: the limit is the contract's.
  while (tokens > SUMMARY_TOKENS) {
    const list = fitted.inputs.length > 0 ? 'inputs' : 'openQuestions';
    fitted = { ...fitted, [list]: fitted[list].slice(0, -1) };
    tokens = measure(fitted);
  }
  return { summary: fitted, tokens };
}

/** Tokens that the seam between two parts can make or save. */
const AT_A_SEAM = 2;

function distinct(entries: readonly string[]): string[] {
  return [...new Set(entries.flatMap(pieces).filter((entry) => entry !== ''))].slice(0, MOST);
}

/** A long text as several entries, so that the start of each is there before the rest of any. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (let rest = text.trim(); rest !== ''; rest = rest.slice(found.at(-1)?.length ?? 0).trimStart()) {
    found.push(cutText(rest, PIECE_CHARACTERS));
    if (found.at(-1) === '') break;
  }
  return found;
}

function textOf(value: JsonObject[string]): string {
  const reference = referenceOf(value);
  if (reference) return `kept in the context store, ${String(reference.bytes)} bytes`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Sentences that ask something: Latin, Devanagari, Arabic and full-width marks. */
function questionsIn(text: string): string[] {
  return text
    .split(/(?<=[.!?\u0964\u061f\uff1f\u3002\uff01])\s+/u)
    .filter((sentence) => /[?\u061f\uff1f]$/u.test(sentence.trim()));
}
