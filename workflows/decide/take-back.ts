import type { EffectRecord } from '../../contract/case.ts';
import type { Failure } from '../../contract/failures.ts';
import { failure } from '../../contract/failures.ts';
import { REMOTE_TASK } from '../../contract/remote-task.ts';
import type { Draft } from '../draft.ts';
import { changeEffect, effectOf, writeRow } from '../draft.ts';
import { openDeadLetter } from './dead-letters.ts';
import { activityOf } from './effects.ts';
import { isOpenRemote } from './remote.ts';

/** Effects that are taken back, newest first: all that was tried and may stand (I4). */
export function keysToTakeBack(
  effects: readonly EffectRecord[],
  wanted: (effect: EffectRecord) => boolean = () => true,
): readonly string[] {
  return effects
    .filter(
      (effect) =>
        (effect.status === 'scheduled' || effect.status === 'committed' || effect.status === 'failed') &&
        wanted(effect),
    )
    .map((effect) => effect.key)
    .reverse();
}

/**
 * Begins to take one effect back.
 * @returns whether its undo is under way; else there is nothing to wait for
 */
export function takeBack(draft: Draft, key: string): boolean {
  const effect = effectOf(draft.state, key);
  if (!effect.reversible && !isOpenRemote(draft.state, key)) {
    keepIrreversible(draft, effect);
    return false;
  }
  scheduleUndo(draft, effect);
  return true;
}

/** Begins to end a task elsewhere, as a person has asked: whether or not that takes anything back. */
export function endElsewhere(draft: Draft, key: string): void {
  scheduleUndo(draft, effectOf(draft.state, key));
}

function scheduleUndo(draft: Draft, effect: EffectRecord): void {
  // A higher epoch fences off attempts of the effect that are still under way somewhere.
  const undoing = changeEffect(draft, effect.key, { epoch: effect.epoch + 1 });
  writeRow(draft, 'undo-scheduled', { key: effect.key, tool: effect.tool });
  draft.steps.push(activityOf(draft, 'undo', undoing));
}

/** One effect is taken back. */
export function tookBack(draft: Draft, key: string): void {
  const effect = effectOf(draft.state, key);
  // A task that was ended elsewhere: what it has done by then stays done.
  if (!effect.reversible) {
    keepIrreversible(draft, effect);
    return;
  }
  changeEffect(draft, key, { status: 'undone' });
  writeRow(draft, 'effect-undone', { key, tool: effect.tool });
}

/** One compensation failed for good: a dead letter, never silence (F24). */
export function couldNotTakeBack(draft: Draft, key: string, problem: Failure): void {
  const effect = changeEffect(draft, key, { status: 'undo-failed', failure: problem });
  writeRow(draft, 'undo-failed', { key, tool: effect.tool, failure: problem });
  openUndoLetter(draft, effect, problem);
}

function keepIrreversible(draft: Draft, effect: EffectRecord): void {
  changeEffect(draft, effect.key, { status: 'kept' });
  writeRow(draft, 'effect-kept', {
    key: effect.key,
    tool: effect.tool,
    because: 'irreversible',
    certain: effect.status === 'committed',
  });
  const { deadLetters } = draft.state;
  const isSeenTo = deadLetters.some((one) => one.subject === effect.key && one.status === 'redriven');
  // A person has had it ended elsewhere, and knows.
  if (effect.status === 'committed' || (effect.tool === REMOTE_TASK && isSeenTo)) return;
  // I5: no clear answer is a dead letter.
  openUndoLetter(
    draft,
    effect,
    failure('UNDO_FAILED', `${effect.tool} cannot be undone, and whether it happened is unknown`),
  );
}

/** Parks an undo for a person. */
export function openUndoLetter(draft: Draft, effect: EffectRecord, problem: Failure): void {
  openDeadLetter(draft, {
    kind: 'undo',
    subject: effect.key,
    agent: effect.agent,
    failure: problem,
    payload: { tool: effect.tool, arguments: effect.arguments, key: effect.key },
  });
}
