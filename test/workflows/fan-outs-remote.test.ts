import type { TeamManifest } from '../../contract/team.ts';
import { endPlay } from './model/checks.ts';
import { ALL, answersOf, fanOut, four, running } from './model/fan-outs.ts';
import { beginJourney, callOf, reply, type Journey } from './model/journey.ts';
import { withRemote } from './model/remote.ts';

const MINUTE_MS = 60_000;
const working = { state: 'working' } as const;
const asked = { ...working, push: 'asked' } as const;

/** A team of four whose questions wait for hours. */
function patient(remote: readonly string[]): TeamManifest {
  const team = four();
  const asks = (team.asks ?? []).map((one) => ({ ...one, ms: 60 * MINUTE_MS }));
  return withRemote({ ...team, asks, limits: { ...team.limits, turns: 20 } }, remote);
}

/** Ann has asked all, of whom bob and cid are elsewhere. */
function askedAll(): Journey {
  const journey = beginJourney(patient(['bob', 'cid']));
  journey.turns(fanOut(ALL));
  return journey;
}

const keyOf = (journey: Journey, name: string): string =>
  journey.state().remotes?.find(({ agent }) => agent === name)?.key ?? 'none';
const dueAt = (journey: Journey, timer: string): number =>
  Date.parse(journey.play.world.timers.get(timer)?.at ?? '');
const news = (journey: Journey, name: string): void => {
  journey.dispatch({ kind: 'remote-news', key: keyOf(journey, name) });
};

test('news for one of several brings its own look forward, and nobody else’s', () => {
  const journey = askedAll();
  const first = journey.turnInput('bob').envelope.idempotencyKey;
  journey.of('bob').waits({ ...asked, taskId: 't-bob' }, MINUTE_MS);
  journey.of('cid').waits({ ...asked, taskId: 't-cid' }, MINUTE_MS);
  // A write beside them raises the steps of the case.
  journey.of('constructor').turns(callOf('write'));
  journey.callEnds();
  const [bob, cid] = [dueAt(journey, 'remote task t2'), dueAt(journey, 'remote task t4')];
  const rows = journey.play.rows.length;
  for (let count = 0; count < 20; count += 1) news(journey, 'bob');
  expect(dueAt(journey, 'remote task t2')).toBeLessThan(bob);
  // It began to wait a minute before: no sooner than a second after.
  expect(dueAt(journey, 'remote task t2')).toBeGreaterThanOrEqual(bob - MINUTE_MS + 1_000);
  expect(dueAt(journey, 'remote task t4')).toBe(cid);
  expect(journey.play.rows).toHaveLength(rows);
  expect(running(journey)).toEqual(['constructor']);
  journey.fires('remote task t2');
  expect(journey.turnInput('bob')).toMatchObject({
    remote: { taskId: 't-bob', push: 'asked' },
    asked: { askId: 'a1', fanOut: 'f1' },
    envelope: { idempotencyKey: first },
  });
  endPlay(journey.play);
});

test('news that comes during a look of one of several is looked for once more, soon, and of it alone', () => {
  const journey = askedAll();
  journey.of('bob').waits({ ...asked, taskId: 't-bob' }, MINUTE_MS);
  journey.of('cid').waits({ ...asked, taskId: 't-cid' }, MINUTE_MS);
  journey.fires('remote task t2');
  journey.fires('remote task t4');
  news(journey, 'bob');
  journey.of('cid').waits(asked, MINUTE_MS);
  journey.of('bob').waits(asked, MINUTE_MS);
  const [bob, cid] = [dueAt(journey, 'remote task t2'), dueAt(journey, 'remote task t4')];
  expect(cid - bob).toBeGreaterThan(MINUTE_MS - 2_000);
  journey.fires('remote task t2');
  expect(journey.turnInput('bob').remote).not.toHaveProperty('news');
  // What was looked for is not looked for again.
  journey.of('bob').waits(asked, MINUTE_MS);
  expect(dueAt(journey, 'remote task t2')).toBeGreaterThan(cid);
  endPlay(journey.play);
});

test('news of a task that was not asked to call wakes nobody, whoever beside it was', () => {
  const journey = askedAll();
  journey.of('bob').waits({ ...asked, taskId: 't-bob' }, MINUTE_MS);
  journey.of('cid').waits({ ...working, taskId: 't-cid' }, MINUTE_MS);
  const cid = dueAt(journey, 'remote task t4');
  news(journey, 'cid');
  expect(dueAt(journey, 'remote task t4')).toBe(cid);
  endPlay(journey.play);
});

test('news reaches a task that was asked for further down', () => {
  const journey = beginJourney(patient(['cid']));
  journey.turns(fanOut(['bob', 'constructor']));
  journey.of('bob').turns(fanOut(['cid']));
  journey.of('cid').waits({ ...asked, taskId: 't-cid' }, MINUTE_MS);
  const [timer = ''] = [...journey.play.world.timers.keys()].filter((id) => id.startsWith('remote task'));
  const planned = dueAt(journey, timer);
  news(journey, 'cid');
  expect(dueAt(journey, timer)).toBeLessThan(planned);
  journey.fires(timer);
  const { remote } = journey.turnInput('cid');
  if (!remote) throw new Error('no task elsewhere');
  journey.of('cid').turns(reply('In Lyon.'), {}, { remote: { ...remote, state: 'completed' } });
  expect(running(journey)).toEqual(['constructor', 'bob']);
  endPlay(journey.play);
});

test('a continued case is woken for each of several as before', () => {
  const journey = askedAll();
  journey.of('bob').waits({ ...asked, taskId: 't-bob' }, MINUTE_MS);
  journey.of('cid').waits({ ...asked, taskId: 't-cid' }, MINUTE_MS);
  journey.of('constructor').turns(reply());
  journey.records();
  expect(journey.play.continueAsNew()).toBe(true);
  const [bob, cid] = [dueAt(journey, 'remote task t2'), dueAt(journey, 'remote task t4')];
  news(journey, 'cid');
  expect(dueAt(journey, 'remote task t2')).toBe(bob);
  expect(dueAt(journey, 'remote task t4')).toBeLessThan(cid);
  journey.fires('remote task t4');
  expect(running(journey)).toEqual(['cid']);
  endPlay(journey.play);
});

test('news of a task that nobody waits for any more wakes nobody', () => {
  const journey = askedAll();
  journey.of('bob').waits({ ...asked, taskId: 't-bob' }, MINUTE_MS);
  const key = keyOf(journey, 'bob');
  journey.of('cid').turnFails();
  // One of all has failed: the others are stopped, and the task elsewhere is ended.
  expect(journey.play.world.timers.has('remote task t2')).toBe(false);
  journey.dispatch({ kind: 'remote-news', key });
  expect(journey.play.world.timers.has('remote task t2')).toBe(false);
  expect(running(journey)).toEqual([]);
  journey.undoEnds();
  journey.undoEnds();
  expect(answersOf(journey)).toEqual([
    ['bob', 'withdrawn', 'ASK_WITHDRAWN'],
    ['constructor', 'withdrawn', 'ASK_WITHDRAWN'],
    ['cid', 'failed', 'AGENT_FAILED'],
  ]);
  endPlay(journey.play);
});
