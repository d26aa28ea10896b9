import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import type { Tool, ToolDefinition } from '../../activities/tool.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { agent, call, finish, reply, transfer } from '../support/agents.ts';
import { awaitEvent } from '../support/await-case.ts';
import type { ToolRates } from '../../contract/rates.ts';
import { openToolRates } from '../../stores/open-stores.ts';
import { unique, type Bed } from '../support/bed.ts';
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

/** A look at something that may be called once a second, by all cases together. */
function limited(name: string): Tool {
  return defineTool<{ id: string }>({
    name,
    description: 'reads',
    input: z.object({ id: z.string() }),
    effect: 'read',
    // To wait costs none of them.
    retry: { attempts: 1 },
    rate: { calls: 1, perMs: 1_000 },
    run: async (one) => {
      (world[one.caseId] ??= []).push(`look ${one.input.id}`);
      return Promise.resolve({ kind: 'done', result: one.input.id });
    },
  });
}

/** How the activities of a case that were not let through failed, and how many timers it had. */
async function waitsOf(bed: Bed, caseId: string): Promise<{ refused: number; timers: number }> {
  const { events } = await bed.client.workflow.getHandle(caseId).fetchHistory();
  const refused = (events ?? []).filter(
    (one) =>
      one.activityTaskFailedEventAttributes?.failure?.applicationFailureInfo?.type === 'TOOL_RATE_LIMITED',
  );
  const timers = (events ?? []).filter((one) => one.timerStartedEventAttributes);
  return { refused: refused.length, timers: timers.length };
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
    'calls of a tool that has a rate wait for their turn by timers, and all of them come to it',
    [limited('limited')],
    ['limited', 'limited', 'limited'],
    async ({ open, bed }) => {
      const driver = await open();
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'done done done' } });
      expect(world[driver.id]?.toSorted()).toEqual(['look 1', 'look 2', 'look 3']);
      const { refused, timers } = await waitsOf(bed, driver.id);
      expect(refused).toBeGreaterThanOrEqual(2);
      expect(timers).toBeGreaterThanOrEqual(refused);
      const listed = await options.rates?.list();
      expect(listed?.map(({ tenant, bucket }) => [tenant, bucket.split('/')[1]])).toContainEqual([
        'default',
        'limited',
      ]);
    },
  ),
  single(
    'a write that waits for its turn when its case is cancelled was never sent, and is undone all the same',
    [write('seldom', { rate: { calls: 1, perMs: 3_600_000 } })],
    ['seldom', 'seldom'],
    async ({ open, bed }) => {
      // The bucket is the team's: of the two cases that play this, one has the only call of the hour.
      const driver = await open();
      const refused = async (): Promise<boolean> => (await waitsOf(bed, driver.id)).refused > 0;
      while (!(await refused())) await new Promise((resolve) => setTimeout(resolve, 100));
      await driver.handle.cancel();
      expect(await driver.result()).toMatchObject({ outcome: { kind: 'cancelled' } });
      const mine = world[driver.id] ?? [];
      expect([['do 1', 'undo 2', 'undo 1'], ['undo 1']]).toContainEqual(mine);
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

const options: { rates?: ToolRates } = {};
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-rates-'));
  options.rates = await openToolRates(`file:${folder}/rates.db`);
});
afterAll(async () => {
  await options.rates?.close();
  await rm(folder, { recursive: true, force: true });
});

playJourneys(
  [
    ...journeys,
    ...[1, 2, 3].flatMap((at) => [cancelledDuring(at, 'before'), cancelledDuring(at, 'after')]),
    cancelledAt('waiting-user'),
    cancelledAt('human'),
    cancelledAt('working'),
    cancelledAt('pending'),
  ],
  options,
);
