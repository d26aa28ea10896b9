import type { TurnOutput } from '../../contract/activities.ts';
import { jsonOf } from '../../contract/canonical-json.ts';
import type { LostCalls, ModelUsage } from '../../contract/model-usage.ts';
import { actorOf, narrowed } from '../asks.ts';
import { forget, writeRow, type Draft } from '../draft.ts';
import type { CaseState, StoppedTurn } from '../state.ts';
import { agentOf } from './compose.ts';
import { skillAtWork, skillInRow, skillOfTurn } from './skills.ts';
import { putDown, usageOf } from './spend.ts';

/** The turn at hand is superseded: it is stopped, and what its model took counts once that is known (G3). */
export function stopTurn(draft: Draft): void {
  const { state } = draft;
  if (state.work.kind !== 'turn') return;
  stop(draft, {
    turnId: state.work.turnId,
    agent: actorOf(state),
    ...broughtBy(state),
    ...skillInRow(skillAtWork(state)),
    ...openAsks(state),
    ...reservedIn(draft),
  });
}

/** Of several questions each has its own reservation, which the asker has back once nothing can be taken of it. */
function reservedIn({ state, within }: Draft): Pick<StoppedTurn, 'reserved'> {
  const reserved = within && narrowed(undefined, (state.asks ?? []).slice(within.above));
  return reserved ? { reserved } : {};
}

/** The first turn of an offer that nobody wants any more. */
export function stopOffered(
  draft: Draft,
  offered: Required<Pick<StoppedTurn, 'turnId' | 'agent' | 'handoffId'>>,
): void {
  stop(draft, { ...offered, ...skillInRow(agentOf(draft.state, offered.agent).skill) });
}

/** The turn of a question about a review. */
export function stopInquiry(
  draft: Draft,
  asked: Pick<StoppedTurn, 'turnId' | 'agent'>,
  skill: string | undefined,
): void {
  stop(draft, { ...asked, ...broughtBy(draft.state), ...skillInRow(skill), ...openAsks(draft.state) });
}

function stop(draft: Draft, turn: StoppedTurn): void {
  const { state } = draft;
  draft.steps.push({ kind: 'stop', id: turn.turnId });
  if (agentOf(state, turn.agent).metering) state.stopped = [...(state.stopped ?? []), turn];
}

function broughtBy({ broughtBy: handoffId }: CaseState): Pick<StoppedTurn, 'handoffId'> {
  return handoffId === undefined ? {} : { handoffId };
}

function openAsks({ asks = [] }: CaseState): Pick<StoppedTurn, 'asks'> {
  return asks.length > 0 ? { asks: asks.map((one) => one.id) } : {};
}

/** What a stopped turn came to, if it was one: nobody hears its answer, and what its model took is put down. */
export function endStopped(
  draft: Draft,
  turnId: string,
  came: { readonly output?: TurnOutput; readonly lost?: LostCalls | undefined },
): boolean {
  const { state } = draft;
  const turn = state.stopped?.find((one) => one.turnId === turnId);
  if (!turn) return false;
  leaveStopped(draft, turnId);
  const usage = came.output && usageOf(came.output);
  const { skill: begunAt, ...accounts } = turn;
  const skill = skillOfTurn(agentOf(state, turn.agent), begunAt, came.output);
  if (usage || came.lost) tell(draft, { ...accounts, ...skillInRow(skill) }, usage, came.lost);
  if (state.work.kind === 'closing' && !state.stopped) draft.next = { kind: 'close' };
  return true;
}

/** A turn that has ended needs no waiting for. */
export function leaveStopped(draft: Draft, turnId: string): void {
  const { state } = draft;
  const left = (state.stopped ?? []).filter((one) => one.turnId !== turnId);
  if (left.length > 0) state.stopped = left;
  else forget(draft, 'stopped');
}

function tell(
  draft: Draft,
  turn: StoppedTurn,
  usage: ModelUsage | undefined,
  lost: LostCalls | undefined,
): void {
  putDown(draft, turn, { usage, lost });
  writeRow(draft, 'turn-stopped', {
    turn: Number(turn.turnId.slice(1)),
    agent: turn.agent,
    ...(turn.handoffId === undefined ? {} : { handoffId: turn.handoffId }),
    ...skillInRow(turn.skill),
    ...(usage ? { usage: jsonOf(usage) } : {}),
    ...(lost ? { lost: jsonOf(lost) } : {}),
  });
}
