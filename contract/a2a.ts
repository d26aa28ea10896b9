import { z } from 'zod';
import type { CaseOutcome } from './case.ts';
import { bareProvenanceSchema, effectEntrySchema } from './envelope.ts';
import { failure } from './failures.ts';
import { getOwn, isJsonObject, type JsonObject } from './json.ts';
import type { CaseStage } from './lifecycle.ts';
import { EFFECTS_ELSEWHERE, JSON_DEPTH, PAYLOAD_BYTES, PROVENANCE_ENTRIES } from './limits.ts';
import { findPrototypeName, parseWith, type Parsed } from './parse.ts';
import { findReservedName } from './reference-fact.ts';
import type { RemoteTaskState } from './remote-task.ts';
import { refuseVersion, upcastToNewest } from './versions.ts';
import { memoryNamesSchema, workingMemorySchema } from './working-memory.ts';
import { factsSchema, idSchema, reasonSchema, versionSchema } from './words.ts';

/**
 * The extension of A2A by which teams of Baton hand over to each other: beside words and data that any agent reads, a
 * message carries the handoff itself, and a task says what its case did. Its version is part of its name, as A2A wants.
 */
export const HANDOFF_EXTENSION = 'urn:baton:a2a:handoff:1';

/** The three kinds of state that travel (H8). An older house sends none, and passes over what it is sent. */
const state = {
  /** Working memory: cut to what the receiver takes up, and masked as the edge says. */
  memory: workingMemorySchema().optional(),
  /** Tool-output state: writes of the sender's case, the newest. */
  effects: z.array(effectEntrySchema()).max(EFFECTS_ELSEWHERE).optional(),
  /** Decision provenance, the newest. */
  provenance: z.array(bareProvenanceSchema()).max(PROVENANCE_ENTRIES).optional(),
};

const Handoff = z.object({
  version: versionSchema(),
  /** Idempotency key of the task: the same message again is the same task. */
  idempotencyKey: z.string().min(1).max(200),
  /** Trace id of the case that hands over. */
  trace: z.string().min(1).max(200),
  from: z.string().max(200).optional(),
  reasonCode: z.string().max(100).optional(),
  explanation: reasonSchema().optional(),
  /** What the case is for. */
  definition: reasonSchema().optional(),
  /** Facts that may cross the edge, cut to what the receiver accepts and masked as the edge says. */
  facts: factsSchema().default({}),
  ...state,
  /** What of its working memory the sender wants back with the answer; nothing when absent. */
  takes: memoryNamesSchema().optional(),
  /** BCP 47 tag of the user's language. */
  locale: z.string().max(64).optional(),
  /** The source's seal over what crosses, in teams that sign (see docs/security.md). */
  signature: z.string().max(2_000).optional(),
  nonce: z.string().max(200).optional(),
});
/** A handoff as it travels in the metadata of a message, under {@link HANDOFF_EXTENSION}. */
export type A2aHandoff = z.output<typeof Handoff>;

const Report = z.object({
  version: versionSchema(),
  caseId: idSchema(),
  stage: z.string().max(100),
  /** Word with which the case ended. */
  outcome: z.string().max(100).optional(),
  /** What became of what the case had written, once it has ended. */
  saga: z.enum(['kept', 'compensated', 'partly-compensated']).optional(),
  /** Writes of the case that stand; absent where nobody could be asked. */
  writes: z.int().nonnegative().optional(),
  /** Once the case has ended, where its team hands something back. */
  ...state,
});
/** What a served team says of the case behind a task, in the metadata of the task. */
export type A2aReport = z.output<typeof Report>;

/**
 * The handoff that a message carries; undefined where it carries none.
 * Failures: `VERSION_UNSUPPORTED` naming the versions that are read, `INPUT_TOO_LARGE`, `INPUT_INVALID`.
 */
export function readHandoff(metadata: unknown): Parsed<A2aHandoff | undefined> {
  const what = 'handoff';
  return readUnder(metadata, what, (value) => parseWith(Handoff, value, what, BOUNDS));
}

/** What a task says of the case behind it; undefined for one that no team of Baton serves. Failures as above. */
export function readReport(metadata: unknown): Parsed<A2aReport | undefined> {
  const what = 'report';
  return readUnder(metadata, what, (value) => parseWith(Report, value, what, BOUNDS));
}

const BOUNDS = { bytes: PAYLOAD_BYTES, depth: 2 * JSON_DEPTH } as const;

function readUnder<Value>(
  metadata: unknown,
  what: string,
  parse: (value: unknown) => Parsed<Value>,
): Parsed<Value | undefined> {
  const value = isJsonObject(metadata) ? getOwn(metadata, HANDOFF_EXTENSION) : undefined;
  if (value === undefined) return { ok: true, value: undefined };
  const version = refuseVersion(value, what);
  if (version) return { ok: false, failure: version };
  const parsed = parse(upcastToNewest(value, what));
  if (!parsed.ok) return parsed;
  // Neither can be kept, and a reference of another house would point into the store of this one.
  const field = findPrototypeName(value, what) ?? findReservedName(value, what);
  if (field === undefined) return parsed;
  return { ok: false, failure: failure('INPUT_INVALID', `${field}: a name that cannot be kept`, field) };
}

/** Where a case stands, in the words of A2A. What waits for people is being worked on. */
export function taskStateOf({
  stage,
  outcome,
}: {
  readonly stage: CaseStage;
  readonly outcome?: CaseOutcome | undefined;
}): RemoteTaskState {
  switch (stage) {
    case 'opening':
      return 'submitted';
    case 'waiting-user':
      return 'input-required';
    case 'closed':
      if (outcome?.kind === 'cancelled') return 'canceled';
      return outcome?.kind === 'failed' ? 'failed' : 'completed';
    case 'working':
    case 'pending':
    case 'waiting-person':
    case 'human':
    case 'parked':
    case 'unwinding':
    case 'closing':
      return 'working';
  }
}

/** A state as it stands on the wire: `input-required` is `TASK_STATE_INPUT_REQUIRED`. */
export function stateOnWire(state: RemoteTaskState): string {
  return `TASK_STATE_${state.replace('-', '_').toUpperCase()}`;
}

/** Metadata with something of the extension in it. */
export function underExtension(value: A2aHandoff | A2aReport): JsonObject {
  return { [HANDOFF_EXTENSION]: { ...value } };
}
