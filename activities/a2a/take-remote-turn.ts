import type { z } from 'zod';
import { prettifyError } from 'zod';
import { callbackToken, callbackUrl, type A2aCallback } from '../../contract/a2a-callback.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import { getOwn, type JsonObject } from '../../contract/json.ts';
import { REASON_CHARACTERS } from '../../contract/limits.ts';
import type { RemoteTask } from '../../contract/remote-task.ts';
import type { AgentManifest, TeamManifest } from '../../contract/team.ts';
import { cutText } from '../../contract/text.ts';
import { namesAccepted } from '../../contract/working-memory.ts';
import type { Answer, Surroundings, Taken, Turn } from '../agent.ts';
import { memoryToSend, readBrought, withBrought, type ReturnsMemory } from './brought.ts';
import type { A2aCard, A2aConnection } from './connection.ts';
import type { RemoteAnswer } from './remote-answer.ts';
import { composeMessage, newsFor } from './remote-message.ts';

type ReadTask = Extract<RemoteAnswer, { kind: 'task' }>;

/** What an author said of an agent elsewhere. */
export interface RemoteUse {
  readonly agent: string;
  readonly connection: A2aConnection;
  /** Where it may call when there is news; nowhere when undefined. */
  readonly callback: A2aCallback | undefined;
  readonly effects: NonNullable<AgentManifest['remote']>['effects'];
  /** Skill that its card must have; any when absent. */
  readonly skill: string | undefined;
  /** Facts that it may bring; none when absent. */
  readonly returns: z.ZodType<JsonObject> | undefined;
  /** Working memory that it may bring; none when absent. */
  readonly returnsMemory: ReturnsMemory | undefined;
  /** Pauses between looks, in milliseconds: doubled from the first to the longest. */
  readonly pauses: { readonly firstMs: number; readonly longestMs: number };
  /** How long its work may take in all, in milliseconds. */
  readonly waitMs: number;
  /** For how long it may be out of reach while it works, in milliseconds. */
  readonly unreachableMs: number;
  readonly now: () => number;
}

/**
 * One turn of an agent of another vendor: it is asked for a task, told what is new, or asked how far it is. Nobody
 * waits here: where it works on, the case sets a timer and takes the turn again.
 */
export async function takeRemoteTurn(
  use: RemoteUse,
  turn: Turn<JsonObject>,
  { remote, manifest }: Pick<Surroundings, 'remote' | 'manifest'>,
): Promise<Taken> {
  if (!remote) throw new BatonError(failure('AGENT_FAILED', `${use.agent}: the case names no task for it`));
  if (remote.taskId === undefined)
    return withCallback(use, turn, readOff(use, turn, remote, await begin(use, turn, remote, manifest)));
  try {
    return await withCallback(
      use,
      turn,
      readOff(use, turn, remote, await goOn(use, turn, remote, remote.taskId)),
    );
  } catch (thrown) {
    // What is being worked on elsewhere is not lost because nobody answers for a while.
    if (!isOutOfReach(thrown) || isOverdue(use, remote)) throw thrown;
    return { kind: 'waiting', remote: asked(remote), pauseMs: pauseAfter(use, remote.polls) };
  }
}

/**
 * A task that takes its time: the other side is asked once to call when there is news. Whatever it says to that, the task
 * goes on, and is looked at now and then besides: a call that never comes costs nothing but time.
 */
async function withCallback(use: RemoteUse, turn: Turn<JsonObject>, taken: Taken): Promise<Taken> {
  const { callback, connection, pauses } = use;
  if (taken.kind !== 'waiting' || !callback) return taken;
  const { remote } = taken;
  if (remote.push === 'asked') return { ...taken, pauseMs: pauses.longestMs };
  if (remote.push === 'refused' || remote.taskId === undefined) return taken;
  const called = { caseId: turn.caseId, key: remote.key };
  const request = {
    taskId: remote.taskId,
    url: callbackUrl(callback, called),
    token: callbackToken(callback, called),
  };
  const card = await connection.card().catch(() => undefined);
  const isAsked =
    card?.pushes === true && (await connection.askToCall(request, turn.signal).catch(() => false));
  return { ...taken, remote: { ...remote, push: isAsked ? 'asked' : 'refused' } };
}

