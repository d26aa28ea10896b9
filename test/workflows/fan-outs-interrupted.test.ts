import { endPlay } from './model/checks.ts';
import { ALL, answersOf, fanOut, four, rowsIn, running } from './model/fan-outs.ts';
import { beginJourney, callOf, reply } from './model/journey.ts';

test('what cannot be taken back waits for a person, and whoever asked goes on once somebody has seen to it', () => {
  const journey = beginJourney(four());
  journey.turns(fanOut(['bob', 'cid']));
  journey.of('bob').turns(callOf('write'));
  journey.callEnds();
  journey.of('cid').turnFails();
  journey.undoFails();
  expect(journey.state()).toMatchObject({ stage: 'parked', deadLetters: [{ kind: 'undo', status: 'open' }] });
  // I12: honoured once nothing is left half undone.
  journey.dispatch({ kind: 'human-asked', message: {} });
  expect(journey.state().owner).toBe('ann');
  journey.dispatch({
    kind: 'redriven',
    message: { deadLetterId: 'd1', by: 'pam', reason: 'the shop is back' },
  });
  journey.undoEnds();
  expect(journey.state()).toMatchObject({ owner: 'people:desk', effects: [{ status: 'undone' }] });
  endPlay(journey.play);
});

test('an effect that fails unwinds the fan-out that it is of, and not the case', () => {
  const journey = beginJourney(four());
  journey.turns(callOf('write'));
  journey.callEnds();
  journey.turns(fanOut(['bob', 'cid']));
  journey.of('bob').turns(callOf('write'));
  journey.callFails();
  journey.undoEnds();
  expect(answersOf(journey)).toEqual([
    ['bob', 'failed', 'EFFECT_FAILED'],
    ['cid', 'withdrawn', 'ASK_WITHDRAWN'],
  ]);
  expect(journey.state().effects.map(({ agent, status }) => [agent, status])).toEqual([
    ['ann', 'committed'],
    ['bob', 'undone'],
  ]);
  endPlay(journey.play);
});

test('a user who asks for a human gets one: turns are stopped, and a call that runs comes to its answer first', () => {
  const journey = beginJourney(four());
  journey.turns(fanOut(ALL));
  journey.of('bob').turns(callOf('write'));
  journey.dispatch({ kind: 'human-asked', message: {} });
  expect(journey.state().owner).toBe('ann');
  expect(running(journey)).toEqual([]);
  journey.callEnds();
  expect(journey.state()).toMatchObject({ owner: 'people:desk', effects: [{ status: 'committed' }] });
  expect(rowsIn(journey, 'ask-withdrawn')).toHaveLength(3);
  endPlay(journey.play);
});

test('a cancelled case takes everything back, what was written for its questions too', () => {
  const journey = beginJourney(four());
  journey.turns(callOf('write'));
  journey.callEnds();
  journey.turns(fanOut(ALL));
  journey.of('bob').turns(callOf('write'));
  journey.callEnds();
  journey.dispatch({ kind: 'cancel-requested' });
  journey.undoEnds();
  journey.undoEnds();
  journey.records();
  expect(journey.state()).toMatchObject({ stage: 'closed', saga: 'compensated' });
});

test('what the user says meanwhile waits for the asker', () => {
  const journey = beginJourney(four());
  journey.turns(fanOut(['bob', 'cid']));
  journey.says('u1');
  expect(journey.turnInput('bob').conversation).toEqual([]);
  journey.of('bob').turns(reply());
  journey.of('cid').turns(reply());
  expect(journey.turnInput().conversation.at(-1)).toMatchObject({ id: 'u1' });
  endPlay(journey.play);
});

test('questions lead to questions side by side; a supervisor below answers for its own', () => {
  const team = four();
  const journey = beginJourney({ ...team, limits: { ...team.limits, turns: 20 } });
  journey.turns(fanOut(['bob', 'cid'], { need: 'any' }));
  journey.of('bob').turns(fanOut(['constructor', 'ann']));
  // Bob waits for ann, who waits for bob: nobody is asked.
  expect(journey.turnInput('bob').answers.map((one) => one.asked?.status)).toEqual(['withdrawn', 'refused']);
  journey.of('bob').turns(fanOut(['constructor']));
  journey.of('constructor').turns(callOf('write'));
  journey.callEnds();
  journey.of('constructor').turns(reply('Written.'));
  expect(journey.state().effects[0]?.askedFor).toEqual(['a1', 'a3']);
  journey.of('bob').turnFails();
  journey.of('cid').turns(reply());
  // Bob has no answer, so what was written for bob does not count either.
  journey.undoEnds();
  expect(answersOf(journey)).toEqual([
    ['bob', 'failed', 'AGENT_FAILED'],
    ['cid', 'answered'],
  ]);
  endPlay(journey.play);
});

test('an approval that one of them needs holds nobody else up', () => {
  const journey = beginJourney(four());
  journey.turns(fanOut(['bob', 'cid']));
  journey.of('bob').turns({ kind: 'call', calls: [{ id: 'c', tool: 'big', arguments: { amount: 80 } }] });
  expect(journey.state().stage).toBe('waiting-person');
  journey.of('cid').turns(callOf('write'));
  journey.callEnds();
  journey.of('cid').turns(reply());
  expect(journey.play.continueAsNew()).toBe(false);
  journey.records();
  // A quiescent point: the case goes on as a new execution, with half of its answers.
  expect(journey.play.continueAsNew()).toBe(true);
  expect([...journey.play.world.timers.keys()]).toEqual(expect.arrayContaining(['ask a1', 'review r1']));
  journey.decides('approve');
  journey.callEnds();
  journey.of('bob').turns(reply());
  expect(answersOf(journey)).toEqual([
    ['bob', 'answered'],
    ['cid', 'answered'],
  ]);
  endPlay(journey.play);
});
