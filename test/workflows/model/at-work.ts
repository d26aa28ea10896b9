import { branchAbout, seenFrom } from '../../../workflows/branches.ts';
import type { CaseEvent } from '../../../workflows/events.ts';
import type { CaseState } from '../../../workflows/state.ts';

/** The case as whoever an event is about sees it: of several questions, the one that is meant. */
export function seenBy(state: CaseState, event: CaseEvent): CaseState {
  const branch = branchAbout(state, event);
  return branch ? seenBy(seenFrom(state, branch), event) : state;
}
