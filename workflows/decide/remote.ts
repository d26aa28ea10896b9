import type { TurnOutput } from '../../contract/activities.ts';
import type { EffectRecord } from '../../contract/case.ts';
import { digestOf } from '../../contract/digest.ts';
import type { Failure } from '../../contract/failures.ts';
import { stepKey } from '../../contract/keys.ts';
import { isFinalTask, REMOTE_TASK, type RemoteTask } from '../../contract/remote-task.ts';
import type { AgentManifest } from '../../contract/team.ts';
import type { Draft } from '../draft.ts';
import { changeEffect, handoffOf, nowText, writeRow } from '../draft.ts';
import { askedForIn, worksIn } from '../branches.ts';
import type { CaseEvent, Step } from '../events.ts';
import { isWanted, remoteOf, withoutNews } from '../remotes.ts';
import type { CaseState, OpenRemoteTask, Work } from '../state.ts';
import { activityOf } from './effects.ts';

/** Between two looks that somebody asks for, in milliseconds. */
const BETWEEN_LOOKS_MS = 1_000;
/** Id of the timer until the next look at the other side. */
const POLL = 'remote task';

/**
 * An agent elsewhere is about to be asked to work. Where its work may change the outside world, that is an effect of
 * the case, on record before anything is sent (I5): whatever becomes of the turn, nobody forgets that it was tried.
 */
export function beginRemote(draft: Draft, agent: AgentManifest, askId?: string): void {
  const { state } = draft;
  if (!agent.remote || remoteOf(state, agent.name, askId)) return;
  state.steps += 1;
  const key = stepKey(state.trace, state.steps, REMOTE_TASK);
  const remote: OpenRemoteTask = {
    agent: agent.name,
    key,
    toldUpTo: 0,
    since: nowText(draft),
    polls: 0,
    ...(askId === undefined ? {} : { askId }),
  };
  state.remotes = [...(state.remotes ?? []), remote];
  const { effects } = agent.remote;
  if (effects === 'none') return;
  const reversible = effects === 'cancellable';
  const effect: EffectRecord = {
    key,
    step: state.steps,
    agent: agent.name,
    tool: REMOTE_TASK,
    status: 'scheduled',
    undo: reversible ? 'by-key' : 'irreversible',
    callId: REMOTE_TASK,
    arguments: {},
    reversible,
    onFailure: 'return-to-agent',
    ...askedForIn(draft),
    epoch: 1,
  };
  state.effects = [...state.effects, effect];
  writeRow(draft, 'effect-scheduled', {
    ...{ key, step: effect.step, agent: agent.name, tool: REMOTE_TASK, undo: effect.undo },
    argumentsDigest: digestOf({}),
  });
}

/** What a turn of an agent elsewhere said of its task. */
export function noteRemote(draft: Draft, agent: string, askId: string | undefined, output: TurnOutput): void {
  const { state } = draft;
  const known = remoteOf(state, agent, askId);
  if (!known) return;
  if (output.kind === 'declined') {
    refuse(draft, known, output.failure);
    return;
  }
  const remote = 'remote' in output ? output.remote : undefined;
  if (!remote) return;
  if (remote.taskId !== known.taskId || remote.state !== known.state)
    writeRow(draft, 'remote-task-changed', {
      ...{ key: known.key, agent },
      ...(remote.taskId === undefined ? {} : { taskId: remote.taskId }),
      ...(remote.state === undefined ? {} : { state: remote.state }),
    });
  commit(draft, known, remote);
  const rest = (state.remotes ?? []).filter((one) => one !== known);
  // Of the key and of whose it is nobody at the other side has a say.
  const { key, since } = known;
  const news = known.news === undefined ? {} : { news: known.news };
  const kept = { ...remote, agent, key, since, ...news, ...(askId === undefined ? {} : { askId }) };
  state.remotes = isFinalTask(remote.state) ? rest : [...rest, kept];
}

/** The other side has taken it: from now on it may have done something. */
function commit(draft: Draft, { key }: OpenRemoteTask, { taskId }: RemoteTask): void {
  const effect = draft.state.effects.find((one) => one.key === key);
  if (effect?.status !== 'scheduled' && effect?.status !== 'failed') return;
  const result = { taskId: taskId ?? null };
  // Its undo finds the task by it.
  changeEffect(draft, key, {
    status: 'committed',
    result,
    arguments: taskId === undefined ? {} : { taskId },
  });
  writeRow(draft, 'effect-committed', { key, tool: REMOTE_TASK, resultDigest: digestOf(result) });
}

/** The other side said no: nothing was done there, so there is nothing to take back (I4). */
function refuse(draft: Draft, known: OpenRemoteTask, problem: Failure): void {
  const { state } = draft;
  state.remotes = (state.remotes ?? []).filter((one) => one !== known);
  const effect = state.effects.find((one) => one.key === known.key);
  if (effect?.status !== 'scheduled') return;
  state.effects = state.effects.filter((one) => one !== effect);
  writeRow(draft, 'effect-refused', { key: known.key, tool: REMOTE_TASK, failure: problem });
}

/** A turn came to nothing, or is no longer waited for: whether its request arrived, nobody here knows. */
export function doubtRemote(draft: Draft, agent: string, askId: string | undefined, problem: Failure): void {
  const { state } = draft;
  const known = remoteOf(state, agent, askId);
  if (!known || known.taskId !== undefined) return;
  state.remotes = (state.remotes ?? []).map((one) =>
    one === known ? { ...one, tried: true as const } : one,
  );
  doubt(draft, known, problem);
}

/** The same of the receiver of an offer. */
export function doubtOffered(draft: Draft, handoffId: string, problem: Failure): void {
  doubtRemote(draft, handoffOf(draft.state, handoffId).to, undefined, problem);
}

