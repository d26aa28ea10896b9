import type { CaseState, Work } from '../state.ts';

/** Whether the case waits for people or its user, with nothing of its own under way. */
export function isQuiet(state: CaseState): boolean {
  // What was said is under assessment: an activity of the case's own.
  if (state.policed && state.policed.assessing.length > 0) return false;
  if (state.inquiry) return false;
  return isQuietWork(state.work);
}

function isQuietWork(work: Work): boolean {
  switch (work.kind) {
    case 'idle':
    case 'waiting':
    case 'held':
    case 'question':
    case 'parked':
    case 'unwound':
      return true;
    case 'calls':
      return !work.calls.some((call) => call.status === 'running' || call.status === 'undoing');
    case 'fan-out':
      return work.decided?.current === undefined && work.branches.every((one) => isQuietWork(one.work));
    case 'resolving':
    case 'assessing':
    case 'turn':
    case 'offer':
    case 'unwinding':
    case 'closing':
    case 'closed':
      return false;
  }
}
