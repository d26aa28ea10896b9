import { upsertSearchAttributes } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.ts';
import { workflowNow } from './clock.ts';
import type { CaseState } from './state.ts';
import { waitingOn } from './view.ts';

/** Id of the deadline by which the server is told. */
export const SHOWING = 'search attributes';

/** What a case is found by on the server: its search attributes. */
export interface Showing {
  /** Says by when the server must be told of a change, where that need not be at once. @returns whether it did */
  readonly beginsToTrail: () => boolean;
  /** Tells the server what has changed, unless that may wait. @returns whether it was told */
  readonly follow: () => boolean;
  /** Tells the server everything, changed or not. */
  readonly tell: () => void;
}

/** What showing needs of the case. */
interface ShowingHouse {
  readonly current: () => CaseState;
  /** Whoever started the case around our client left out the team that it is found by. */
  readonly unlisted: boolean;
  /** Sets the deadline by which the server must have been told, ISO 8601. */
  readonly tellBy: (at: string) => void;
  /** Nothing is left to tell. */
  readonly toldAll: () => void;
}

interface Shown {
  readonly stage: CaseState['stage'];
  readonly waitingOn: string;
  readonly owner: string;
  readonly hops: number;
}

/**
 * Search attributes follow the state; only a change costs an event. Every telling is a write to
 * visibility, which costs the server as much as a turn does. So what an offer or a closing changes may trail the case,
 * as long as its team's `shownWithinMs` says: a chain of quick handoffs is told once, a slow receiver's yes at once.
 */
export function createShowing({ current, unlisted, tellBy, toldAll }: ShowingHouse): Showing {
  let told: Shown | undefined;
  let trailing = false;

  function mayTrail(state: CaseState): boolean {
    if (told === undefined || (state.stage !== 'pending' && state.stage !== 'closing')) return false;
    // Manifests of earlier releases do not have the limit, and their cases tell every step.
    return (state.manifest?.limits.shownWithinMs ?? 0) > 0 && waitingOn(state) === told.waitingOn;
  }

  function tell(): void {
    const state = current();
    told = shownOf(state);
    upsertSearchAttributes([
      ...(unlisted ? [{ key: SEARCH_ATTRIBUTES.team, value: state.team }] : []),
      { key: SEARCH_ATTRIBUTES.owner, value: told.owner },
      { key: SEARCH_ATTRIBUTES.stage, value: told.stage },
      { key: SEARCH_ATTRIBUTES.hops, value: told.hops },
      { key: SEARCH_ATTRIBUTES.waitingOn, value: told.waitingOn },
    ]);
    if (trailing) toldAll();
    trailing = false;
  }

  return {
    beginsToTrail: () => {
      const state = current();
      if (trailing || !mayTrail(state) || !isOther(shownOf(state), told)) return false;
      trailing = true;
      tellBy(new Date(workflowNow() + (state.manifest?.limits.shownWithinMs ?? 0)).toISOString());
      return true;
    },
    follow: () => {
      const state = current();
      if (!isOther(shownOf(state), told)) {
        // The case is back where it was told to be.
        if (trailing) toldAll();
        trailing = false;
        return false;
      }
      if (trailing && mayTrail(state)) return false;
      tell();
      return true;
    },
    tell,
  };
}

function shownOf(state: CaseState): Shown {
  return { owner: state.owner, stage: state.stage, hops: state.hops, waitingOn: waitingOn(state) };
}

function isOther(shown: Shown, told: Shown | undefined): boolean {
  return (
    shown.owner !== told?.owner ||
    shown.stage !== told.stage ||
    shown.hops !== told.hops ||
    shown.waitingOn !== told.waitingOn
  );
}
