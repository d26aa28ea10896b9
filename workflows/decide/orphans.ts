import type { EffectRecord, Orphans } from '../../contract/case.ts';
import { failure } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import type { Draft } from '../draft.ts';
import { writeRow } from '../draft.ts';
import { manifestOf } from '../state.ts';
import { openUndoLetter } from './take-back.ts';

/**
 * A case begins that sees to what another left behind (F23): whatever happens to it, it has ended badly, and the
 * effects are its own from here on.
 */
export function adoptOrphans(draft: Draft, { caseId, trace, effects }: Orphans): void {
  const { state } = draft;
  state.ending = { kind: 'failed', failure: failure('CASE_TERMINATED', `${caseId}, trace ${trace}`) };
  state.effects = effects.map(
    ({ key, step, agent, tool, callId, arguments: input, epoch, outcome }): EffectRecord => ({
      ...{ key, step, agent, tool, callId, epoch },
      arguments: input,
      status: outcome === 'committed' ? 'committed' : 'failed',
      undo: 'by-key',
      reversible: true,
      onFailure: 'unwind',
      origin: { caseId, trace },
    }),
  );
  writeRow(draft, 'case-adopted', {
    caseId,
    trace,
    effects: effects.map(({ key, agent, tool, outcome }) => ({ key, agent, tool, outcome })),
  });
}

/**
 * Each adopted effect becomes a dead letter, newest first: whether it stays is for people to say, because whoever
 * terminated the case asked for nothing to be taken back. Redriving one undoes it by its key.
 */
export function parkOrphans(draft: Draft): void {
  const { state } = draft;
  const { agents } = manifestOf(state);
  state.effects = state.effects.map((effect) => {
    // The team may have changed since: what it can no longer undo, people do by hand.
    const reversible = getOwn(getOwn(agents, effect.agent)?.tools ?? {}, effect.tool)?.reversible ?? false;
    return { ...effect, reversible, undo: reversible ? 'by-key' : 'irreversible' };
  });
  for (const effect of state.effects.toReversed()) {
    const how = effect.status === 'committed' ? 'was committed' : 'may have been committed';
    const hand = effect.reversible ? '' : ', and has no undo in the team of today';
    openUndoLetter(
      draft,
      effect,
      failure('CASE_TERMINATED', `${effect.tool} of ${effect.origin?.caseId ?? ''} ${how}${hand}`),
    );
  }
  state.work = { kind: 'unwound' };
}
