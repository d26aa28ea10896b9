import { z } from 'zod';
import { anyJsonSchema } from './any-json.ts';
import type { Parsed } from './parse.ts';
import { parseWith } from './parse.ts';
import { EFFECTS_ELSEWHERE, JSON_DEPTH, PAYLOAD_BYTES, PROVENANCE_ENTRIES } from './limits.ts';
import { wallSchema } from './redaction.ts';
import { refuseVersion, upcastToNewest } from './versions.ts';
import { memoryNamesSchema } from './working-memory.ts';
import {
  digestSchema,
  factsSchema,
  idSchema,
  instantSchema,
  nameSchema,
  reasonSchema,
  versionSchema,
} from './words.ts';

const PassedOver = z.array(z.object({ model: z.string().max(200), code: z.string().max(100) })).max(10);

const EffectEntry = z.object({
  /** Idempotency key of the effect. */
  key: digestSchema(),
  step: z.int().positive(),
  agent: nameSchema(),
  tool: nameSchema(),
  status: z.enum(['scheduled', 'committed', 'failed', 'undone', 'kept', 'undo-failed']),
  /** What takes it back: the tool's own undo by this key, or nothing. */
  undo: z.enum(['by-key', 'irreversible']),
});
/** One write to the outside world in the side-effect manifest (H6). */
export type EffectEntry = z.output<typeof EffectEntry>;

const BareProvenance = z.object({
  /** Step of the case at which the decision was made. */
  step: z.int().nonnegative(),
  agent: nameSchema(),
  agentVersion: z.string().max(64),
  /** What was decided: the kind of the intent, with its target where it has one. */
  decision: z.string().max(200),
  modelVersion: z.string().max(200).optional(),
  promptVersion: z.string().max(200).optional(),
  /** Models of the agent's list that were asked before and did not answer, and why: the code of each failure. */
  passedOver: PassedOver.optional(),
  /** Tool calls in the order the agent asked for them. */
  toolCalls: z
    .array(z.object({ tool: z.string().max(200), callId: idSchema() }))
    .max(200)
    .optional(),
  confidence: z.number().min(0).max(1).optional(),
  reason: reasonSchema().optional(),
});

const WorkElsewhere = z.object({
  /** Writes of that case, the newest. Nobody here takes them back. */
  effects: z.array(EffectEntry).max(EFFECTS_ELSEWHERE),
  /** Who decided what there, the newest. */
  provenance: z.array(BareProvenance).max(PROVENANCE_ENTRIES),
});
/** What another house wrote and decided in a case of its own, as it says so itself (H8). Names, codes and reasons. */
export type WorkElsewhere = z.output<typeof WorkElsewhere>;

const HandedOver = WorkElsewhere.extend({
  /** Agent that handed the case over, by the name it has there. */
  from: z.string().max(200).optional(),
  /** Trace id of the case there. */
  trace: z.string().min(1).max(200),
  /** What of the working memory is wanted back; nothing when absent. */
  takes: memoryNamesSchema().optional(),
});
/** The case of another house that this one is a part of: what was done and decided there before. */
export type HandedOver = z.output<typeof HandedOver>;

const Provenance = BareProvenance.extend({
  /** The decision is another house's answer: what that house wrote and decided on the way to it. */
  elsewhere: WorkElsewhere.optional(),
});
/** Who decided what, with which versions, how sure, and why (H5). */
export type Provenance = z.output<typeof Provenance>;

const Summary = z.object({
  decision: reasonSchema(),
  inputs: z.array(reasonSchema()).max(50).default([]),
  openQuestions: z.array(reasonSchema()).max(50).default([]),
});
/** What the sender decided, from which inputs, and what is open (X1). */
export type Summary = z.output<typeof Summary>;

const Task = z.object({
  /** What the case is for, in the opener's words. */
  definition: reasonSchema(),
  constraints: z
    .object({
      deadline: instantSchema().optional(),
      budgetUsd: z.number().nonnegative().optional(),
      policies: z.array(reasonSchema()).max(50).optional(),
      allowedActions: z.array(nameSchema()).max(200).optional(),
    })
    .default({}),
  acceptance: z.array(reasonSchema()).max(50).default([]),
  completed: z.array(reasonSchema()).max(100).default([]),
  remaining: z.array(reasonSchema()).max(100).default([]),
  /** What a sender was unable to do. */
  unable: z.array(reasonSchema()).max(100).default([]),
});
/** Task state (H9); known facts stand in the working memory. */
export type Task = z.output<typeof Task>;

