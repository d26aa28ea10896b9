import { detailsOf, viewOf } from '../../workflows/view.ts';
import { endPlay } from './model/checks.ts';
import { ALL, answersOf, fanOut, four, rowsIn, running } from './model/fan-outs.ts';
import { beginJourney, callOf, reply, transferTo } from './model/journey.ts';
import { metered } from './model/metered.ts';

test('several are asked at once, work side by side, and the asker gets all answers in the order asked', () => {
  const journey = beginJourney(four());
  journey.turns(fanOut(ALL), { order: 'o-1' });
  expect(running(journey)).toEqual(ALL);
  expect(journey.turnInput('bob')).toMatchObject({
    asked: { askId: 'a1', by: 'ann', fanOut: 'f1', question: 'What, bob?' },
    conversation: [],
    envelope: { memory: { facts: { order: 'o-1' } } },
  });
  // What one is told, another does not see.
  expect(journey.turnInput('cid').envelope.memory.facts).toEqual({});
  expect(journey.state()).toMatchObject({ owner: 'ann', stage: 'working', hops: 0, path: ['ann'] });
  expect(detailsOf(journey.state())).toContain(
    '- f1 ann asks bob, constructor, cid (3 of 3 needed): bob open, constructor open, cid open',
  );
  journey.of('cid').turns(reply('Third.'));
  journey.of('bob').turns(reply('First.'), { amount: 4, secret: 'of bob' });
  expect(viewOf(journey.state()).fanOuts).toEqual([
    {
      id: 'f1',
      by: 'ann',
      needed: 3,
      rest: 'wait',
      phase: 'asking',
      questions: [
        { to: 'bob', askId: 'a1', status: 'answered' },
        { to: 'constructor', askId: 'a2', status: 'open' },
        { to: 'cid', askId: 'a3', status: 'answered' },
      ],
    },
  ]);
  journey.of('constructor').turns(reply('Second.'));
  expect(answersOf(journey)).toEqual(ALL.map((name) => [name, 'answered']));
  expect(journey.turnInput().answers[0]?.answer).toEqual({
    kind: 'done',
    result: { text: 'First.', facts: { amount: 4 } },
  });
  expect(journey.state().transcript.filter((one) => one.from.kind === 'agent')).toEqual([]);
  expect(rowsIn(journey, 'ask-', 'fan-out')).toEqual([
    ['fan-out-opened', 'f1'],
    ['ask-opened', 'a1'],
    ['ask-opened', 'a2'],
    ['ask-opened', 'a3'],
    ['ask-answered', 'a3'],
    ['ask-answered', 'a1'],
    ['ask-answered', 'a2'],
    ['fan-out-decided', 'f1'],
    ['fan-out-ended', 'f1'],
  ]);
  journey.turns(reply('All three say so.'));
  endPlay(journey.play);
});

test('where one of all fails, the others are stopped, and what they wrote is taken back in reverse order', () => {
  const journey = beginJourney(four());
  journey.turns(fanOut(ALL));
  journey.of('bob').turns(callOf('write'));
  journey.of('constructor').turns(callOf('soft'));
  // Two agents want to write: one after the other, so that the way back is known.
  expect(journey.state().effects.map(({ tool }) => tool)).toEqual(['write']);
  journey.callEnds();
  expect(journey.state().effects.map(({ tool }) => tool)).toEqual(['write', 'soft']);
  journey.of('bob').turns(reply('Written.'));
  journey.callEnds();
  journey.of('cid').turnFails();
  expect(running(journey)).toEqual([]);
  journey.undoEnds();
  journey.undoEnds();
  expect(rowsIn(journey, 'undo-scheduled')).toEqual([
    ['undo-scheduled', 'soft'],
    ['undo-scheduled', 'write'],
  ]);
  expect(answersOf(journey)).toEqual([
    ['bob', 'answered'],
    ['constructor', 'withdrawn', 'ASK_WITHDRAWN'],
    ['cid', 'failed', 'AGENT_FAILED'],
  ]);
  const { answers, notices } = journey.turnInput();
  expect(answers.map((one) => one.asked?.takenBack)).toEqual([['write'], ['soft'], undefined]);
  expect(notices).toMatchObject([
    { kind: 'fan-out-unmet', fanOut: 'f1', failure: { code: 'FAN_OUT_UNMET' } },
  ]);
  journey.turns(reply('It could not be done.'));
  endPlay(journey.play);
});

