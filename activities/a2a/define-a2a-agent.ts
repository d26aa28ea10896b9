import { z } from 'zod';
import { BatonError, failure } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import { isFinalTask, REMOTE_TASK } from '../../contract/remote-task.ts';
import { acceptedMemory } from '../accepts-of.ts';
import type { Agent, AgentDefinition } from '../agent.ts';
import { defineAgent } from '../define-agent.ts';
import { defineTool } from '../define-tool.ts';
import type { Tool, ToolCall, UndoAnswer } from '../tool.ts';
import type { ReturnsMemory } from './brought.ts';
import { connectA2a, type A2aConnection, type A2aLocation } from './connection.ts';
import { takeRemoteTurn, type RemoteUse } from './take-remote-turn.ts';

/** An agent of another vendor, as a team's author writes it. */
export interface A2aAgentDefinition<Facts extends JsonObject> extends Omit<
  AgentDefinition<Facts>,
  'run' | 'tools' | 'authority' | 'declines'
> {
  readonly at: A2aLocation;
  /**
   * What its work does to the outside world. `irreversible` when absent: nobody here can take it back, so that every edge
   * to it needs an approval. `none` where it changes nothing; `cancellable` for a team of Baton, which takes back what it
   * has written when its task is cancelled.
   */
  readonly effects?: RemoteUse['effects'];
  /** Skill that its card must have. */
  readonly skill?: string;
  /** Facts that its answers may bring, from structured data of what it made; nothing is taken when absent. */
  readonly returns?: z.ZodType<JsonObject>;
  /**
   * What its answers may bring of its working memory (H8), where it is a team of Baton that hands something back: intent,
   * records read, and results by name, of which none is required. Nothing when absent. What goes to it, `workingMemory`
   * says.
   */
  readonly returnsMemory?: NonNullable<AgentDefinition<Facts>['workingMemory']>;
  /** Pauses between looks at its task, in milliseconds: from one second, doubled, to a minute when absent. */
  readonly pauses?: { readonly firstMs: number; readonly longestMs: number };
  /** How long its work may take in all, in milliseconds; seven days when absent. */
  readonly waitMs?: number;
  /** For how long it may be out of reach while it works, in milliseconds; an hour when absent. */
  readonly unreachableMs?: number;
}

const HOUR_MS = 3_600_000;

/**
 * Defines an agent that another vendor runs and that speaks A2A 1.0, behind the same port as any other. It accepts a
 * case when the other side has taken the task (`submitted`, `working`) and declines when it is `rejected`; while it
 * works, nothing of ours sits and waits. What comes back is validated like the output of any agent.
 */
export function defineA2aAgent<Facts extends JsonObject>(definition: A2aAgentDefinition<Facts>): Agent {
  const connection = connectA2a(definition.at);
  const effects = definition.effects ?? 'irreversible';
  const agent = defineAgent<Facts>({
    ...definition,
    retry: { attempts: 5, initialMs: 500, backoff: 2, maximumMs: 10_000, ...definition.retry },
    tools: [remoteTask(connection, effects)],
    run: () => {
      const detail = `${definition.name} is elsewhere, and takes its turns in a worker only`;
      throw new BatonError(failure('AGENT_FAILED', detail));
    },
  });
  const use: RemoteUse = {
    agent: definition.name,
    connection,
    callback: definition.at.callback,
    effects,
    skill: definition.skill,
    returns: definition.returns,
    returnsMemory: returnsMemoryOf(definition.name, definition.returnsMemory),
    pauses: definition.pauses ?? { firstMs: 1_000, longestMs: 60_000 },
    waitMs: definition.waitMs ?? 168 * HOUR_MS,
    unreachableMs: definition.unreachableMs ?? HOUR_MS,
    now: Date.now,
  };
  return {
    ...agent,
    remote: { protocol: 'a2a', effects },
    take: (turn, surroundings) => takeRemoteTurn(use, turn, surroundings),
  };
}

/** @throws BatonError `TEAM_INVALID` for results that JSON Schema cannot say, by which answers are cut */
function returnsMemoryOf(
  name: string,
  definition: ReturnsMemory['definition'] | undefined,
): ReturnsMemory | undefined {
  if (!definition) return undefined;
  const faults: string[] = [];
  const accepted = acceptedMemory(`agents.${name}.returnsMemory`, definition, faults);
  if (faults.length > 0) throw new BatonError(failure('TEAM_INVALID', faults.join(' | '), 'returnsMemory'));
  return { definition, accepted };
}

/** Attempts after which a task that is not there counts as one that never was: requests under way have ended by then. */
const LOOKS = 4;

const Named = z.object({ taskId: z.string().optional() });
type Named = z.output<typeof Named>;

/**
 * The task at the other side as an effect of the case. Its call ends a task that nobody waits for any more, and takes
 * nothing back. Its undo ends it and sees what became of what it had done.
 */
function remoteTask(connection: A2aConnection, effects: RemoteUse['effects']): Tool {
  const tool = defineTool<Named>({
    name: REMOTE_TASK,
    description: 'A task of an agent elsewhere',
    input: Named,
    effect: 'write',
    timeoutMs: 30_000,
    retry: { attempts: 8, initialMs: 500, backoff: 2, maximumMs: 5_000 },
    run: async (call) => {
      const task = await findTask(connection, call);
      if (task && !isFinalTask(task.state)) await connection.cancel(task.taskId, call.signal);
      return { kind: 'done', result: { taskId: task?.taskId ?? null } };
    },
    undo: (call) => undo(connection, effects, call),
  });
  const { manifest } = tool;
  return { ...tool, manifest: { ...manifest, reversible: effects === 'cancellable' } };
}

async function findTask(
  connection: A2aConnection,
  { input, key, signal }: ToolCall<Named>,
): ReturnType<A2aConnection['get']> {
  if (input.taskId !== undefined) return connection.get(input.taskId, signal);
  return (await connection.find(key, signal))?.[0];
}

async function undo(
  connection: A2aConnection,
  effects: RemoteUse['effects'],
  call: ToolCall<Named>,
): Promise<UndoAnswer> {
  const task = await findTask(connection, call);
  if (!task) {
    if (call.fence.attempt >= LOOKS) return { kind: 'tombstoned' };
    throw new BatonError(failure('A2A_UNREACHABLE', `no task under ${call.key} yet`));
  }
  const { taskId, state, report } = isFinalTask(task.state)
    ? task
    : ((await connection.cancel(task.taskId, call.signal)) ?? task);
  // What an agent without our extension did by then, nobody knows: the case reports it as kept.
  if (effects !== 'cancellable') return { kind: 'undone' };
  if (!isFinalTask(state))
    throw new BatonError(failure('A2A_UNREACHABLE', `task ${taskId} is ${state}, and being taken back`));
  if (state === 'rejected' || report?.saga === 'compensated' || report?.writes === 0)
    return { kind: 'undone' };
  const detail = `task ${taskId} is ${state}, and what it wrote stands (${report?.saga ?? 'it does not say'})`;
  throw new BatonError(failure('UNDO_CONFLICT', detail));
}
