import { z } from 'zod';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import type { HandoffRecord } from '../../contract/case.ts';
import { agent, call, finish, reply, transfer } from '../support/agents.ts';
import { awaitEvent } from '../support/await-case.ts';
import { unique } from '../support/bed.ts';
import { createGates } from '../support/gates.ts';
import { eventsOf } from '../support/ledger-of-history.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('pool');
const empty = unique('empty');
const desk = people('desk', { ann: { roles: ['lead'] } });

type Events = Awaited<ReturnType<typeof eventsOf>>;

/** Timers of a case: how many were started, rang and were stopped. */
function timersIn(events: Events): readonly number[] {
  return [
    events.filter((event) => event.timerStartedEventAttributes).length,
    events.filter((event) => event.timerFiredEventAttributes).length,
    events.filter((event) => event.timerCanceledEventAttributes).length,
  ];
}

/** When a workflow task began, in milliseconds on the server's clock: the time that its workflow goes by. */
function beganAt(events: Events, completed: Events[number] | undefined): number {
  const begun = String(completed?.workflowTaskCompletedEventAttributes?.startedEventId);
  const started = events.find((event) => String(event.eventId) === begun);
  return Number(started?.eventTime?.seconds) * 1_000 + Number(started?.eventTime?.nanos) / 1_000_000;
}

/** When a workflow task took the first ring of a timer. */
function firstRingTakenAt(events: Events): number {
  const ring = events.findIndex((event) => event.timerFiredEventAttributes);
  // A task that was begun and not completed in its time took nothing.
  return beganAt(
    events,
    events.slice(ring).find((event) => event.workflowTaskCompletedEventAttributes),
  );
}

/** When timers of a case are due, in the order in which they were set. */
function dueTimes(events: Events): readonly { readonly id: string; readonly at: number }[] {
  return events.flatMap(({ timerStartedEventAttributes: timer }) => {
    if (!timer) return [];
    const setBy = String(timer.workflowTaskCompletedEventId);
    const { seconds, nanos } = timer.startToFireTimeout ?? {};
    const ms = Number(seconds ?? 0) * 1_000 + (nanos ?? 0) / 1_000_000;
    const task = events.find((event) => String(event.eventId) === setBy);
    return { id: String(timer.timerId), at: beganAt(events, task) + ms };
  });
}

function openFor(handoff: HandoffRecord | undefined): number {
  return Date.parse(handoff?.endedAt ?? '') - Date.parse(handoff?.offeredAt ?? '');
}

/**
 * A quick handoff with one deadline, and then an offer that nobody hears with another. How many timers that takes hangs
 * on how quick the machine is, and on nothing else.
 */
function twoDeadlines(name: string, firstMs: number, secondMs: number): Journey {
  const absent = agent('absent', empty, () => finish());
  const billing = agent('billing', pool, (turn) =>
    turn.notices.length > 0 ? finish('alone') : transfer('absent', { topic: 'charge' }),
  );
  const triage = agent('triage', pool, () => transfer('billing', { topic: 'charge' }));
  const team = defineTeam({
    name: unique('deadlines'),
    start: triage,
    edges: [
      edge(triage, billing, { offerMs: firstMs }),
      edge(billing, absent, { offerMs: secondMs }),
      escalate(billing, desk),
    ],
  });
  return {
    name,
    team,
    play: async ({ bed, open }) => {
      const driver = await open();
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'alone' }, hops: 1 });
      const { handoffs } = await driver.view();
      expect(handoffs.map((one) => one.status)).toEqual(['completed', 'expired']);
      expect(openFor(handoffs[1])).toBeGreaterThanOrEqual(secondMs);
      const events = await eventsOf(bed.client, driver.id);
      const deadline = Date.parse(handoffs[1]?.offeredAt ?? '') + secondMs;
      const due = dueTimes(events);
      const rang = events.findLast((event) => event.timerFiredEventAttributes);
      const expiring = due.find(({ id }) => id === rang?.timerFiredEventAttributes?.timerId);
      // Workflow time has milliseconds, the server's has more.
      expect(expiring?.at).toBeLessThan(deadline + 2);
      expect(timersIn(events)).toEqual(timersFor(events, due[0]?.at ?? 0, deadline));
    },
  };
}

