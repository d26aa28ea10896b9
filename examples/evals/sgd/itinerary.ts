import type { Dialogue, Frame, Handoff, Turn } from './dialogue.ts';

/** A handoff on the way of a dialogue, and the one of the data set that it is, if it is one. */
export interface Crossing {
  readonly to: string;
  readonly handoff: Handoff | undefined;
}

/** One exchange of a dialogue: the user's turn, and who has the case while it is answered. */
export interface Leg {
  /** Number of the user's turn. */
  readonly turn: number;
  /** Who has the case when the user speaks. */
  readonly owner: string;
  readonly crossings: readonly Crossing[];
  readonly user: Turn;
  readonly system: Turn;
  /** The frame of the service that answers. */
  readonly answer: Frame;
}

/**
 * The way of a dialogue through its services. Whoever answers a turn has the case then, for only they can call their
 * service. The data set counts a handoff at the turn on which its active service changes: mostly the same turn,
 * sometimes the next one, where the user finishes with the old service while turning to the new one. A handoff that
 * no answer shows is walked at its own turn; a change for one answer only, which the data set does not count, is a
 * crossing without a handoff.
 */
export function itineraryOf(dialogue: Dialogue): readonly Leg[] {
  const { turns } = dialogue;
  const legs: Leg[] = [];
  const open = [...dialogue.handoffs];
  let owner = turns[1]?.frames[0]?.service ?? '';
  for (let turn = 0; turn + 1 < turns.length; turn += 2) {
    const [user, system] = [turns[turn], turns[turn + 1]];
    const answer = system?.frames[0];
    if (!user || !system || !answer) break;
    const crossings: Crossing[] = [];
    let at = owner;
    const cross = (to: string, handoff: Handoff | undefined): void => {
      crossings.push({ to, handoff });
      at = to;
    };
    const [next] = open;
    if (
      answer.service !== at &&
      next?.from === at &&
      next.to === answer.service &&
      isNear(next, turn, turns)
    ) {
      open.shift();
      cross(answer.service, next);
    }
    for (let due = open[0]; due !== undefined && due.turn <= turn; due = open[0]) {
      open.shift();
      if (due.from === at) cross(due.to, due);
    }
    if (answer.service !== at) cross(answer.service, undefined);
    legs.push({ turn, owner, crossings, user, system, answer });
    owner = at;
  }
  return legs;
}

/**
 * Whether a handoff counted later has happened by this turn: nobody but its receiver answers until then. The next
 * one in the list that fits is it.
 */
function isNear(handoff: Handoff, turn: number, turns: readonly Turn[]): boolean {
  for (let at = turn + 1; at < handoff.turn; at += 2) {
    if (turns[at]?.frames[0]?.service !== handoff.to) return false;
  }
  return true;
}
