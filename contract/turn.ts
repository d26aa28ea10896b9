import { z } from 'zod';
import { anyJsonSchema } from './any-json.ts';
import { passedOverSchema, summarySchema, workElsewhereSchema } from './envelope.ts';
import { failure } from './failures.ts';
import { needSchema, restSchema } from './fan-out.ts';
import {
  ASKS_PER_TURN,
  CALLS_PER_TURN,
  CALL_BYTES,
  FACTS_BYTES,
  PARTIAL_RESULTS_BYTES,
  PAYLOAD_BYTES,
  RECORDS_READ,
} from './limits.ts';
import { missingFactsSchema } from './missing.ts';
import type { Parsed } from './parse.ts';
import { isWithinBytes } from './json-bytes.ts';
import { findPrototypeName, parseWith } from './parse.ts';
import { cutText } from './text.ts';
import { refuseVersion, upcastToNewest } from './versions.ts';
import { factsSchema, idSchema, reasonSchema, textSchema, versionSchema } from './words.ts';

// A target or tool name comes from a model: any short string is a name that may turn out to be unknown (G4).
const Word = z.string().min(1).max(200);
const Facts = factsSchema().refine(
  (facts) => isWithinBytes(facts, FACTS_BYTES),
  `at most ${String(FACTS_BYTES)} bytes`,
);
const handover = {
  reasonCode: z.string().min(1).max(100),
  explanation: reasonSchema().default(''),
  /** Facts for the receiver on top of the sender's own; both are cut to what the receiver accepts. */
  facts: Facts.default({}),
  summary: summarySchema().optional(),
  completed: z.array(reasonSchema()).max(100).default([]),
  remaining: z.array(reasonSchema()).max(100).default([]),
  unable: z.array(reasonSchema()).max(100).default([]),
  flags: z.array(z.string().max(100)).max(50).optional(),
  sentiment: z.string().max(100).optional(),
};

// Strict, because models misspell: a field that nobody declared is a mistake to be told of, not a fact to be lost.
const Call = z.strictObject({
  /** The agent's own name for the call; its answer comes back under it. */
  id: idSchema(),
  tool: Word,
  arguments: factsSchema().refine(
    (value) => isWithinBytes(value, CALL_BYTES),
    `at most ${String(CALL_BYTES)} bytes`,
  ),
});
/** One call of a tool that an agent asks for. */
export type Call = z.output<typeof Call>;

const question = {
  to: Word,
  reasonCode: z.string().min(1).max(100),
  question: reasonSchema().min(1),
  /** Facts for the one who is asked, on top of the asker's own; both are cut to what it accepts. */
  facts: Facts.default({}),
  /** What the answer may take at most; the team may allow less. */
  limits: z
    .strictObject({
      tokens: z.int().positive().optional(),
      costUsd: z.number().positive().optional(),
      ms: z.int().positive().optional(),
    })
    .optional(),
};

const Intent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('reply'),
    text: textSchema(),
    /** Facts that the agent cannot go on without: the user is shown them until they are known (U13). */
    missing: missingFactsSchema().optional(),
  }),
  z.strictObject({
    kind: z.literal('call'),
    calls: z
      .array(Call)
      .min(1)
      .max(CALLS_PER_TURN)
      // Answers come back by id: of two calls with one id, one would be lost and believed done.
      .refine(
        (calls) => new Set(calls.map((call) => call.id)).size === calls.length,
        'every call needs an id of its own',
      ),
  }),
  z.strictObject({
    kind: z.literal('ask'),
    /** The agent's own name for the question; the answer comes back under it. */
    id: idSchema().default('ask'),
    ...question,
  }),
  z.strictObject({
    kind: z.literal('fan-out'),
    asks: z
      .array(
        z.strictObject({
          /** The agent's own name for the question; the answer comes back under it. */
          id: idSchema(),
          ...question,
        }),
      )
      .min(1)
      .max(ASKS_PER_TURN)
      .refine(
        (asks) => new Set(asks.map((one) => one.id)).size === asks.length,
        'every question needs an id of its own',
      ),
    /** How many must be answered; the team may want more. What the team says when absent, else all. */
    need: needSchema().optional(),
    /** What becomes of the others once enough are answered. What the team says when absent, else they are waited for. */
    rest: restSchema().optional(),
  }),
  z.strictObject({ kind: z.literal('transfer'), to: Word, ...handover }),
  z.strictObject({ kind: z.literal('return'), ...handover }),
  z.strictObject({ kind: z.literal('escalate'), to: Word.optional(), ...handover }),
  z.strictObject({
    kind: z.literal('ask-review'),
    pool: Word.optional(),
    question: reasonSchema().min(1),
    subject: anyJsonSchema(),
    expiresMs: z.int().positive().optional(),
  }),
  z.strictObject({
    kind: z.literal('finish'),
    outcome: z.string().min(1).max(100),
    text: textSchema().optional(),
    summary: summarySchema().optional(),
  }),
]);
/**
 * What an agent wants. Intents are proposals: guards and policy dispose (P10), and nothing has happened yet.
 * `transfer` moves ownership along an edge, `return` gives it back to the previous owner, `escalate` moves it to
 * people; `reply` answers the user and waits, and may name what is missing; `call` asks for tools; `ask` puts a question
 * to another agent, which owns nothing and answers to the asker's next turn, and `fan-out` several at once, whose answers
 * come together; `ask-review` puts a question to people without
 * moving ownership; `finish` ends the case.
 */
