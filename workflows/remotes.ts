import { getOwn } from '../contract/json.ts';
import { REMOTE_TASK, type RemoteTask } from '../contract/remote-task.ts';
import { openAsks } from './branches.ts';
import type { CaseState, OpenRemoteTask } from './state.ts';
import { handoffOf } from './draft.ts';

/** The open task of an agent elsewhere: of the question it is asked, or of the case that it owns or is offered. */
export function remoteOf(
  state: Pick<CaseState, 'remotes'>,
  agent: string,
  askId: string | undefined,
): OpenRemoteTask | undefined {
  return state.remotes?.find((one) => one.agent === agent && one.askId === askId);
}

/** Whether a dead letter is of a task elsewhere that nobody can take back, and that may still be worked on. */
export function isEndOfRemote(
  { deadLetters, effects, manifest }: Pick<CaseState, 'deadLetters' | 'effects' | 'manifest'>,
  deadLetterId: string,
): boolean {
  const letter = deadLetters.find((one) => one.id === deadLetterId && one.status === 'open');
  if (letter?.kind !== 'undo') return false;
  const effect = effects.find((one) => one.key === letter.subject);
  return (
    effect?.tool === REMOTE_TASK &&
    !effect.reversible &&
    getOwn(manifest?.agents ?? {}, effect.agent)?.remote !== undefined
  );
}

/** The same once its news has been looked for. */
export function withoutNews(task: OpenRemoteTask): OpenRemoteTask {
  const { news, ...rest } = task;
  return news === undefined ? task : rest;
}

/** The same as its agent is told of it. */
export function toldOf(task: OpenRemoteTask): RemoteTask {
  const { agent, ...remote } = withoutNews(task);
  return agent === '' ? task : remote;
}

/** Whether anybody still waits for a task: whoever asked, or the case whose owner its agent is, or is to be. */
export function isWanted(state: CaseState, remote: OpenRemoteTask): boolean {
  const { askId, agent } = remote;
  if (askId !== undefined) return openAsks(state).some((frame) => frame.id === askId);
  const offeredTo = state.work.kind === 'offer' ? handoffOf(state, state.work.handoffId).to : undefined;
  return state.owner === agent || offeredTo === agent;
}