/** Timers of a case whose second deadline comes when the first timer is due at a given time. */
function timersFor(events: Events, firstDue: number, deadline: number): readonly number[] {
  // The first timer is too late for the second deadline: another takes its place.
  if (deadline < firstDue) return [3, 1, 1];
  // A worker that takes the first ring only after the second deadline has nothing left to set a timer for.
  if (firstRingTakenAt(events) >= deadline) return [2, 1, 0];
  // The first timer rings with nothing due, and is set for the rest of the second deadline.
  return [3, 2, 0];
}

function quickChain(): Journey {
  const third = agent('third', pool, (turn) => (turn.number > 3 ? finish() : reply('what else?')));
  const second = agent('second', pool, () => transfer('third'));
  const first = agent('first', pool, () => transfer('second'));
  const team = defineTeam({
    name: unique('quick'),
    start: first,
    edges: [edge(first, second), edge(second, third), escalate(first, desk)],
  });
  return {
    name: 'quick handoffs share one timer, and a case that waits for its user has none',
    team,
    play: async ({ bed, open }) => {
      const driver = await open();
      // At rest only once the ledger is flushed: then no timer is left.
      await driver.until((view) => view.stage === 'waiting-user' && view.ledgerLag === 0);
      expect(timersIn(await eventsOf(bed.client, driver.id))).toEqual([1, 0, 1]);
      await driver.say('nothing');
      await driver.result();
      // Closing, what the case is found by trails it for a moment: a timer that nobody waits for.
      expect(timersIn(await eventsOf(bed.client, driver.id))).toEqual([2, 0, 1]);
    },
  };
}

/** The user's message arms the deadline, so that it belongs to the scope that cancelling shuts. */
function ringsWhileUnwinding(): Journey {
  const gates = createGates();
  const note = defineTool({
    name: 'note',
    description: 'writes',
    input: z.object({}),
    effect: 'write',
    run: () => Promise.resolve({ kind: 'done', result: null }),
    undo: async ({ caseId }) => {
      await gates.pass(caseId);
      return { kind: 'undone' };
    },
  });
  const absent = agent('absent', empty, () => finish());
  const only = agent(
    'only',
    pool,
    (turn) => {
      if (turn.unanswered.at(-1)?.text !== 'go') return reply('yes?');
      return turn.answers.length === 0 ? call({ tool: 'note', arguments: {} }) : transfer('absent');
    },
    { tools: [note] },
  );
  const team = defineTeam({
    name: unique('unwinding'),
    start: only,
    edges: [edge(only, absent, { offerMs: 700 }), escalate(only, desk)],
  });
  return {
    name: 'a deadline that passes while a cancelled case takes its effects back harms nobody',
    team,
    play: async ({ bed, open }) => {
      const driver = await open();
      await driver.until((view) => view.stage === 'waiting-user');
      await driver.say('go');
      await driver.until((view) => view.stage === 'pending');
      await driver.handle.cancel();
      await gates.reached(driver.id);
      await awaitEvent(bed.client, driver.handle, (event) => event.timerFiredEventAttributes != null);
      gates.open(driver.id);
      expect(await driver.result()).toMatchObject({ outcome: { kind: 'cancelled' }, saga: 'compensated' });
      const events = await eventsOf(bed.client, driver.id);
      expect(events.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([]);
    },
  };
}

playJourneys(
  [
    quickChain(),
    ringsWhileUnwinding(),
    twoDeadlines('a deadline that is later than the timer', 300, 1_500),
    twoDeadlines('a deadline that is earlier than the timer', 30_000, 500),
  ],
  { unserved: [empty] },
);
