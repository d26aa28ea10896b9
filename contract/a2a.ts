import { z } from 'zod';
import type { CaseOutcome } from './case.ts';
import { getOwn, isJsonObject, type JsonObject } from './json.ts';
import type { CaseStage } from './lifecycle.ts';
import type { RemoteTaskState } from './remote-task.ts';
import { factsSchema, idSchema, reasonSchema } from './words.ts';

/**
 * The extension of A2A by which teams of Baton hand over to each other: beside words and data that any agent reads, a
 * message carries the handoff itself, and a task says what its case did. Its version is part of its name, as A2A wants.
 */
export const HANDOFF_EXTENSION = 'urn:baton:a2a:handoff:1';

const Handoff = z.object({
  version: z.literal('1.0.0'),
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
  /** BCP 47 tag of the user's language. */
  locale: z.string().max(64).optional(),
  /** The source's seal over what crosses, in teams that sign (see docs/security.md). */
  signature: z.string().max(2_000).optional(),
  nonce: z.string().max(200).optional(),
});
/** A handoff as it travels in the metadata of a message, under {@link HANDOFF_EXTENSION}. */
export type A2aHandoff = z.output<typeof Handoff>;

const Report = z.object({
  version: z.literal('1.0.0'),
  caseId: idSchema(),
  stage: z.string().max(100),
  /** Word with which the case ended. */
  outcome: z.string().max(100).optional(),
  /** What became of what the case had written, once it has ended. */
  saga: z.enum(['kept', 'compensated', 'partly-compensated']).optional(),
  /** Writes of the case that stand; absent where nobody could be asked. */
  writes: z.int().nonnegative().optional(),
});
/** What a served team says of the case behind a task, in the metadata of the task. */
export type A2aReport = z.output<typeof Report>;

/** The handoff that a message carries; a failure's text where it carries something else in its place. */
export function readHandoff(
  metadata: unknown,
): { readonly handoff?: A2aHandoff } | { readonly problem: string } {
  const value = isJsonObject(metadata) ? getOwn(metadata, HANDOFF_EXTENSION) : undefined;
  if (value === undefined) return {};
  const parsed = Handoff.safeParse(value);
  return parsed.success ? { handoff: parsed.data } : { problem: z.prettifyError(parsed.error) };
}

/** What a task says of the case behind it; undefined for a task that no team of Baton serves. */
export function readReport(metadata: unknown): A2aReport | undefined {
  const value = isJsonObject(metadata) ? getOwn(metadata, HANDOFF_EXTENSION) : undefined;
  const parsed = Report.safeParse(value);
  return parsed.success ? parsed.data : undefined;
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
