import { z } from 'zod';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import type { Tool, ToolDefinition } from '../../activities/tool.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { agent, call, finish, reply, transfer } from '../support/agents.ts';
import { awaitEvent } from '../support/await-case.ts';
import { unique } from '../support/bed.ts';
import { createGates } from '../support/gates.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('pool');
const desk = people('desk', { ann: { roles: ['lead'] } });
const gates = createGates();
/** What the outside world saw, in order, by case. */
const world: Record<string, string[]> = {};

function write(name: string, more: Partial<ToolDefinition<{ id: string }>> = {}): Tool {
  return defineTool<{ id: string }>({
    name,
    description: 'writes',
    input: z.object({ id: z.string() }),
    effect: 'write',
    retry: { attempts: 2, initialMs: 10 },
    run: async (one) => {
      (world[one.caseId] ??= []).push(`do ${one.input.id}`);
      return Promise.resolve({ kind: 'done', result: one.input.id });
    },
    undo: async (one) => {
      (world[one.caseId] ??= []).push(`undo ${one.input.id}`);
      return Promise.resolve({ kind: 'undone' });
    },
    ...more,
  });
}

const calls = (...tools: readonly string[]): ReturnType<typeof call> =>
  call(...tools.map((tool, index) => ({ tool, arguments: { id: String(index + 1) } })));

function single(
  name: string,
  tools: readonly Tool[],
  order: readonly string[],
  play: Journey['play'],
): Journey {
  const only = agent(
    'only',
    pool,
    (turn) =>
      turn.answers.length === 0
        ? calls(...order)
        : finish(turn.answers.map((one) => one.answer.kind).join(' ')),
    { tools },
  );
  return {
    name,
    team: defineTeam({ name: unique('effects'), start: only, edges: [escalate(only, desk)] }),
    play,
  };
}

const broken = async (): Promise<never> => Promise.reject(new Error('out of order'));

const journeys: readonly Journey[] = [
  single(
    'a refusal goes back to the agent and is never compensated',
    [
      write('ok'),
      write('no', { run: async () => Promise.resolve({ kind: 'refused', code: 'FULL', message: 'no' }) }),
    ],
    ['ok', 'no', 'unknown'],
    async ({ open }) => {
      const driver = await open();
      expect(await driver.result()).toMatchObject({
        outcome: { outcome: 'done refused refused' },
        saga: 'kept',
      });
      expect(world[driver.id]).toEqual(['do 1']);
    },
  ),
  single(
    'an exhausted effect that returns to its agent is undone, the rest is kept',
    [write('ok'), write('bad', { run: broken, onFailure: 'return-to-agent' })],
    ['ok', 'bad'],
    async ({ open }) => {
      const driver = await open();
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'done failed' }, saga: 'kept' });
      expect(world[driver.id]).toEqual(['do 1', 'undo 2']);
    },
  ),
  single(
    'an exhausted effect unwinds the case in reverse order',
    [write('ok'), write('bad', { run: broken })],
    ['ok', 'ok', 'bad'],
    async ({ open }) => {
      const driver = await open();
      expect(await driver.result()).toMatchObject({ outcome: { kind: 'failed' }, saga: 'compensated' });
      expect(world[driver.id]).toEqual(['do 1', 'do 2', 'undo 3', 'undo 2', 'undo 1']);
    },
  ),
  ...(['redrive', 'discard'] as const).map((way) => {
    const mended: Record<string, boolean> = {};
    const stubborn = write('stubborn', {
      undo: async (one) => {
        if (mended[one.caseId] !== true) {
          const { ApplicationFailure } = await import('@temporalio/common');
          throw ApplicationFailure.nonRetryable('the counterpart is away');
        }
        (world[one.caseId] ??= []).push(`undo ${one.input.id}`);
        return { kind: 'undone' };
      },
    });
    return single(
      `F24: an undo that fails is a dead letter, the others go on; ${way}`,
      [write('ok'), stubborn, write('bad', { run: broken })],
      ['ok', 'stubborn', 'bad'],
      async ({ open }) => {
        const driver = await open();
        const view = await driver.until((one) => one.stage === 'parked');
        expect(world[driver.id]).toEqual(['do 1', 'do 2', 'undo 3', 'undo 1']);
        expect(view.deadLetters).toMatchObject([{ id: 'd1', kind: 'undo', status: 'open' }]);
        const request = { deadLetterId: 'd1', by: 'ann', reason: 'looked at it' };
        mended[driver.id] = way === 'redrive';
        await driver.send(way === 'redrive' ? MESSAGES.redrive : MESSAGES.discard, request);
        expect(await driver.result()).toMatchObject({
          outcome: { kind: 'failed' },
          saga: way === 'redrive' ? 'compensated' : 'partly-compensated',
        });
        expect(world[driver.id]?.at(-1)).toBe(way === 'redrive' ? 'undo 2' : 'undo 1');
      },
    );
  }),
];

