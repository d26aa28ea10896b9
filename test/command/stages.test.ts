import { caseTransitions, type CaseStage } from '../../contract/lifecycle.ts';
import { statusText, viewText } from '../../command/output/case-texts.ts';
import type { CaseState } from '../../workflows/state.ts';
import { detailsOf, viewOf } from '../../workflows/view.ts';
import { createChecks } from '../workflows/model/checks.ts';
import { beginJourney, callOf, reply, transferTo, type Journey } from '../workflows/model/journey.ts';
import { beginPlay } from '../workflows/model/play.ts';
import { plainPlan, teamOf } from '../workflows/model/teams.ts';

const team = teamOf(plainPlan());
const led = (lead: (journey: Journey) => void) => (): CaseState => {
  const journey = beginJourney(team);
  lead(journey);
  return journey.state();
};

/** A case in each stage, with what people must be able to read of it. */
const stages: Readonly<Record<CaseStage, readonly [() => CaseState, ...(string | RegExp)[]]>> = {
  opening: [
    () => beginPlay({ team, opening: { message: true, facts: false } }, createChecks()).state(),
    /owner +nobody/,
    /waiting on +nobody/,
  ],
  working: [led(() => undefined), /owner +ann/, /waiting on +nobody/],
  pending: [
    led((journey) => {
      journey.turns(transferTo('bob'));
    }),
    // Until somebody accepts, the source owns the case (I1).
    /owner +ann/,
    'h1 ann -> bob: because, offered',
  ],
  'waiting-user': [
    led((journey) => {
      journey.turns(reply('which order?'));
    }),
    /owner +ann/,
    /waiting on +user/,
    'which order?',
  ],
  'waiting-person': [
    led((journey) => {
      journey.turns({ kind: 'ask-review', question: 'May I?', subject: { sum: 5 } });
    }),
    /waiting on +people:desk/,
    /open +1 review/,
    'May I?',
  ],
  human: [
    led((journey) => {
      journey.turns({ kind: 'escalate', reasonCode: 'too-much' });
      journey.dispatch({ kind: 'claimed', message: { by: 'pam' } });
    }),
    /owner +people:desk, held by pam/,
    /waiting on +people:desk/,
  ],
  parked: [
    led((journey) => {
      journey.turnFails();
    }),
    /waiting on +people:desk/,
    /open +0 reviews, 1 dead letter/,
    'd1',
    'AGENT_FAILED',
  ],
  unwinding: [
    led((journey) => {
      journey.turns(callOf('write'));
      journey.callFails();
    }),
    /waiting on +nobody/,
    'write by ann: failed',
  ],
  closing: [
    led((journey) => {
      journey.turns({ kind: 'finish', outcome: 'resolved' });
    }),
    /outcome +finished, resolved/,
    'not stored yet',
  ],
  closed: [
    led((journey) => {
      journey.turns({ kind: 'finish', outcome: 'resolved' });
      journey.records();
    }),
    /outcome +finished, resolved/,
    /effects +kept/,
  ],
};

test('every stage of the lifecycle is here', () => {
  expect(Object.keys(stages)).toEqual(Object.keys(caseTransitions()));
});

test.each(Object.keys(stages) as CaseStage[])(
  'a case that is %s says so to people and in the UI',
  (stage) => {
    const [lead, ...words] = stages[stage];
    const state = lead();
    const view = viewOf(state);
    expect(view.stage).toBe(stage);
    const text = viewText(view);
    for (const word of words) expect(text).toMatch(word);
    const status = statusText({ ...view, live: true });
    expect(status).toMatch(new RegExp(`stage +${stage}$`, 'm'));
    expect(text.startsWith(status)).toBe(true);
    expect(detailsOf(state)).toContain(`(${stage}); waiting on ${view.waitingOn}`);
  },
);
