/**
 * The states of a case and of a handoff, and the only transitions there are (T9). The diagram in
 * `docs/lifecycle.md` is made from these tables; the workflow moves by {@link moveHandoff} and {@link moveCase}.
 */

const HANDOFF = {
  proposed: ['held', 'offered', 'accepted', 'refused'],
  held: ['offered', 'accepted', 'refused', 'withdrawn'],
  offered: ['accepted', 'declined', 'expired', 'withdrawn'],
  accepted: ['completed', 'returned', 'rolled-back'],
  declined: ['dead-lettered'],
  expired: ['dead-lettered'],
  'dead-lettered': ['offered', 'withdrawn'],
  refused: [],
  withdrawn: [],
  completed: [],
  returned: [],
  'rolled-back': [],
} as const satisfies Record<string, readonly string[]>;

/**
 * Where a handoff stands. `proposed` by its source; `held` for a person's yes; `offered` to the receiver;
 * `accepted` is the change of owner. Final: `completed`, `returned`, `rolled-back`, and for those that never
 * changed an owner `refused` by a guard or person, `declined` by the receiver, `expired` without an answer,
 * `withdrawn` by the case. `dead-lettered` waits for a person.
 */
export type HandoffStatus = keyof typeof HANDOFF;

const CASE = {
  // Straight to people: the follow-up of a case that was terminated has nothing but dead letters.
  opening: ['working', 'human', 'parked', 'closing'],
  working: ['pending', 'waiting-user', 'waiting-person', 'human', 'parked', 'unwinding', 'closing'],
  pending: ['working', 'human', 'parked', 'unwinding'],
  'waiting-user': ['working', 'human', 'unwinding'],
  'waiting-person': ['working', 'pending', 'human', 'unwinding'],
  human: ['pending', 'unwinding', 'closing'],
  parked: ['working', 'pending', 'waiting-user', 'waiting-person', 'human', 'unwinding'],
  unwinding: ['parked', 'human', 'closing'],
  closing: ['closed'],
  closed: [],
} as const satisfies Record<string, readonly string[]>;

/**
 * Where a case stands. `pending` is an offer under way (the source still owns the case); `waiting-person` an open
 * review; `human` a person as owner; `parked` an open dead letter with nothing else to do; `unwinding` the
 * compensations; `closing` the last flush of the ledger.
 */
export type CaseStage = keyof typeof CASE;

/** All handoff statuses with what may follow each. */
export function handoffTransitions(): Readonly<Record<HandoffStatus, readonly HandoffStatus[]>> {
  return HANDOFF;
}
/** All case stages with what may follow each. */
export function caseTransitions(): Readonly<Record<CaseStage, readonly CaseStage[]>> {
  return CASE;
}
/** Whether a handoff in this status can never change again. `declined` and `expired` may still be parked. */
export function isFinalHandoff(status: HandoffStatus): boolean {
  return HANDOFF[status].length === 0 || status === 'declined' || status === 'expired';
}

/**
 * The next status of a handoff, refused where no such transition exists.
 * @throws RangeError naming both states: the decision core never asks for one, and a test walks every pair
 */
export function moveHandoff(from: HandoffStatus, to: HandoffStatus): HandoffStatus {
  if (!(HANDOFF[from] as readonly string[]).includes(to)) {
    throw new RangeError(`a handoff cannot go from ${from} to ${to}`);
  }
  return to;
}
/**
 * The next stage of a case; staying where it is always allowed.
 * @throws RangeError naming both stages
 */
export function moveCase(from: CaseStage, to: CaseStage): CaseStage {
  if (from !== to && !(CASE[from] as readonly string[]).includes(to)) {
    throw new RangeError(`a case cannot go from ${from} to ${to}`);
  }
  return to;
}
