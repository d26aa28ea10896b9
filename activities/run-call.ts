import { Context } from '@temporalio/activity';
import type { CallInput, CallOutput, Recorded, UndoOutput } from '../contract/activities.ts';
import { BatonError, failure } from '../contract/failures.ts';
import { CALL_BYTES } from '../contract/limits.ts';
import { jsonBytes } from '../contract/parse.ts';
import { classifyFailure } from './classify-failure.ts';
import { startHeartbeat } from './heartbeat.ts';
import { recordRows } from './record-rows.ts';
import type { TurnDependencies } from './run-turn.ts';
import { inputDigest, type Tool, type ToolCall } from './tool.ts';

/**
 * One tool call, as activity `look` or `effect`. A refusal is an answer for the agent; everything thrown is a
 * failure of the attempt, whose outcome outside may be unknown: the key makes the next attempt safe (I3).
 */
export async function runCall(
  dependencies: TurnDependencies,
  input: CallInput,
): Promise<CallOutput & Recorded> {
  const recordedThrough = await recordRows(dependencies.ledger, input.rows);
  const { tool, call, refused } = await prepare(dependencies, input);
  if (refused !== undefined) {
    return { kind: 'refused', failure: failure('TOOL_INPUT_INVALID', refused, 'arguments'), recordedThrough };
  }
  const answer = await guarded('EFFECT_FAILED', () => tool.run(call));
  switch (answer.kind) {
    case 'done':
      if (jsonBytes(answer.result) > CALL_BYTES) {
        throw classifyFailure(
          new BatonError(
            failure(
              'INPUT_TOO_LARGE',
              `the result of ${input.tool} has ${String(jsonBytes(answer.result))} bytes, the limit is ${String(CALL_BYTES)}`,
              'result',
            ),
          ),
        );
      }
      return { kind: 'done', result: answer.result, recordedThrough };
    case 'refused':
      return {
        kind: 'refused',
        failure: failure('EFFECT_REFUSED', `${answer.code}: ${answer.message}`.slice(0, 2_000)),
        recordedThrough,
      };
  }
}

/** Takes one effect back by its key, as activity `undo`. */
export async function runUndo(
  dependencies: TurnDependencies,
  input: CallInput,
): Promise<UndoOutput & Recorded> {
  const recordedThrough = await recordRows(dependencies.ledger, input.rows);
  const { tool, call } = await prepare(dependencies, input);
  const { undo } = tool;
  if (!undo) throw classifyFailure(new BatonError(failure('UNDO_FAILED', `${input.tool} has no undo`)));
  const answer = await guarded('UNDO_FAILED', () => undo(call));
  return { kind: answer.kind, recordedThrough };
}

interface Prepared {
  readonly tool: Tool;
  readonly call: ToolCall<unknown>;
  /** Why the arguments do not satisfy the tool. An undo runs by its key all the same. */
  readonly refused?: string;
}

async function prepare(dependencies: TurnDependencies, input: CallInput): Promise<Prepared> {
  const { registry } = dependencies;
  const pinned = (await registry.manifest(input.manifest)).agents[input.agent];
  if (!pinned) throw new BatonError(failure('AGENT_UNKNOWN', input.agent));
  const tool = registry.tool(registry.agent(input.team, input.agent, pinned.version), input.tool);
  const { info, cancellationSignal } = Context.current();
  const parsed = tool.parse(input.arguments);
  return {
    tool,
    call: {
      input: parsed.ok ? parsed.input : input.arguments,
      key: input.key,
      inputDigest: inputDigest(input.arguments),
      fence: { epoch: input.epoch, attempt: info.attempt },
      trace: input.trace,
      caseId: input.caseId,
      signal: cancellationSignal,
    },
    ...(parsed.ok ? {} : { refused: parsed.issues }),
  };
}

async function guarded<Answer>(
  code: 'EFFECT_FAILED' | 'UNDO_FAILED',
  act: () => Promise<Answer>,
): Promise<Answer> {
  const stopHeartbeat = startHeartbeat();
  try {
    return await act();
  } catch (thrown) {
    throw classifyFailure(thrown, { retry: [], human: [], code });
  } finally {
    stopHeartbeat();
  }
}
