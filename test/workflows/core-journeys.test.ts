import { failure } from '../../contract/failures.ts';
import type { CaseEvent } from '../../workflows/events.ts';
import { beginJourney, callOf, reply, transferTo, type Journey } from './model/journey.ts';
import { endPlay } from './model/checks.ts';
import { plainPlan, teamOf } from './model/teams.ts';

const toBob = { from: 0, to: 1, approval: 'none', noReturn: false, fallback: [] } as const;
const limits = plainPlan().limits;

test('a receiver that accepts and answers at once waits for the user', () => {
  const journey = beginJourney(teamOf(plainPlan()));
  journey.turns(transferTo('bob'));
  journey.turns(reply());
  expect(journey.state()).toMatchObject({ owner: 'bob', stage: 'waiting-user', hops: 1 });
  endPlay(journey.play);
});

test('a receiver that accepts and asks people at once waits for them', () => {
  const journey = beginJourney(teamOf(plainPlan()));
  journey.turns(transferTo('bob'));
  journey.turns({ kind: 'ask-review', question: 'May I?', subject: 1 });
  expect(journey.state()).toMatchObject({ owner: 'bob', stage: 'waiting-person' });
  endPlay(journey.play);
});

test('a turn that is cancelled though the case never asked is trouble like any other', () => {
  const journey = beginJourney(teamOf(plainPlan()));
  journey.turnFails('AGENT_FAILED');
  expect(journey.state().stage).toBe('parked');
});

test('a cancel that comes while a failed case is unwinding holds, though a human was asked for', () => {
  const journey = beginJourney(teamOf(plainPlan()));
  journey.turns(callOf('write', 'write'));
  journey.callEnds();
  journey.callFails();
  journey.dispatch({ kind: 'human-asked', message: {} });
  journey.undoEnds();
  journey.dispatch({ kind: 'cancel-requested' });
  journey.undoEnds();
  journey.records();
  expect(journey.state()).toMatchObject({ stage: 'closed', ending: { kind: 'failed' }, saga: 'compensated' });
});

test('without a cancel, the human who was asked for gets the unwound case', () => {
  const journey = beginJourney(teamOf(plainPlan()));
  journey.turns(callOf('write'));
  journey.callFails();
  journey.dispatch({ kind: 'human-asked', message: {} });
  journey.undoEnds();
  expect(journey.state()).toMatchObject({ stage: 'human', owner: 'people:desk' });
});

test('a message that came after a parked turn began is answered when the dead letter is discarded', () => {
  const journey = beginJourney(teamOf(plainPlan()));
  journey.says('late');
  journey.turnFails();
  journey.dispatch({ kind: 'discarded', message: { deadLetterId: 'd1', by: 'pam', reason: 'never mind' } });
  expect(journey.state().stage).toBe('working');
  journey.turns(reply());
  endPlay(journey.play);
});

test('people keep a case whose user asks for a human while it is being given back', () => {
  const journey = beginJourney(teamOf(plainPlan()));
  journey.turns({ kind: 'escalate', reasonCode: 'because' });
  journey.dispatch({ kind: 'gave-back', message: { by: 'pam', note: 'yours' } });
  journey.dispatch({ kind: 'human-asked', message: {} });
  expect(journey.state()).toMatchObject({ owner: 'people:desk', stage: 'human' });
  expect(journey.state().handoffs.at(-1)?.status).toBe('withdrawn');
});

test('a stand-in whose own edge wants a person’s yes does not stand in by itself', () => {
  const plan = plainPlan({
    agents: 4,
    edges: [
      { ...toBob, fallback: [2, 3] },
      { ...toBob, to: 2, approval: 'always' },
      { ...toBob, to: 3, noReturn: true },
    ],
  });
  const journey = beginJourney(teamOf(plan));
  journey.turns(transferTo('bob'));
  journey.declines();
  journey.acknowledges();
  expect(journey.state().owner).toBe('cid');
  // The terms of the stand-in's own edge hold.
  journey.turns({ kind: 'return', reasonCode: 'not mine' });
  expect(journey.state().handoffs.at(-1)).toMatchObject({
    status: 'refused',
    failure: { code: 'NO_RETURN' },
  });
  endPlay(journey.play);
});

test('a handoff corrected by redrive needs a new yes for its new content', () => {
  const plan = plainPlan({ edges: [{ ...toBob, approval: 'always' }], limits: { ...limits, fallbacks: 0 } });
  const journey = beginJourney(teamOf(plan));
  journey.turns(transferTo('bob', { amount: 1 }));
  journey.decides('approve');
  journey.fires('offer h1');
  expect(journey.state().stage).toBe('parked');
  const redrive = {
    deadLetterId: 'd1',
    by: 'pam',
    reason: 'with the right sum',
    correction: { amount: 900 },
  };
  journey.dispatch({ kind: 'redriven', message: redrive });
  expect(journey.state().stage).toBe('waiting-person');
  expect(journey.state().handoffs.map((one) => one.status)).toEqual(['withdrawn', 'held']);
  journey.decides('approve');
  journey.turns(reply());
  expect(journey.state()).toMatchObject({ owner: 'bob', memory: { bob: { facts: { amount: 900 } } } });
  endPlay(journey.play);
});

