import { isDeepStrictEqual } from 'node:util';
import { poolToAsk } from '../../../workflows/takers.ts';
import { refuseDoorEvent } from '../../../workflows/refuse.ts';
import { caseTransitions } from '../../../contract/lifecycle.ts';
import { statusOf, stageOf, viewOf, detailsOf, waitingOn } from '../../../workflows/view.ts';
import type { CaseState } from '../../../workflows/state.ts';
import type { CaseEvent, DoorEvent } from '../../../workflows/events.ts';
import type { Check } from './play.ts';
import { DOOR_MOVES, PEOPLE_MOVES, POLICY_DOOR } from './door-events.ts';
import { holds } from './holds.ts';

/** I7: hops, fallbacks, repairs and turns stay within the team's limits, and nobody works on without being asked. */
export function createBoundsCheck(): Check {
  let turns = 0;
  return ({ event, after, steps }) => {
    const limits = after.manifest?.limits;
    if (!limits) return;
    holds(after.fallbacks <= limits.fallbacks, 'I7: more fallbacks than allowed');
    // A return from a receiver that failed is a fallback; it may be one hop more.
    holds(after.hops <= limits.hops + limits.fallbacks, 'I7: more hops than allowed');
    holds(after.repairs <= limits.repairs, 'I7: more repairs than allowed');
    holds(after.corrections <= limits.corrections, 'I7: more corrections than allowed');
    // A case rolled back to its previous owner is a fallback; it may be one turn more.
    holds(after.turnsSinceAnswer <= limits.turns + after.fallbacks, 'I7: more turns than allowed');
    if (fromOutside(event)) turns = 0;
    // Looks at another side's task are bounded in time, by its agent, and take no turn.
    if (event.kind === 'poll-due' || event.kind === 'remote-news') return;
    turns += steps.filter((step) => step.kind === 'turn' || step.kind === 'handoff').length;
    // Between two things that come from outside, a case takes its turns, and each offer that came to nothing.
    holds(turns <= limits.turns + limits.hops + 3 * limits.fallbacks + 2, 'I7: the case works on and on');
  };
}

function fromOutside(event: CaseEvent): boolean {
  return isDoor(event) || event.kind === 'review-expired' || event.kind === 'people-due';
}

const doorKinds: ReadonlySet<string> = new Set([
  'said',
  'human-asked',
  'decided',
  'claimed',
  'person-replied',
  'gave-back',
  'person-resolved',
  'redriven',
  'discarded',
  'released',
  'reassigned',
  'taken-over',
  'whispered',
  'policy-switch-asked',
]);
/** Moves that knock at a door where another does as well. */
const FURTHER_MOVES = ['decide-otherwise', 'opt-out', 'give-back-agreed'].length;
if (doorKinds.size !== [...DOOR_MOVES, ...PEOPLE_MOVES, POLICY_DOOR].length - FURTHER_MOVES)
  throw new Error('the model does not know all doors');

function isDoor(event: CaseEvent): event is DoorEvent {
  return doorKinds.has(event.kind);
}

/** A state without what is written of a refusal, and without the manifest, which never changes. */
function essence(state: CaseState): object {
  // What the holder of a case repeats renews their lease.
  const besides = new Set(['manifest', 'rows', 'ledger', 'refusals', 'refusalCount', 'lease']);
  return Object.fromEntries(Object.entries(state).filter(([name]) => !besides.has(name)));
}

/** Doors: what is let in is what `refuseDoorEvent` lets in, and what is refused changes nothing but the record of it. */
export const doorsKeepTheirWord: Check = ({ before, event, now, after, steps, receipt }) => {
  if (!isDoor(event)) {
    holds(receipt === undefined, 'a receipt for nobody');
    return;
  }
  const refused = refuseDoorEvent(before, event, now);
  // The directory is asked first: nothing is taken yet, and nothing refused for good.
  const asks = refused === undefined && poolToAsk(before, event, now) !== undefined;
  holds(
    (refused === undefined && !asks) === (receipt !== undefined),
    'a door let in what it refuses, or the reverse',
  );
  if (asks) {
    holds(after.claimedBy === before.claimedBy && after.owner === before.owner, 'a case is taken unasked');
    holds(after.claiming !== undefined, 'nobody is asked');
    return;
  }
  if (refused !== undefined || receipt?.repeated === true) {
    holds(
      isDeepStrictEqual(essence(after), essence(before)),
      'a refused or repeated message changed the case',
    );
    holds(
      steps.every((step) => step.kind === 'record' || (step.kind === 'arm' && step.id === 'lease')),
      'a refused or repeated message made the case do something',
    );
  }
  if (before.stage === 'closed')
    holds(after.ledger.sequence === before.ledger.sequence, 'a closed case noted something');
};

type Stage = CaseState['stage'];

const reachable = new Map<Stage, ReadonlySet<Stage>>();

/** Where the lifecycle leads from a stage, by however many ways. */
function reachedFrom(stage: Stage): ReadonlySet<Stage> {
  const known = reachable.get(stage);
  if (known) return known;
  const ways = caseTransitions();
  const reached = new Set([stage]);
  // A set hands out what is added while it is walked.
  for (const from of reached) for (const next of ways[from]) reached.add(next);
  reachable.set(stage, reached);
  return reached;
}

/** T9: the stage is what the work amounts to, it moves as the lifecycle says, and the views agree. */
export const stagesAgree: Check = ({ before, after }) => {
  holds(after.stage === stageOf(after), `the stage ${after.stage} is not what the work amounts to`);
  const isReached = before.stage === after.stage || reachedFrom(before.stage).has(after.stage);
  holds(isReached, `T9: no way from ${before.stage} to ${after.stage}`);
  const status = statusOf(after);
  holds(status.stage === after.stage && status.owner === after.owner, 'the status says something else');
  const whom = waitingOn(after);
  switch (after.stage) {
    case 'waiting-user':
      holds(whom === 'user', `waiting for the user, and the view says ${whom}`);
      break;
    case 'waiting-person':
    case 'human':
    case 'parked':
      holds(whom.startsWith('people:'), `waiting for people, and the view says ${whom}`);
      break;
    case 'opening':
    case 'working':
    case 'pending':
    case 'unwinding':
    case 'closing':
    case 'closed':
      holds(whom === 'nobody', `working, and the view waits for ${whom}`);
      break;
  }
  holds(viewOf(after).transcript === after.transcript, 'the view has another transcript');
  holds(detailsOf(after).includes(after.owner), 'the details do not name the owner');
};