/** Asks for the task: at most once, however often this is tried. */
async function begin(
  use: RemoteUse,
  turn: Turn<JsonObject>,
  remote: RemoteTask,
  manifest: TeamManifest,
): Promise<RemoteAnswer> {
  const { connection, effects, returnsMemory } = use;
  const card = await fitCard(use);
  if (turn.attempt > 1 || remote.tried) {
    const found = await connection.find(remote.key, turn.signal);
    const [known] = found ?? [];
    if (known) return known;
    if (!found && effects !== 'none')
      throw new BatonError(
        failure('A2A_OUTCOME_UNKNOWN', `${card.name} does not list the tasks of a context`),
      );
  }
  const memory = card.takesHandoffs
    ? memoryToSend(getOwn(manifest.agents, use.agent)?.workingMemory, turn.workingMemory)
    : undefined;
  const takes = returnsMemory && namesAccepted(returnsMemory.accepted);
  const request = composeMessage(turn, { remote, card, messageId: remote.key, memory, takes });
  return connection.send(request, turn.signal);
}

/** @throws BatonError `A2A_CARD_UNFIT` */
async function fitCard({ connection, skill, effects }: RemoteUse): Promise<A2aCard> {
  const card = await connection.card();
  const unfit = (detail: string): BatonError =>
    new BatonError(failure('A2A_CARD_UNFIT', `${card.name}: ${detail}`, 'card'));
  if (skill !== undefined && !card.skills.includes(skill))
    throw unfit(`no skill ${JSON.stringify(skill)}; it has ${card.skills.slice(0, 20).join(', ') || 'none'}`);
  if (effects === 'cancellable' && !card.takesHandoffs)
    throw unfit(
      'the team takes it for one of Baton, whose work is taken back with its task; its card says no such thing',
    );
  return card;
}

/** Tells it what its task has not been told, or asks how far it is. */
async function goOn(
  use: RemoteUse,
  turn: Turn<JsonObject>,
  remote: RemoteTask,
  taskId: string,
): Promise<RemoteAnswer> {
  const { connection } = use;
  const news = newsFor(turn, remote);
  const known = news.length === 0 || turn.attempt > 1 ? await connection.get(taskId, turn.signal) : undefined;
  if (news.length === 0 && !known)
    throw new BatonError(failure('A2A_TASK_FAILED', `task ${taskId} is not there any more`));
  const messageId = turn.envelope.idempotencyKey;
  // An attempt before this one may have told it.
  if (known && (news.length === 0 || known.remembers.includes(messageId))) return known;
  const card = await connection.card();
  return connection.send(composeMessage(turn, { remote, card, messageId }), turn.signal);
}