test('a handoff that is offered again has no end', () => {
  const journey = beginJourney(teamOf(plainPlan({ limits: { ...limits, fallbacks: 0 } })));
  journey.turns(transferTo('bob'));
  journey.fires('offer h1');
  journey.dispatch({ kind: 'redriven', message: { deadLetterId: 'd1', by: 'pam', reason: 'again' } });
  expect(journey.state().handoffs[0]).toMatchObject({ status: 'offered', epoch: 3 });
  expect(journey.state().handoffs[0]).not.toHaveProperty('endedAt');
  expect(journey.state().handoffs[0]).not.toHaveProperty('failure');
});

test('every end of a handoff stands in the ledger', () => {
  const journey = beginJourney(teamOf(plainPlan({ edges: [toBob, { ...toBob, from: 1, to: 0 }] })));
  journey.turns(transferTo('bob'));
  journey.turns(transferTo('ann'));
  journey.turns({ kind: 'return', reasonCode: 'not mine' });
  journey.turns({ kind: 'finish', outcome: 'resolved' });
  journey.records();
  const ends = journey.play.rows.filter((row) => /^handoff-(completed|returned)/.test(row.kind));
  expect(ends.map((row) => [row.kind, row.content['handoffId']])).toEqual([
    ['handoff-completed', 'h1'],
    ['handoff-returned', 'h2'],
    ['handoff-completed', 'h3'],
  ]);
});

test('a ledger that refuses rows for good is not asked again by the refusal itself', () => {
  const journey = beginJourney(teamOf(plainPlan()));
  journey.turns(reply());
  const asked = (): number =>
    journey.play.world.outstanding.filter((one) => one.step.kind === 'record').length;
  expect(asked()).toBe(1);
  journey.play.world.outstanding = [];
  const trouble = { failure: failure('LEDGER_DIVERGED') };
  journey.dispatch({ kind: 'record-failed', trouble });
  expect(asked()).toBe(0);
  journey.says('more');
  journey.turns(reply());
  expect(asked()).toBe(1);
});

test('nothing is written behind the closing row', () => {
  const journey = beginJourney(teamOf(plainPlan()));
  journey.turns({ kind: 'finish', outcome: 'resolved' });
  const rows = journey.play.rows.length;
  journey.dispatch({ kind: 'message-refused', door: 'signal', failure: failure('INPUT_INVALID') });
  journey.dispatch({
    kind: 'acknowledged',
    acknowledgement: { handoffId: 'h9', offerEpoch: 1, attempt: 1, digest: 'f'.repeat(64) },
  });
  journey.says('late');
  journey.records();
  journey.dispatch({ kind: 'message-refused', door: 'signal', failure: failure('INPUT_INVALID') });
  expect(journey.state().stage).toBe('closed');
  expect(journey.play.rows).toHaveLength(rows);
  expect(journey.play.rows.at(-1)?.kind).toBe('case-closed');
});

test('a case that is being cancelled ends cancelled, though the undo of a failed call fails too (I4)', () => {
  const journey = beginJourney(teamOf(plainPlan()));
  journey.turns(callOf('soft'));
  journey.callFails();
  journey.dispatch({ kind: 'cancel-requested' });
  journey.undoFails();
  expect(journey.state()).toMatchObject({ stage: 'unwinding', ending: { kind: 'cancelled' } });
  journey.undoEnds();
  journey.records();
  expect(journey.state()).toMatchObject({ stage: 'closed', ending: { kind: 'cancelled' } });
});

describe('a person who ends a case has read what its user said (T8)', () => {
  const resolved = (seen?: number): CaseEvent => ({
    kind: 'person-resolved',
    message: { by: 'pam', outcome: 'settled', note: 'done', ...(seen === undefined ? {} : { seen }) },
  });
  const withPeople = (): Journey => {
    const journey = beginJourney(teamOf(plainPlan()));
    journey.turns({ kind: 'escalate', reasonCode: 'because' });
    return journey;
  };

  test('what was there when people took the case is read with it', () => {
    const journey = withPeople();
    journey.dispatch(resolved());
    expect(journey.state().stage).toBe('closing');
  });

  test.each(['on taking it', 'after a claim', 'after an answer'] as const)(
    'a message that comes %s keeps the case open until it is read',
    (when) => {
      const journey = withPeople();
      if (when === 'after a claim') journey.dispatch({ kind: 'claimed', message: { by: 'pam' } });
      if (when === 'after an answer')
        journey.dispatch({ kind: 'person-replied', message: { by: 'pam', messageId: 'p1', text: 'so?' } });
      journey.says('late');
      const last = journey.state().messages;
      journey.dispatch(resolved());
      expect(journey.state().stage).toBe('human');
      expect(journey.state().refusals.at(-1)).toMatchObject({
        failure: { code: 'MESSAGES_UNREAD', field: 'seen' },
      });
      expect(journey.state().refusals.at(-1)?.failure.message).toContain(`message ${String(last)}`);
      journey.dispatch(resolved(last - 1));
      expect(journey.state().stage).toBe('human');
      journey.dispatch(resolved(last));
      expect(journey.state().stage).toBe('closing');
    },
  );

  test('an answer or a claim reads what came before it', () => {
    const journey = withPeople();
    journey.says('late');
    journey.dispatch({ kind: 'claimed', message: { by: 'pam' } });
    journey.dispatch(resolved());
    expect(journey.state().stage).toBe('closing');
  });

  test('nobody has read what is not there yet', () => {
    const journey = withPeople();
    journey.dispatch(resolved(1_000));
    expect(journey.state().refusals.at(-1)).toMatchObject({
      failure: { code: 'INPUT_INVALID', field: 'resolve.seen' },
    });
    expect(journey.state().stage).toBe('human');
  });
});
