import { z } from 'zod';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { agent, call, finish, transfer } from '../support/agents.ts';
import { unique } from '../support/bed.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('pool');
const absentees = unique('absent');
const desk = people('desk', { ann: { roles: ['lead'] } });
const board = people('board', { eve: { roles: [] } });
/** Refunds paid, by case. */
const paid: Record<string, number[]> = {};

/** A refund of 500, which is above what a tool may pay by itself, and one of 50, which is not. */
function refund(end: 'approve' | 'reject' | 'nobody', outcome: string, sums: readonly number[]): Journey {
  const tool = defineTool({
    name: 'refund',
    description: 'pays back',
    input: z.object({ amountEur: z.number() }),
    effect: 'write',
    approval: {
      pool: 'board',
      when: { kind: 'above', field: 'amountEur', value: 100 },
      expiresMs: end === 'nobody' ? 5_000 : 600_000,
      question: 'Pay it back?',
    },
    run: ({ caseId, input }) => {
      (paid[caseId] ??= []).push(input.amountEur);
      return Promise.resolve({ kind: 'done', result: input.amountEur });
    },
    undo: () => Promise.resolve({ kind: 'undone' }),
  });
  const only = agent(
    'only',
    pool,
    (turn) =>
      turn.answers.length === 0
        ? call(
            { tool: 'refund', arguments: { amountEur: 500 } },
            { tool: 'refund', arguments: { amountEur: 50 } },
          )
        : finish(
            turn.answers
              .map(({ answer }) => (answer.kind === 'refused' ? answer.failure.code : answer.kind))
              .join(' '),
          ),
    { tools: [tool] },
  );
  const team = defineTeam({
    name: unique('refund'),
    start: only,
    edges: [escalate(only, desk), escalate(only, board)],
  });
  return {
    name: `a call that needs a yes: ${end}`,
    team,
    play: async ({ open }) => {
      const driver = await open();
      const review = await driver.review();
      expect(review).toMatchObject({
        kind: 'tool-call',
        pool: 'board',
        question: 'Pay it back?',
        subject: { agent: 'only', tool: 'refund', arguments: { amountEur: 500 } },
      });
      const held = await driver.view();
      expect(held).toMatchObject({ stage: 'waiting-person', owner: 'only', waitingOn: 'people:board' });
      // Writes run in the order asked: the small one waits behind the one that is held.
      expect(held.effects).toEqual([]);
      if (end !== 'nobody') await driver.decide(end, 'eve');
      expect(await driver.result()).toMatchObject({ outcome: { outcome }, saga: 'kept' });
      expect(paid[driver.id]).toEqual(sums);
      const status = { approve: 'approved', reject: 'rejected', nobody: 'expired' }[end];
      expect((await driver.view()).reviews).toMatchObject([{ status }]);
    },
  };
}

/** The stand-in's own edge wants a person's yes: an automatic fallback does not go around it (I8). */
function standIn(needsYes: boolean): Journey {
  const absent = agent('absent', absentees, () => finish('absent did it'));
  const second = agent('second', pool, () => finish('the stand-in did it'));
  const first = agent('first', pool, (turn) => {
    const [notice] = turn.notices;
    return notice ? finish(`told: ${notice.kind}`) : transfer('absent', { topic: 'charge' });
  });
  const approval = { pool: 'board', expiresMs: 600_000, question: 'Let the second have it?' };
  const team = defineTeam({
    name: unique('stand-in'),
    start: first,
    edges: [
      edge(first, absent, { offerMs: 300, fallback: [second] }),
      edge(first, second, needsYes ? { approval } : {}),
      escalate(first, desk),
      escalate(first, board),
    ],
  });
  return {
    name: `a stand-in that ${needsYes ? 'needs' : 'does not need'} a yes`,
    team,
    play: async ({ open }) => {
      const driver = await open();
      expect(await driver.result()).toMatchObject({
        outcome: { outcome: needsYes ? 'told: handoff-failed' : 'the stand-in did it' },
        path: needsYes ? ['first'] : ['first', 'second'],
      });
      const { handoffs, reviews } = await driver.view();
      expect(handoffs.map((one) => [one.to, one.status])).toEqual([
        ['absent', 'expired'],
        ...(needsYes ? [] : [['second', 'completed']]),
      ]);
      expect(reviews).toEqual([]);
    },
  };
}

/** Two of the board must say yes: one by update, the other by a plain signal, as the Temporal UI sends it. */
function fourEyes(): Journey {
  const tool = defineTool({
    name: 'refund',
    description: 'pays back',
    input: z.object({ amountEur: z.number() }),
    effect: 'write',
    approval: {
      pool: 'board',
      expiresMs: 600_000,
      question: 'Pay it back?',
      approvers: 2,
      roles: ['director'],
    },
    run: ({ input }) => Promise.resolve({ kind: 'done', result: input.amountEur }),
    undo: () => Promise.resolve({ kind: 'undone' }),
  });
  const only = agent(
    'only',
    pool,
    (turn) =>
      turn.answers.length === 0
        ? call({ tool: 'refund', arguments: { amountEur: 500 } })
        : finish(turn.answers.map(({ answer }) => answer.kind).join(' ')),
    { tools: [tool] },
  );
  const directors = people('board', {
    eve: { roles: ['director'] },
    max: { roles: ['director'] },
    kim: { roles: ['clerk'] },
  });
  const team = defineTeam({ name: unique('four-eyes'), start: only, edges: [escalate(only, directors)] });
  return {
    name: 'a call that two people must allow',
    team,
    play: async ({ open }) => {
      const driver = await open();
      const { id: reviewId, digest } = await driver.review();
      expect(await driver.decide('approve', 'eve')).toMatchObject({ detail: 'r1 approved by eve, 1 of 2' });
      await expect(driver.decide('approve', 'kim')).rejects.toMatchObject({
        cause: { type: 'REVIEW_FORBIDDEN' },
      });
      expect((await driver.view()).effects).toEqual([]);
      const signed = { reviewId, digest, decision: 'approve', by: 'max', reason: 'looks right' };
      await driver.handle.signal('decide', signed);
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'done' }, saga: 'kept' });
      expect((await driver.view()).reviews).toMatchObject([
        { status: 'approved', approvers: 2, approvals: [{ by: 'eve' }, { by: 'max' }] },
      ]);
    },
  };
}

playJourneys(
  [
    fourEyes(),
    refund('approve', 'done done', [500, 50]),
    refund('reject', 'EFFECT_REFUSED done', [50]),
    refund('nobody', 'REVIEW_EXPIRED done', [50]),
    standIn(true),
    standIn(false),
  ],
  { unserved: [absentees] },
);