/** What an answer amounts to for the case. */
function readOff(use: RemoteUse, turn: Turn<JsonObject>, before: RemoteTask, answer: RemoteAnswer): Taken {
  const heardAt = new Date(use.now()).toISOString();
  const toldUpTo = turn.conversation.at(-1)?.sequence ?? before.toldUpTo;
  if (answer.kind === 'message') {
    // There is no task: what it says is all there is.
    const remote: RemoteTask = { ...before, heardAt, toldUpTo, state: 'completed' };
    return { kind: 'answered', remote, answer: concluded(use, turn, answer.words, {}) };
  }
  const { taskId, state, words } = answer;
  const remote: RemoteTask = { ...before, heardAt, toldUpTo, taskId, state, polls: 0 };
  switch (state) {
    case 'submitted':
    case 'working': {
      if (isOverdue(use, before))
        throw new BatonError(failure('A2A_TASK_OVERDUE', `task ${taskId} since ${before.since}`));
      const polls = before.taskId === undefined ? 0 : before.polls + 1;
      return { kind: 'waiting', remote: { ...remote, polls }, pauseMs: pauseAfter(use, polls) };
    }
    case 'input-required':
      return { kind: 'answered', remote, answer: replying(words || 'What else should we know?') };
    case 'auth-required':
      return {
        kind: 'answered',
        remote,
        answer: {
          intent: {
            kind: 'escalate',
            reasonCode: 'auth-required',
            explanation: cutText(
              words || `${use.agent} asks for leave that nobody here can give it`,
              REASON_CHARACTERS,
            ),
          },
        },
      };
    case 'completed':
      return complete(use, turn, remote, answer);
    case 'rejected':
      return {
        kind: 'declined',
        failure: failure('OFFER_DECLINED', cutText(words || `${use.agent} rejected the task`, 500)),
      };
    case 'failed':
    case 'canceled':
      throw new BatonError(failure('A2A_TASK_FAILED', cutText(`${taskId} is ${state}: ${words}`, 1_000)));
  }
}

function complete(use: RemoteUse, turn: Turn<JsonObject>, remote: RemoteTask, answer: ReadTask): Taken {
  const text = answer.made || answer.words;
  const facts = use.returns?.safeParse(answer.data);
  if (facts?.error) {
    const issues = cutText(prettifyError(facts.error), 1_500);
    const why = failure('AGENT_OUTPUT_INVALID', `${use.agent}: ${issues}`, 'facts');
    return { kind: 'refused', remote, failure: why };
  }
  const brought = readBrought(use.agent, use.returnsMemory, answer.report);
  if (!brought.ok) return { kind: 'refused', remote, failure: brought.failure };
  const concludes = concluded(use, turn, text, facts?.data ?? {});
  return { kind: 'answered', remote, answer: withBrought(concludes, brought.value) };
}

function replying(text: string, facts: JsonObject = {}): Answer {
  return { intent: { kind: 'reply', text }, facts: facts as NonNullable<Answer['facts']> };
}

/**
 * Its work is done: whoever asked gets the answer, whoever handed over the case gets it back with what came of it, and
 * where nobody did, the case is finished. The user hears what it says.
 */
function concluded(use: RemoteUse, turn: Turn<JsonObject>, text: string, facts: JsonObject): Answer {
  if (turn.asked) return replying(text || 'Done.', facts);
  const known = facts as NonNullable<Answer['facts']>;
  const provenance = { reason: `A2A: ${use.agent}` };
  if (turn.transfer) {
    const explanation = cutText(text || `${use.agent} is done`, REASON_CHARACTERS);
    const intent = { kind: 'return', reasonCode: 'task-completed', explanation, facts: known } as const;
    return { intent, facts: known, provenance, ...(text === '' ? {} : { say: text }) };
  }
  const intent = { kind: 'finish', outcome: 'completed', ...(text === '' ? {} : { text }) } as const;
  return { intent, facts: known, provenance };
}

function asked(remote: RemoteTask): RemoteTask {
  return { ...remote, polls: remote.polls + 1 };
}

function pauseAfter({ pauses }: RemoteUse, polls: number): number {
  return Math.min(pauses.firstMs * 2 ** Math.min(polls, 30), pauses.longestMs);
}

function isOverdue({ waitMs, unreachableMs, now }: RemoteUse, { since, heardAt }: RemoteTask): boolean {
  const time = now();
  return time - Date.parse(since) > waitMs || time - Date.parse(heardAt ?? since) > unreachableMs;
}

function isOutOfReach(thrown: unknown): boolean {
  if (isBatonError(thrown)) return thrown.code === 'A2A_UNREACHABLE';
  return (Object(thrown) as { readonly type?: unknown }).type === 'A2A_UNREACHABLE';
}