const Transfer = z.object({
  handoffId: idSchema(),
  verb: z.enum(['transfer', 'return', 'escalate', 'give-back']),
  from: z.string().max(200),
  to: z.string().max(200),
  reasonCode: z.string().min(1).max(100),
  explanation: reasonSchema(),
  summary: Summary.optional(),
  /** Owners so far, first to last, the sender included. */
  path: z.array(z.string().max(200)).max(200),
  confidence: z.number().min(0).max(1).optional(),
  flags: z.array(z.string().max(100)).max(50).optional(),
  sentiment: z.string().max(100).optional(),
  /** What the receiver sees only as redacted (X5). Absent where it sees everything. */
  walls: z.array(wallSchema()).max(200).optional(),
});
/** Why and how the case came to this receiver (H10). */
export type Transfer = z.output<typeof Transfer>;

const User = z.object({
  id: idSchema().optional(),
  name: z.string().max(500).optional(),
  locale: z.string().max(64).optional(),
  preferences: factsSchema().optional(),
});

const Envelope = z.object({
  version: versionSchema(),
  /** Hash of trace id, step and name: the receiver knows a repeat by it without asking (H3). */
  idempotencyKey: digestSchema(),
  /** One for the whole case: the first execution's run id (H4). */
  trace: z.uuid(),
  step: z.int().nonnegative(),
  provenance: z.array(Provenance).max(100),
  effects: z.array(EffectEntry).max(500),
  failureModes: z.object({
    retry: z.array(z.string().max(100)).max(100),
    human: z.array(z.string().max(100)).max(100),
  }),
  /** Working memory: what this owner may know. Cut to what it accepts whenever it crosses an edge (I6). */
  memory: z.object({
    intent: reasonSchema().optional(),
    facts: factsSchema(),
    recordsRead: z.array(z.string().max(500)).max(500).optional(),
    partialResults: anyJsonSchema().optional(),
  }),
  task: Task,
  /** Absent for the first owner of a case. */
  transfer: Transfer.optional(),
  /** Absent for a case that nobody elsewhere has handed over. */
  handedOver: HandedOver.optional(),
  user: User.optional(),
  channel: z.string().max(64).optional(),
  locale: z.string().max(64).optional(),
  /** Over the source's body, by the sending worker's key, in teams that ask for signed handoffs; see seal.ts. */
  signature: z.string().max(2_000).optional(),
  nonce: z.string().max(200).optional(),
});

/**
 * What crosses an edge: the six fields of a handoff contract (version, idempotency key, trace, provenance, effects,
 * failure modes), task state and working memory, and the transfer that brought it here (H1-H10).
 */
export type Envelope = z.output<typeof Envelope>;

/**
 * Validates an envelope at an agent's edge. An unsupported version is refused first, naming the supported ones.
 * Failures: `VERSION_UNSUPPORTED`, `INPUT_TOO_LARGE`, `INPUT_INVALID`.
 */
export function parseEnvelope(value: unknown): Parsed<Envelope> {
  const version = refuseVersion(value, 'envelope');
  if (version) return { ok: false, failure: version };
  return parseWith(Envelope, upcastToNewest(value, 'envelope'), 'envelope', {
    bytes: PAYLOAD_BYTES,
    depth: 2 * JSON_DEPTH,
  });
}
/** The envelope's schema, for JSON Schema and OpenAPI outside the sandbox. */
export function envelopeSchema(): typeof Envelope {
  return Envelope;
}
/** A decision as it crosses between houses: each speaks for itself, and not for what others told it. */
export function bareProvenance(entry: Provenance): z.output<typeof BareProvenance> {
  const own = { ...entry };
  delete own.elsewhere;
  return own;
}

/** Schema of one write in the side-effect manifest. */
export function effectEntrySchema(): typeof EffectEntry {
  return EffectEntry;
}
/** Schema of one decision as it crosses between houses. */
export function bareProvenanceSchema(): typeof BareProvenance {
  return BareProvenance;
}
/** Schema of what another house did. */
export function workElsewhereSchema(): typeof WorkElsewhere {
  return WorkElsewhere;
}
/** Schema of the case of another house behind this one. */
export function handedOverSchema(): typeof HandedOver {
  return HandedOver;
}
/** Schema of the models that were passed over before one answered. */
export function passedOverSchema(): typeof PassedOver {
  return PassedOver;
}
/** Schema of a summary at a boundary. */
export function summarySchema(): typeof Summary {
  return Summary;
}
/** Schema of task state. */
export function taskSchema(): typeof Task {
  return Task;
}
/** Schema of the user's profile. */
export function userSchema(): typeof User {
  return User;
}
