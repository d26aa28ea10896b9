import type { z } from 'zod';
import type { Approval, Retry, ToolManifest } from '../contract/team.ts';
import type { ChangeAnswer, Fence, RecordStore, RecordTransaction } from '../contract/ports.ts';
import type { ToolRate } from '../contract/rates.ts';
import { BatonError, failure } from '../contract/failures.ts';
import type { JsonValue } from '../contract/json.ts';
import { digestOf } from '../contract/digest.ts';

/** What a tool is told when it is called. */
export interface ToolCall<Input> {
  readonly input: Input;
  /** Idempotency key: the same for every attempt of this call, and for its undo. Hand it to the outside system. */
  readonly key: string;
  /** Digest of the input, so that one key can be held to one input. */
  readonly inputDigest: string;
  /** Compare it in the outside system's own transaction where that is possible (F02). */
  readonly fence: Fence;
  readonly trace: string;
  readonly caseId: string;
  /** Aborted when the case no longer wants the answer. */
  readonly signal: AbortSignal;
}

/** A tool's answer: done, or a refusal that wrote nothing and goes back to the agent. Throw for everything else. */
export type ToolAnswer = ChangeAnswer;

/** A record before and after a write. */
export interface ToolPreview {
  readonly before: JsonValue;
  /** As far as the tool can tell without writing. */
  readonly after?: JsonValue;
}

/** What an undo came to. Throw when it did not work: Temporal retries, then a person sees a dead letter. */
export type UndoAnswer = { readonly kind: 'undone' | 'tombstoned' };

/** A tool as its author writes it. */
export interface ToolDefinition<Input> {
  readonly name: string;
  readonly description: string;
  /** Schema of the arguments: checked on the way out of the agent and again before the tool runs. */
  readonly input: z.ZodType<Input>;
  /** `read` changes nothing; `write` is an effect of the saga. */
  readonly effect: 'read' | 'write';
  readonly run: (call: ToolCall<Input>) => Promise<ToolAnswer>;
  /**
   * Takes the effect back by its key, whether it was committed or not: a key never seen must be tombstoned, so that
   * a late attempt finds it (I5). A write without an undo is irreversible and needs `approval`.
   */
  readonly undo?: (call: ToolCall<Input>) => Promise<UndoAnswer>;
  /** When a person must say yes first. */
  readonly approval?: Approval;
  /**
   * Reads the record that a write would change, for whoever must say yes: as it is, and as it would be. It writes
   * nothing, and a review is opened without it where it fails.
   */
  preview?(call: ToolCall<Input>): Promise<ToolPreview>;
  /** What an exhausted effect does; `unwind` when absent. */
  readonly onFailure?: 'unwind' | 'return-to-agent';
  /** Start to close of one attempt, in milliseconds; 10,000 when absent. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<Retry>;
  /**
   * How often it may be called by all cases of a tenant, whichever worker serves them; retries count, undos do not
   * wait. A call that comes too soon waits in its case, by a timer. As often as cases like when absent.
   */
  readonly rate?: ToolRate;
  /**
   * What it is used for, such as `refunds`: turns of models that call it, or read its answer, are put down to this
   * skill (A3). That of its agent when absent.
   */
  readonly skill?: string;
}

/** A tool that agents may be given. The input type is hidden; the schema guards it. */
export interface Tool {
  readonly name: string;
  readonly definition: ToolDefinition<never>;
  /** Validates arguments; issues are for the agent. */
  readonly parse: (
    value: unknown,
  ) => { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly issues: string };
  readonly run: (call: ToolCall<unknown>) => Promise<ToolAnswer>;
  readonly undo: ((call: ToolCall<unknown>) => Promise<UndoAnswer>) | undefined;
  readonly preview?: ((call: ToolCall<unknown>) => Promise<ToolPreview>) | undefined;
  readonly manifest: ToolManifest;
}

/** A tool over a {@link RecordStore}: the change and its undo share one transaction with the key. */
export interface RecordToolDefinition<Input> extends Omit<
  ToolDefinition<Input>,
  'run' | 'undo' | 'effect' | 'preview'
> {
  /** The store, asked for at each call so that a task or tenant may have its own. */
  readonly store: (call: ToolCall<Input>) => RecordStore;
  readonly change: (records: RecordTransaction, input: Input, call: ToolCall<Input>) => Promise<ToolAnswer>;
  /**
   * What people see of the records before they say yes: `records` runs the change over a store that takes no writes, and
   * shows every record that it would write, before and after. A change that does more than its records cannot say so.
   */
  readonly preview?: 'records' | ((call: ToolCall<Input>) => Promise<ToolPreview>);
}

/** Digest by which a key is held to one input. */
export function inputDigest(input: unknown): string {
  return digestOf(input);
}

/**
 * The parts `run` and `undo` of a tool that writes to a record store: committed by key, fenced, undone from
 * before-images to the byte (I3, I5).
 */
export function recordEffect<Input>(
  definition: Pick<RecordToolDefinition<Input>, 'name' | 'store' | 'change'>,
): Pick<ToolDefinition<Input>, 'run'> & { readonly undo: (call: ToolCall<Input>) => Promise<UndoAnswer> } {
  const tool = definition.name;
  return {
    run: async (call) => {
      const outcome = await definition.store(call).commit({
        key: call.key,
        fence: call.fence,
        tool,
        inputDigest: call.inputDigest,
        change: (records) => definition.change(records, call.input, call),
      });
      switch (outcome.kind) {
        case 'committed':
          return { kind: 'done', result: outcome.result };
        case 'refused':
          return outcome;
        case 'tombstoned':
          throw new BatonError(failure('EFFECT_TOMBSTONED', tool));
        case 'fenced':
          throw new BatonError(
            failure('EFFECT_FENCED', `${tool}, attempt ${String(outcome.by.attempt)} came first`),
          );
        case 'mismatched':
          throw new BatonError(failure('EFFECT_MISMATCH', tool));
      }
    },
    undo: async (call) => {
      const outcome = await definition.store(call).undo({ key: call.key, fence: call.fence, tool });
      switch (outcome.kind) {
        case 'undone':
        case 'tombstoned':
          return { kind: outcome.kind };
        case 'conflict':
          throw new BatonError(failure('UNDO_CONFLICT', `${tool} wrote ${outcome.collection}/${outcome.id}`));
        case 'fenced':
          throw new BatonError(failure('EFFECT_FENCED', tool));
      }
    },
  };
}
