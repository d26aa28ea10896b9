import { Context } from '@temporalio/activity';
import type { CallInput, CallOutput, Recorded, UndoOutput } from '../contract/activities.ts';
import { refuseAction } from '../contract/constraints.ts';
import { BatonError, failure, type Failure } from '../contract/failures.ts';
import { getOwn, isJsonObject, type JsonValue } from '../contract/json.ts';
import { CALL_BYTES } from '../contract/limits.ts';
import { jsonBytes } from '../contract/json-bytes.ts';
import { findUnstorable } from '../contract/parse.ts';
import { cutText } from '../contract/text.ts';
import type { TeamManifest } from '../contract/team.ts';
import { classifyFailure } from './classify-failure.ts';
import { keepAnswer, openPrivacy, type Privacy } from './context/keep-private.ts';
import { keepThrown } from './context/keep-thrown.ts';
import { readKeptTexts } from './context/kept-texts.ts';
import { startHeartbeat } from './heartbeat.ts';
import { NOTHING, recordRows } from './record-rows.ts';
import type { TurnDependencies } from './run-turn.ts';
import { awaitRate } from './tool-rates.ts';
import { inputDigest, type Tool, type ToolCall } from './tool.ts';

/**
 * One tool call, as activity `look` or `effect`. A refusal is an answer for the agent; everything thrown is a
 * failure of the attempt, whose outcome outside may be unknown: the key makes the next attempt safe (I3).
 */
export async function runCall(
  dependencies: TurnDependencies,
  input: CallInput,
): Promise<CallOutput & Recorded> {
  const recorded = await recordRows(dependencies.ledger, input);
  return inPrivate(dependencies, input, async (opened, privacy) => {
    const output = await answerCall(dependencies, opened);
    return { ...(privacy ? keepAnswer(privacy, output) : output), ...recorded };
  });
}

/**
 * Reads what a call would change, as activity `preview`: one of its own, for a worker of a release that does not know
 * it must not run the call instead.
 */
export async function runPreview(
  dependencies: TurnDependencies,
  input: CallInput,
): Promise<CallOutput & Recorded> {
  const recorded = await recordRows(dependencies.ledger, input);
  return inPrivate(dependencies, input, async (opened, privacy) => {
    const output = await answerPreview(dependencies, opened);
    return { ...(privacy ? keepAnswer(privacy, output) : output), ...recorded };
  });
}

async function answerPreview(dependencies: TurnDependencies, input: CallInput): Promise<CallOutput> {
  const { tool, call, refused } = await prepare(dependencies, input);
  if (refused !== undefined)
    return { kind: 'refused', failure: failure('TOOL_INPUT_INVALID', refused, 'arguments') };
  const { preview } = tool;
  if (!preview)
    throw classifyFailure(new BatonError(failure('EFFECT_FAILED', `${input.tool} has no preview`)));
  const { before, after } = await guarded('EFFECT_FAILED', call, (it) => preview(it));
  const result = { before, ...(after === undefined ? {} : { after }) };
  const problem = whyNotKept(input.tool, result);
  if (problem) throw classifyFailure(new BatonError(problem));
  return { kind: 'done', result };
}

/** Does something with a call whose arguments were read, and keeps what comes of it where its team is private. */
async function inPrivate<Output>(
  { registry, context }: TurnDependencies,
  sent: CallInput,
  act: (input: CallInput, privacy: Privacy | undefined) => Promise<Output>,
): Promise<Output> {
  const privacy = await openPrivacy(context, await registry.manifest(sent.manifest), sent);
  if (!privacy) return act(sent, undefined);
  try {
    const output = await act(await readKeptTexts(context, sent.caseId, sent), privacy);
    await privacy.write();
    return output;
  } catch (thrown) {
    throw await keepThrown(privacy, thrown);
  }
}

async function answerCall(dependencies: TurnDependencies, input: CallInput): Promise<CallOutput> {
  // Once more beside the tool: the case has said so, whatever its workflow let through (P10).
  const forbidden = refuseAction(input.tool, input.allowedActions);
  if (forbidden) return { kind: 'refused', failure: forbidden };
  const { tool, call, refused, manifest } = await prepare(dependencies, input);
  if (refused !== undefined) {
    return { kind: 'refused', failure: failure('TOOL_INPUT_INVALID', refused, 'arguments') };
  }
  await awaitRate(dependencies.rates, manifest, input, call.fence.attempt);
  const answer = await guarded('EFFECT_FAILED', call, (it) => tool.run(it));
  if (!isJsonObject(answer)) throw classifyFailure(new BatonError(notAnAnswer(input.tool, answer)));
  switch (answer.kind) {
    case 'done': {
      // What a tool forgets to return is null on every wire, and a digest needs a value.
      const result = (answer.result as JsonValue | undefined) ?? null;
      const problem = whyNotKept(input.tool, result);
      if (problem) throw classifyFailure(new BatonError(problem));
      return { kind: 'done', result };
    }
    case 'refused':
      return {
        kind: 'refused',
        failure: failure('EFFECT_REFUSED', cutText(`${answer.code}: ${answer.message}`, 2_000)),
      };
    default:
      throw classifyFailure(new BatonError(notAnAnswer(input.tool, answer)));
  }
}

