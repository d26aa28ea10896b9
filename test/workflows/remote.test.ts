import type { RemoteTask } from '../../contract/remote-task.ts';
import type { TeamManifest } from '../../contract/team.ts';
import { isEndOfRemote } from '../../workflows/remotes.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, reply, transferTo, type Journey } from './model/journey.ts';
import { withRemote } from './model/remote.ts';
import { plainPlan, teamOf } from './model/teams.ts';

type Effects = Parameters<typeof withRemote>[2];

/** A team whose `bob` is elsewhere. */
const team = (effects?: Effects): TeamManifest => withRemote(teamOf(plainPlan()), ['bob'], effects);

const kindsOf = (journey: Journey): readonly string[] => journey.play.rows.map((row) => row.kind);
const underWay = (journey: Journey): readonly string[] =>
  journey.play.world.outstanding
    .filter((one) => !one.stopped && one.step.kind !== 'record')
    .map((one) => one.step.kind);
const working = { taskId: 't-1', state: 'working' } as const;

function toBob(effects?: Effects): Journey {
  const journey = beginJourney(team(effects));
  journey.turns(transferTo('bob'));
  return journey;
}

function remote(journey: Journey): RemoteTask {
  const { remote: known } = journey.turnInput();
  if (!known) throw new Error('no task elsewhere');
  return known;
}

test('the effect is on record before anything is sent; the case waits with a timer alone, and polls are no turns', () => {
  const journey = toBob();
  expect(journey.state().effects).toMatchObject([{ agent: 'bob', status: 'scheduled', undo: 'by-key' }]);
  expect(journey.state()).toMatchObject({ owner: 'ann', stage: 'pending' });
  journey.waits(working);
  expect(journey.state()).toMatchObject({ owner: 'bob', stage: 'working', work: { kind: 'waiting' } });
  expect(journey.state().effects).toMatchObject([{ status: 'committed', arguments: { taskId: 't-1' } }]);
  journey.records();
  expect(underWay(journey)).toEqual([]);
  const { turns } = journey.state();
  let key = '';
  for (let poll = 0; poll < 40; poll += 1) {
    journey.fires('remote task');
    const { envelope } = journey.turnInput();
    expect(key === '' || key === envelope.idempotencyKey).toBe(true);
    key = envelope.idempotencyKey;
    journey.waits({ ...working, polls: poll });
    journey.records();
  }
  expect(journey.state().turns).toBe(turns);
  expect(kindsOf(journey).filter((kind) => kind === 'remote-task-changed')).toHaveLength(1);
  journey.fires('remote task');
  journey.turns(reply('It is in Lyon.'), {}, { remote: { ...remote(journey), state: 'completed' } });
  expect(journey.state()).toMatchObject({ stage: 'waiting-user', remotes: [] });
  endPlay(journey.play);
});

const asked = { ...working, push: 'asked' } as const;
const pollTimer = (journey: Journey): { readonly at: string } | undefined =>
  journey.play.world.timers.get('remote task');
const keyOf = (journey: Journey): string => journey.state().remotes?.[0]?.key ?? '';

test('news of a task brings the next look forward, a second after the last one at the earliest, and nothing else', () => {
  const journey = toBob();
  journey.waits(asked, 60_000);
  journey.records();
  const planned = pollTimer(journey)?.at ?? '';
  const { since = '' } = journey.state().work as { readonly since?: string };
  const rows = journey.play.rows.length;
  journey.dispatch({ kind: 'remote-news', key: 'of another task' });
  expect(pollTimer(journey)?.at).toBe(planned);
  journey.dispatch({ kind: 'remote-news', key: keyOf(journey) });
  const sooner = pollTimer(journey)?.at ?? '';
  expect(Date.parse(sooner)).toBeLessThan(Date.parse(planned));
  expect(Date.parse(sooner) - Date.parse(since)).toBeGreaterThanOrEqual(1_000);
  for (let count = 0; count < 20; count += 1) journey.dispatch({ kind: 'remote-news', key: keyOf(journey) });
  expect(pollTimer(journey)?.at).toBe(sooner);
  expect(journey.play.rows).toHaveLength(rows);
  expect(underWay(journey)).toEqual([]);
  journey.fires('remote task');
  expect(journey.turnInput()).toMatchObject({ remote: { taskId: 't-1', push: 'asked' } });
  endPlay(journey.play);
});

test('news that comes during a look is looked for once more, soon', () => {
  const journey = toBob();
  journey.waits(asked, 60_000);
  journey.records();
  journey.fires('remote task');
  journey.dispatch({ kind: 'remote-news', key: keyOf(journey) });
  journey.waits(asked, 60_000);
  const { since = '' } = journey.state().work as { readonly since?: string };
  expect(Date.parse(pollTimer(journey)?.at ?? '') - Date.parse(since)).toBeLessThanOrEqual(1_000);
  journey.fires('remote task');
  expect(journey.turnInput().remote).not.toHaveProperty('news');
  endPlay(journey.play);
});