/** F22: the case is cancelled while its effect number `at` runs, before or after it has written. */
function cancelledDuring(at: number, offset: 'before' | 'after'): Journey {
  const slow = write('slow', {
    run: async (one) => {
      const here = Number(one.input.id) === at;
      if (here && offset === 'before') await gates.pass(`${one.caseId} in`, one.signal);
      (world[one.caseId] ??= []).push(`do ${one.input.id}`);
      if (here && offset === 'after') await gates.pass(`${one.caseId} in`, one.signal);
      return { kind: 'done', result: one.input.id };
    },
  });
  return single(
    `F22: cancelled ${offset} the write of effect ${String(at)}`,
    [slow],
    ['slow', 'slow', 'slow'],
    async ({ open }) => {
      const driver = await open();
      await gates.reached(`${driver.id} in`);
      await driver.handle.cancel();
      expect(await driver.result()).toMatchObject({ outcome: { kind: 'cancelled' }, saga: 'compensated' });
      const done = Array.from({ length: at }, (_, index) => String(index + 1));
      expect(world[driver.id]).toEqual([
        ...done.map((id) => `do ${id}`),
        ...done.toReversed().map((id) => `undo ${id}`),
      ]);
    },
  );
}

/** F22: cancelled while the case waits at a stage, after one effect. */
function cancelledAt(stage: 'waiting-user' | 'human' | 'working' | 'pending'): Journey {
  const other = agent('other', pool, async (turn) => {
    await gates.pass(`${turn.caseId} other`, turn.signal);
    return finish();
  });
  const only = agent(
    'only',
    pool,
    async (turn) => {
      if (turn.answers.length === 0) return calls('ok');
      if (stage === 'waiting-user') return reply('well');
      if (stage === 'human') return { intent: { kind: 'escalate', reasonCode: 'x' } };
      if (stage === 'pending') return transfer('other');
      await gates.pass(`${turn.caseId} other`, turn.signal);
      return finish();
    },
    { tools: [write('ok')] },
  );
  const team = defineTeam({
    name: unique('cancel'),
    start: only,
    edges: [edge(only, other), escalate(only, desk)],
  });
  return {
    name: `F22: cancelled at ${stage}`,
    team,
    play: async ({ open, bed }) => {
      const driver = await open();
      if (stage === 'pending' || stage === 'working') {
        await gates.reached(`${driver.id} other`);
        if (stage === 'working')
          await awaitEvent(
            bed.client,
            driver.handle,
            (event) => event.activityTaskStartedEventAttributes != null,
          );
      } else await driver.until((view) => view.stage === stage);
      await driver.handle.cancel();
      expect(await driver.result()).toMatchObject({ outcome: { kind: 'cancelled' }, saga: 'compensated' });
      expect(world[driver.id]).toEqual(['do 1', 'undo 1']);
    },
  };
}

playJourneys([
  ...journeys,
  ...[1, 2, 3].flatMap((at) => [cancelledDuring(at, 'before'), cancelledDuring(at, 'after')]),
  cancelledAt('waiting-user'),
  cancelledAt('human'),
  cancelledAt('working'),
  cancelledAt('pending'),
]);