/** Why a tool's result can neither enter the history nor be digested. */
function whyNotKept(tool: string, result: JsonValue): Failure | undefined {
  const bytes = jsonBytes(result);
  if (bytes > CALL_BYTES) {
    const detail = `the result of ${tool} has ${String(bytes)} bytes, the limit is ${String(CALL_BYTES)}`;
    return failure('INPUT_TOO_LARGE', detail, 'result');
  }
  const unstorable = findUnstorable(result, 'result');
  return unstorable && failure('EFFECT_FAILED', `${tool}: ${unstorable.field}: ${unstorable.text}`, 'result');
}

/** Tools are written by others, and not all of them in TypeScript. */
function notAnAnswer(tool: string, answer: unknown): Failure {
  const got = cutText(JSON.stringify({ answer }), 200);
  return failure('EFFECT_FAILED', `${tool} answered ${got}, which is neither done nor refused`);
}

function notAnUndo(tool: string, answer: unknown): Failure {
  const got = cutText(JSON.stringify({ answer }), 200);
  return failure('UNDO_FAILED', `${tool} answered ${got}, which is neither undone nor tombstoned`);
}

/** Takes one effect back by its key, as activity `undo`. */
export async function runUndo(
  dependencies: TurnDependencies,
  input: CallInput,
): Promise<UndoOutput & Recorded> {
  // A ledger at odds with the case is no reason to leave its effects standing (I4): `record` says so in its turn.
  const recorded = await recordRows(dependencies.ledger, input).catch(() => NOTHING);
  return inPrivate(dependencies, input, async (opened) => {
    const { tool, call } = await prepare(dependencies, opened);
    const { undo } = tool;
    if (!undo) throw classifyFailure(new BatonError(failure('UNDO_FAILED', `${input.tool} has no undo`)));
    const answer = await guarded('UNDO_FAILED', call, (it) => undo(it));
    if (!isJsonObject(answer) || !['undone', 'tombstoned'].includes(answer.kind))
      throw classifyFailure(new BatonError(notAnUndo(input.tool, answer)));
    return { kind: answer.kind, ...recorded };
  });
}

interface Prepared {
  readonly tool: Tool;
  readonly call: ToolCall<unknown>;
  /** The one that the case is pinned to. */
  readonly manifest: TeamManifest;
  /** Why the arguments do not satisfy the tool. An undo runs by its key all the same. */
  readonly refused?: string;
}

async function prepare(dependencies: TurnDependencies, input: CallInput): Promise<Prepared> {
  const { registry } = dependencies;
  const manifest = await registry.manifest(input.manifest);
  const pinned = getOwn(manifest.agents, input.agent);
  if (!pinned) throw new BatonError(failure('AGENT_UNKNOWN', input.agent));
  const tool = registry.tool(registry.agent(input.team, input.agent, pinned.version), input.tool);
  const { info, cancellationSignal } = Context.current();
  const parsed = tool.parse(input.arguments);
  return {
    tool,
    manifest,
    call: {
      input: parsed.ok ? parsed.input : input.arguments,
      key: input.key,
      inputDigest: inputDigest(input.arguments),
      fence: { epoch: input.epoch, attempt: (input.attempted ?? 0) + info.attempt },
      trace: input.trace,
      caseId: input.caseId,
      signal: cancellationSignal,
    },
    ...(parsed.ok ? {} : { refused: parsed.issues }),
  };
}

async function guarded<Answer>(
  code: 'EFFECT_FAILED' | 'UNDO_FAILED',
  call: ToolCall<unknown>,
  act: (call: ToolCall<unknown>) => Promise<Answer>,
): Promise<Answer> {
  const stopHeartbeat = startHeartbeat();
  try {
    return await act(call);
  } catch (thrown) {
    throw classifyFailure(thrown, { retry: [], human: [], code, signal: call.signal });
  } finally {
    stopHeartbeat();
  }
}