/** The receiver of an offer has declined. */
export function refuseOffered(
  draft: Draft,
  handoffId: string,
  output: Extract<TurnOutput, { kind: 'declined' }>,
): void {
  noteRemote(draft, handoffOf(draft.state, handoffId).to, undefined, output);
}

function doubt(draft: Draft, { key }: OpenRemoteTask, problem: Failure | undefined): void {
  const effect = draft.state.effects.find((one) => one.key === key);
  if (effect?.status !== 'scheduled') return;
  changeEffect(draft, key, { status: 'failed', ...(problem ? { failure: problem } : {}) });
  writeRow(draft, 'effect-failed', {
    ...{ key, tool: REMOTE_TASK, outcome: 'unknown' },
    ...(problem ? { failure: problem } : {}),
  });
}

/** The case waits for the other side: a timer, and no activity meanwhile. */
export function waitForRemote(
  draft: Draft,
  turn: Pick<Extract<Work, { kind: 'turn' }>, 'turnId' | 'seen' | 'step'>,
  pauseMs: number,
): void {
  const { turnId, seen, step } = turn;
  const { state, within } = draft;
  // Of several that are asked at once each hears of its own task.
  const own = new Set((state.asks ?? []).slice(within?.above ?? 0).map((frame) => frame.id));
  const isMine = ({ askId }: OpenRemoteTask): boolean => !within || (askId !== undefined && own.has(askId));
  const isNews = (state.remotes ?? []).some((one) => isMine(one) && one.news !== undefined);
  if (isNews) state.remotes = (state.remotes ?? []).map((one) => (isMine(one) ? withoutNews(one) : one));
  const pause = isNews ? Math.min(pauseMs, BETWEEN_LOOKS_MS) : pauseMs;
  const work = {
    kind: 'waiting',
    ...{ turnId, seen },
    until: new Date(draft.now + pause).toISOString(),
    // Only who was asked to call does, and cases of earlier releases have asked nobody.
    ...((state.remotes ?? []).some(({ push }) => push === 'asked') ? { since: nowText(draft) } : {}),
    ...(step === undefined ? {} : { step }),
  } as const;
  state.work = work;
  draft.steps.push(armPoll(work, within !== undefined));
}

/**
 * The other side says that there is news. What it is, a look finds out: the next one comes at once, but no sooner than
 * a while after the last, however often somebody says so (I7). Nothing else follows from it, whoever said it.
 */
export function hearOfRemote(draft: Draft, key: string): void {
  const { state } = draft;
  const known = state.remotes?.find((one) => one.key === key);
  if (!known) return;
  const { work } = state;
  if (work.kind === 'turn' || work.kind === 'offer') {
    // What is being read right now may be older than the news.
    state.remotes = (state.remotes ?? []).map((one) =>
      one === known ? { ...one, news: true as const } : one,
    );
    return;
  }
  // Of several that wait, only those call that were asked to.
  if (work.kind !== 'waiting' || work.since === undefined || known.push !== 'asked') return;
  const soonest = Date.parse(work.since) + BETWEEN_LOOKS_MS;
  const due = Math.max(draft.now, soonest);
  if (due >= Date.parse(work.until)) return;
  const sooner = { ...work, until: new Date(due).toISOString() };
  state.work = sooner;
  draft.steps.push(armPoll(sooner, draft.within !== undefined));
}

/** Its timer; a continued case arms it again. Of several that are asked at once each has its own. */
export function armPoll({ turnId, until }: Waiting, beside: boolean): Step {
  const event: CaseEvent = { kind: 'poll-due', turnId };
  return { kind: 'arm', id: beside ? `${POLL} ${turnId}` : POLL, at: until, event };
}

type Waiting = Extract<Work, { kind: 'waiting' }>;

function pollsOf(work: Work): readonly string[] {
  return worksIn(work).flatMap((one) =>
    one.kind === 'waiting' ? [one === work ? POLL : `${POLL} ${one.turnId}`] : [],
  );
}

/**
 * What follows from where the case has gone: it waits for the other side no longer, and tasks that nobody waits for
 * any more are told to stop, as often as a tool is tried. That takes nothing back; unwinding does (I4).
 */
export function followRemotes(draft: Draft, before: CaseState): void {
  const { state } = draft;
  const polls = pollsOf(state.work);
  for (const id of pollsOf(before.work)) if (!polls.includes(id)) draft.steps.push({ kind: 'disarm', id });
  if (!state.remotes || isUnwinding(state)) return;
  const left = state.remotes.filter((one) => !isWanted(state, one));
  if (left.length === 0) return;
  for (const one of left) {
    doubt(draft, one, undefined);
    draft.steps.push(endTask(draft, one));
  }
  state.remotes = state.remotes.filter((one) => !left.includes(one));
}

function isUnwinding({ work }: CaseState): boolean {
  return ['unwinding', 'unwound', 'closing', 'closed'].includes(work.kind);
}

/** The case is to be taken back: tasks without effects are told to stop, those with effects by their undo. */
export function endRemotes(draft: Draft): void {
  const { state } = draft;
  for (const one of state.remotes ?? [])
    if (!state.effects.some((effect) => effect.key === one.key)) draft.steps.push(endTask(draft, one));
}

/** Whether an effect is a task that may still be worked on: it is ended, also where that takes nothing back. */
export function isOpenRemote(state: CaseState, key: string): boolean {
  return (state.remotes ?? []).some((one) => one.key === key);
}

function endTask(draft: Draft, { agent, key, taskId }: OpenRemoteTask): Step {
  return activityOf(draft, 'look', {
    ...{ agent, key, tool: REMOTE_TASK, callId: REMOTE_TASK, epoch: 1 },
    arguments: taskId === undefined ? {} : { taskId },
  });
}