test('enough answers count: what others wrote is taken back, and what belongs to an answer stays', () => {
  const journey = beginJourney(four());
  journey.turns(fanOut(ALL, { need: 2, rest: 'stop' }));
  journey.of('bob').turns(callOf('write'));
  journey.callEnds();
  journey.of('constructor').turns(callOf('write'));
  journey.callEnds();
  journey.of('bob').turns(reply());
  journey.of('cid').turns(reply());
  // Two of three: nobody waits for the third, whose write nobody has an answer for.
  journey.undoEnds();
  expect(answersOf(journey)).toEqual([
    ['bob', 'answered'],
    ['constructor', 'withdrawn', 'ASK_WITHDRAWN'],
    ['cid', 'answered'],
  ]);
  expect(journey.state().effects.map(({ agent, status }) => [agent, status])).toEqual([
    ['bob', 'committed'],
    ['constructor', 'undone'],
  ]);
  expect(journey.turnInput().notices).toEqual([]);
  endPlay(journey.play);
});

test('with any one needed and the rest waited for, each comes with its own status', () => {
  const team = four();
  const journey = beginJourney(team);
  journey.turns(fanOut([...ALL, 'nowhere'], { need: 'any' }));
  journey.of('constructor').turns(transferTo('bob'));
  journey.of('cid').turnFails('BUDGET_SPENT');
  journey.fires('ask a1');
  expect(answersOf(journey)).toEqual([
    ['bob', 'expired', 'ASK_EXPIRED'],
    ['constructor', 'failed', 'ASK_DECLINED'],
    ['cid', 'out-of-budget', 'BUDGET_SPENT'],
    ['nowhere', 'refused', 'TARGET_UNKNOWN'],
  ]);
  endPlay(journey.play);
});

test('where too few may be asked at all, nobody is', () => {
  const journey = beginJourney(four());
  journey.turns(fanOut(['bob', 'ann', 'nowhere'], { need: 2 }));
  expect(answersOf(journey)).toEqual([
    ['bob', 'withdrawn', 'ASK_WITHDRAWN'],
    ['ann', 'refused', 'ASK_CYCLE'],
    ['nowhere', 'refused', 'TARGET_UNKNOWN'],
  ]);
  expect(rowsIn(journey, 'ask-opened')).toEqual([]);
  endPlay(journey.play);
});

test('a team says how many must answer; its agents may want more, and not fewer', () => {
  const declared = { ...four(), fanOuts: { ann: { need: 2, rest: 'stop' as const } } };
  const modest = beginJourney(declared);
  modest.turns(fanOut(ALL, { need: 'any' }));
  expect(modest.state().work).toMatchObject({ needed: 2, rest: 'stop' });
  endPlay(modest.play);
  const strict = beginJourney(declared);
  strict.turns(fanOut(ALL, { need: 'all' }));
  expect(strict.state().work).toMatchObject({ needed: 3 });
  endPlay(strict.play);
});

test('what all may spend is reserved before any begins: even shares of what is there, and what is left comes back', () => {
  const team = metered(four());
  const journey = beginJourney({ ...team, limits: { ...team.limits, tokens: 3_000 } });
  const asks = fanOut(ALL).asks.map((one, index) =>
    index === 0 ? { ...one, limits: { tokens: 400 } } : one,
  );
  journey.turns({ kind: 'fan-out', asks, need: 'any' });
  expect(ALL.map((name) => journey.turnInput(name).allowance)).toEqual([
    { tokens: 400 },
    { tokens: 1_300 },
    { tokens: 1_300 },
  ]);
  const usage = { model: 'test:one', inputTokens: 300, outputTokens: 100 };
  journey.of('bob').turns(reply(), {}, { usage });
  journey.of('cid').turns(callOf('look'), {}, { usage });
  journey.of('cid').callEnds();
  expect(journey.turnInput('cid').allowance).toEqual({ tokens: 900 });
  // What a stopped turn may still cost is kept apart until it has ended; then it is counted.
  journey.fires('ask a3');
  journey.of('constructor').turns(reply(), {}, { usage });
  expect(journey.turnInput('ann').allowance).toEqual({ tokens: 3_000 - 1_200 - 900 });
  const [late] = journey.state().stopped ?? [];
  const turned = {
    kind: 'turned',
    turn: { version: '1.0.0', intent: reply(), facts: {}, provenance: {} },
  } as const;
  journey.dispatch({ kind: 'turn-ended', turnId: String(late?.turnId), output: { ...turned, usage } });
  journey.play.world.outstanding = journey.play.world.outstanding.filter(({ stopped }) => !stopped);
  expect(journey.state()).toMatchObject({ spend: { total: { inputTokens: 1_200, outputTokens: 400 } } });
  expect(journey.state().stopped).toBeUndefined();
  expect(rowsIn(journey, 'turn-stopped')).toHaveLength(1);
  endPlay(journey.play);
});

test('so many work at once as the team allows; the others follow', () => {
  const team = four();
  const journey = beginJourney({ ...team, limits: { ...team.limits, asksAtOnce: 2 } });
  journey.turns(fanOut(ALL));
  expect(running(journey)).toEqual(['bob', 'constructor']);
  journey.of('constructor').turns(reply());
  expect(running(journey)).toEqual(['bob', 'cid']);
  endPlay(journey.play);
});