export type Intent = z.output<typeof Intent>;

const AgentTurn = z.strictObject({
  version: versionSchema(),
  intent: Intent,
  /** Said to the user on the way, whatever the intent. */
  say: textSchema().optional(),
  /** Merged into the agent's own working memory; `null` removes nothing. */
  facts: Facts.default({}),
  recordsRead: z.array(z.string().max(500)).max(RECORDS_READ).optional(),
  /** What the agent works with beside facts (H8): its own until the case moves on, and then its receiver's too. */
  workingMemory: z
    .strictObject({
      /** What it is after, and takes to be so. The newest holds. */
      intent: reasonSchema().min(1).optional(),
      /** Results that are not facts yet, by name: a name that is there is replaced, `null` takes it away. */
      partialResults: factsSchema()
        .refine(
          (results) => isWithinBytes(results, PARTIAL_RESULTS_BYTES),
          `at most ${String(PARTIAL_RESULTS_BYTES)} bytes`,
        )
        .optional(),
    })
    .optional(),
  provenance: z
    .strictObject({
      modelVersion: z.string().max(200).optional(),
      promptVersion: z.string().max(200).optional(),
      passedOver: passedOverSchema().optional(),
      confidence: z.number().min(0).max(1).optional(),
      reason: reasonSchema().optional(),
      /** What another house wrote and decided, where the answer is that house's (H8). */
      elsewhere: workElsewhereSchema().optional(),
    })
    .default({}),
});
/** One answer of one agent: an intent, what it learnt, and how it came to it. */
export type AgentTurn = z.output<typeof AgentTurn>;
/** The same as an agent may write it, defaults left out. */
export type AgentTurnInput = z.input<typeof AgentTurn>;

/** Validates what an agent returned. Failures: `VERSION_UNSUPPORTED`, `INPUT_TOO_LARGE`, `AGENT_OUTPUT_INVALID`. */
export function parseAgentTurn(value: unknown): Parsed<AgentTurn> {
  const version = refuseVersion(value, 'turn');
  if (version) return { ok: false, failure: version };
  const parsed = parseWith(AgentTurn, upcastToNewest(value, 'turn'), 'turn', {
    bytes: PAYLOAD_BYTES,
    code: 'AGENT_OUTPUT_INVALID',
  });
  // Whoever returns a long text or table instead of a turn has every one of its keys named.
  if (!parsed.ok)
    return { ok: false, failure: { ...parsed.failure, message: cutText(parsed.failure.message, 2_000) } };
  // Validators drop this name where any name is allowed: among facts and arguments, unseen.
  const field = findPrototypeName(value, 'turn');
  if (field === undefined) return parsed;
  return {
    ok: false,
    failure: failure('AGENT_OUTPUT_INVALID', `${field}: a name that cannot be kept`, field),
  };
}
/** The turn's schema, for JSON Schema outside the sandbox. */
export function agentTurnSchema(): typeof AgentTurn {
  return AgentTurn;
}