test('news of a task that was not asked to call is nobody’s, and wakes nobody', () => {
  const journey = toBob();
  journey.waits(working);
  const planned = pollTimer(journey)?.at;
  journey.dispatch({ kind: 'remote-news', key: keyOf(journey) });
  expect(pollTimer(journey)?.at).toBe(planned);
  endPlay(journey.play);
});

test('a user who speaks is heard at once, by the same task', () => {
  const journey = toBob();
  journey.waits(working);
  journey.says('more');
  expect(remote(journey)).toMatchObject({ taskId: 't-1' });
  expect(journey.play.world.timers.has('remote task')).toBe(false);
  journey.waits(working);
  endPlay(journey.play);
});

test('a rejected task is no effect, and its case stays where it was', () => {
  const journey = toBob();
  journey.declines();
  expect(journey.state()).toMatchObject({ owner: 'ann', effects: [], remotes: [] });
  expect(kindsOf(journey)).toEqual(
    expect.arrayContaining(['effect-scheduled', 'effect-refused', 'handoff-declined']),
  );
  endPlay(journey.play);
});

test('an offer that comes to nothing leaves a doubt on record, and a task that may be there is told to stop', () => {
  const journey = toBob();
  journey.fires('offer h1');
  expect(journey.state().effects).toMatchObject([{ status: 'failed' }]);
  expect(underWay(journey)).toContain('look');
  journey.callEnds();
  expect(journey.state().remotes).toEqual([]);
  endPlay(journey.play);
});

test('people who take the case end the task; what it did by then is taken back with the case', () => {
  const journey = toBob();
  journey.waits(working);
  journey.dispatch({ kind: 'human-asked', message: { by: 'user' } });
  expect(underWay(journey)).toEqual(['look']);
  journey.callEnds();
  journey.dispatch({ kind: 'cancel-requested' });
  journey.undoEnds();
  expect(journey.state()).toMatchObject({ saga: 'compensated', effects: [{ status: 'undone' }] });
  journey.records();
  endPlay(journey.play);
});

test('what nobody can take back is ended all the same, and reported as kept', () => {
  const journey = toBob('irreversible');
  journey.waits(working);
  journey.dispatch({ kind: 'cancel-requested' });
  expect(underWay(journey)).toEqual(['undo']);
  journey.undoEnds();
  expect(journey.state()).toMatchObject({ saga: 'partly-compensated', effects: [{ status: 'kept' }] });
});

test('an agent that changes nothing is no effect; its task is ended with the case', () => {
  const journey = toBob('none');
  expect(journey.state().effects).toEqual([]);
  journey.waits(working);
  journey.dispatch({ kind: 'cancel-requested' });
  expect(underWay(journey)).toContain('look');
});

test('a turn that fails before the task is known is looked for, not asked for again', () => {
  const journey = beginJourney({ ...team(), start: 'bob', edges: [] });
  journey.turnFails();
  expect(journey.state()).toMatchObject({ stage: 'parked', effects: [{ status: 'failed' }] });
  const [letter] = journey.state().deadLetters;
  journey.dispatch({
    kind: 'redriven',
    message: { deadLetterId: letter?.id ?? '', by: 'pam', reason: 'again' },
  });
  expect(remote(journey)).toMatchObject({ tried: true });
  journey.waits(working);
  expect(journey.state().effects).toMatchObject([{ status: 'committed' }]);
  endPlay(journey.play);
});

test('a continued case arms the timer again', () => {
  const journey = toBob();
  journey.waits(working);
  journey.play.world.timers.clear();
  journey.dispatch({ kind: 'continued' });
  journey.fires('remote task');
  expect(remote(journey)).toMatchObject({ taskId: 't-1' });
});

test('a task that nobody can take back is ended elsewhere when its letter is redriven, and kept on record', () => {
  const journey = toBob('irreversible');
  journey.waits(working);
  journey.dispatch({ kind: 'cancel-requested' });
  expect(underWay(journey)).toContain('undo');
  journey.undoFails();
  const [letter] = journey.state().deadLetters;
  expect(letter).toMatchObject({ kind: 'undo', status: 'open' });
  expect(isEndOfRemote(journey.state(), letter?.id ?? '')).toBe(true);
  const message = { deadLetterId: letter?.id ?? '', by: 'pam', reason: 'it is there again' };
  journey.dispatch({ kind: 'redriven', message, endsRemote: true });
  expect(underWay(journey)).toContain('undo');
  journey.undoEnds();
  expect(journey.state()).toMatchObject({ saga: 'partly-compensated', effects: [{ status: 'kept' }] });
  expect(kindsOf(journey)).toEqual(
    expect.arrayContaining(['dead-letter-redriven', 'effect-kept', 'case-closed']),
  );
  expect(journey.state().deadLetters).toHaveLength(1);
  journey.records();
  endPlay(journey.play);
});
