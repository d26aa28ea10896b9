import { wakeAt } from '../../contract/policy/evaluate.ts';
import { rulesOn } from '../../contract/policy/policy.ts';
import type { Draft } from '../draft.ts';
import { policyOf } from '../policed.ts';
import { police } from './police.ts';
import { instantsOf } from './policy-values.ts';

/** Id of the one timer of a case's policy. */
const TIMER = 'policy';

/** Asks the rules on time: after every event, and when the timer says that an answer may have changed. */
export function policeTime(draft: Draft): void {
  const { state } = draft;
  const pinned = policyOf(state);
  if (!pinned || rulesOn(pinned.policy, 'time').length === 0 || isOver(draft)) return;
  police(draft, { moment: 'time' });
}

/**
 * Sets the timer for the next instant at which time alone changes an answer.
 * @param again sets it even where it stands: a continued case has no timers
 */
export function armPolicy(draft: Draft, again: boolean): void {
  const { state } = draft;
  const pinned = policyOf(state);
  if (!pinned || !state.policed) return;
  const next = isOver(draft) ? undefined : wakeAt(pinned.policy, instantsOf(state), draft.now);
  const { wakeAt: armed, ...rest } = state.policed;
  if (next === armed && !(again && next !== undefined)) return;
  state.policed = { ...rest, ...(next === undefined ? {} : { wakeAt: next }) };
  draft.steps.push(
    next === undefined
      ? { kind: 'disarm', id: TIMER }
      : { kind: 'arm', id: TIMER, at: new Date(next).toISOString(), event: { kind: 'policy-due' } },
  );
}

function isOver({ state }: Draft): boolean {
  const { kind } = state.work;
  return (
    state.ending !== undefined ||
    kind === 'resolving' ||
    kind === 'unwinding' ||
    kind === 'unwound' ||
    kind === 'closing' ||
    kind === 'closed'
  );
}
