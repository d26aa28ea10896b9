import { CancellationScope, condition, continueAsNew, patched, workflowInfo } from '@temporalio/workflow';
import { applicationFailure } from '../contract/application-failure.ts';
import type { CaseInput, CaseResult } from '../contract/case.ts';
import { parseCaseInput } from '../contract/case.ts';
import type { Parsed } from '../contract/parse.ts';
import { spokenLanguage } from '../contract/continuity.ts';
import { isWithinBytes } from '../contract/json-bytes.ts';
import { isPoison, poisonFailure } from '../contract/poison.ts';
import { PAYLOAD_BYTES } from '../contract/limits.ts';
import { failure } from '../contract/failures.ts';
import type { Receipt } from '../contract/message-shapes.ts';
import { CASE_WORKFLOW } from '../contract/queues.ts';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.ts';
import { carriedInput, startingState } from './carry.ts';
import { workflowNow } from './clock.ts';
import { decide } from './decide/decide.ts';
import { describeBy } from './details.ts';
import { isQuiet } from './decide/quiet.ts';
import { openDoors } from './doors.ts';
import type { CaseEvent } from './events.ts';
import { PATCHES } from './patches.ts';
import { createPerformer } from './perform.ts';
import type { CaseState } from './state.ts';
import { createShowing, SHOWING } from './showing.ts';
import { detailsOf } from './view.ts';

/**
 * One piece of customer work as one workflow execution: a loop that gives every event to the decision core and
 * performs what it returns. Ends when the case is closed; continues as new at a point where nothing is under way.
 * @throws a failure of the catalogue for an input that is not a case, and for a team nobody serves
 */
export async function runCase(value: unknown): Promise<CaseResult> {
  const parsed: Parsed<CaseInput> = isPoison(value)
    ? { ok: false, failure: poisonFailure(value) }
    : parseCaseInput(value);
  if (!parsed.ok) throw applicationFailure(parsed.failure);
  const input = parsed.value;
  const info = workflowInfo();
  if (input.carried !== undefined && info.continuedFromExecutionRunId === undefined) {
    const forged = 'case.carried: only a case itself carries its state over';
    throw applicationFailure(failure('INPUT_INVALID', forged, 'case.carried'));
  }
  let state = startingState(input, {
    caseId: info.workflowId,
    trace: info.firstExecutionRunId,
    ...(input.carried === undefined ? languageOf(input) : {}),
  });

  const performer = createPerformer({
    current: () => state,
    report: (event) => take(event).acted,
    leaveTrace: () => {
      // The end of the case, and of this execution, is a command of its own.
      if (state.work.kind !== 'closed' && !mayContinue()) showing.tell();
    },
  });
  const showing = createShowing({
    current: () => state,
    // Whoever starts a case around our client need not know what it is found by.
    unlisted: info.typedSearchAttributes.get(SEARCH_ATTRIBUTES.team) !== input.team,
    tellBy: (at) => {
      performer.deadlines.expect(SHOWING, at, { kind: 'showing-due' });
    },
    toldAll: () => {
      if (state.work.kind !== 'closed') performer.deadlines.spare(SHOWING);
    },
  });
  const dispatch = (event: CaseEvent): Receipt | undefined => take(event).receipt;
  openDoors({ current: () => state, dispatch });
  describeBy(() => detailsOf(state));

  /** Decides and performs. `acted` says whether the server is asked for something. */
  function take(event: CaseEvent): { readonly receipt: Receipt | undefined; readonly acted: boolean } {
    const decided = decide(state, event, workflowNow());
    state = decided.state;
    const trails = showing.beginsToTrail();
    const acted = decided.steps.map((step) => performer.perform(step));
    if (trails) acted.push(performer.deadlines.settle());
    if (isQuiet(state)) acted.push(performer.rest());
    acted.push(event.kind === 'showing-due' ? tellNow() : showing.follow());
    return { receipt: decided.receipt, acted: acted.includes(true) };
  }

  function tellNow(): boolean {
    showing.tell();
    return true;
  }

  // Cancelling a case is an event like any other: what runs is stopped, and what was written is taken back (I4).
  void CancellationScope.current().cancelRequested.catch(() => {
    dispatch({ kind: 'cancel-requested' });
  });
  return CancellationScope.nonCancellable(async () => {
    dispatch(input.carried === undefined ? { kind: 'opened', input } : { kind: 'continued' });
    await condition(() => state.work.kind === 'closed' || mayContinue());
    if (state.work.kind !== 'closed') return continueAsNew<typeof runCase>(carriedInput(input, state));
    if (performer.isReporting()) await condition(() => !performer.isReporting());
    if (state.manifest === null && state.ending?.kind === 'failed')
      throw applicationFailure(state.ending.failure);
    return resultOf(state);
  });

  function mayContinue(): boolean {
    return (
      workflowInfo().continueAsNewSuggested &&
      isQuiet(state) &&
      state.rows.length === 0 &&
      performer.isAtRest() &&
      // Measured first: an execution that cannot read what it begins with would be the end of the case (X11).
      isWithinBytes(carriedInput(input, state), PAYLOAD_BYTES)
    );
  }
}
Object.defineProperty(runCase, 'name', { value: CASE_WORKFLOW });

function resultOf(state: CaseState): CaseResult {
  return {
    version: '1.0.0',
    outcome: state.ending ?? { kind: 'finished', outcome: 'finished' },
    saga: state.saga ?? 'kept',
    path: state.path,
    hops: state.hops,
    ledger: state.ledger,
  };
}

/** The user's language where Baton speaks it. English costs no marker in the history. */
function languageOf(input: CaseInput): { readonly speaks?: string } {
  const speaks = spokenLanguage(input.user?.locale ?? input.locale);
  return speaks !== 'en' && patched(PATCHES.ownLanguage) ? { speaks } : {};
}
