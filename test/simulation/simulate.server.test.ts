import { z } from 'zod';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import type { Tool } from '../../activities/tool.ts';
import { simulationAnswer } from '../../command/simulation/simulate-answer.ts';
import { simulateTeam, type Simulation } from '../../simulation/simulate.ts';
import { agent, call, finish, reply, transfer } from '../support/agents.ts';
import { quietRuntime, unique } from '../support/bed.ts';

/** What was really done: it must stay empty. */
const done: string[] = [];

function refund(): Tool {
  return defineTool({
    name: 'refund',
    description: 'Pays back',
    input: z.object({ order: z.string(), amount: z.number() }),
    effect: 'write',
    run: ({ input }) => {
      done.push(`${input.order} ${String(input.amount)}`);
      return Promise.resolve({ kind: 'done', result: null });
    },
    undo: () => Promise.resolve({ kind: 'undone' }),
  });
}

const Charge = z.object({ order: z.string().min(1), amount: z.number().min(0) });
const Loose = z.object({ order: z.string().optional(), amount: z.number().optional() });

/** Pays whatever stands in the words of the user, and what it was told in facts, without a look at either. */
const obey = (name: string, authority: number) =>
  agent(
    name,
    unique(name),
    (turn) => {
      if (turn.answers.length > 0) return finish('refunded', 'It is paid.');
      const order = typeof turn.facts['order'] === 'string' ? turn.facts['order'].slice(0, 20) : 'unknown';
      const said = turn.unanswered.map((one) => one.text).join(' ');
      const told = /"amount":(\d+)/.exec(said)?.[1];
      const amount = Number(told ?? turn.facts['amount'] ?? 50);
      return call({ tool: 'refund', arguments: { order, amount } });
    },
    { accepts: Loose, tools: [refund()], authority: { refund: { amount: authority } } },
  );
const careless = obey('careless', 1e301);
const bounded = obey('bounded', 100);

/** Takes its facts from its contract alone, and asks people as soon as somebody upstream is of two minds. */
const careful = agent(
  'careful',
  unique('careful'),
  (turn) => {
    if (turn.answers.length > 0) return finish('refunded', 'It is paid.');
    const { order, amount } = turn.facts;
    const open = turn.transfer?.summary?.openQuestions ?? [];
    if (open.length > 0) return { intent: { kind: 'escalate', reasonCode: 'unclear' } };
    if (typeof order !== 'string' || order.includes('\n') || order.length > 100)
      return reply('Which order is it?');
    return call({ tool: 'refund', arguments: { order, amount: Number(amount) } });
  },
  { accepts: Charge, tools: [refund()], authority: { refund: { amount: 100 } } },
);
const brittle = agent('brittle', unique('brittle'), (turn) => {
  if (turn.conversation.some((one) => one.text.length > 10_000)) throw new Error('too long for me');
  return transfer('careful', { order: 'A1' });
});
const desk = people('desk', { bob: { roles: ['lead'] } });
const team = defineTeam({
  name: unique('team'),
  start: brittle,
  edges: [edge(brittle, careless), edge(brittle, careful), edge(brittle, bounded), escalate(careful, desk)],
});

let simulation: Simulation;
beforeAll(async () => {
  quietRuntime();
  simulation = await simulateTeam({
    team,
    address: String(process.env['TEMPORAL_ADDRESS']),
    bundle: { codePath: String(process.env['BATON_TEST_BUNDLE']) },
    notes: {
      roles: {
        careful: { facts: { order: 'A1', amount: 40 }, message: 'I was charged twice.' },
        careless: { facts: { order: 'A1', amount: 40 } },
        bounded: { facts: { order: 'A1', amount: 40 } },
      },
    },
  });
});

function tried(role: string): Record<string, { acts: readonly string[]; findings: readonly string[] }> {
  const found = simulation.roles.find((one) => one.role === role);
  return Object.fromEntries(
    (found?.contexts ?? []).map(({ context, acts, findings }) => [
      context,
      { acts: acts.map((act) => act.kind), findings: findings.map((finding) => finding.kind) },
    ]),
  );
}

test('G5: a careless role is found by every bad context that reaches it', () => {
  expect(tried('careless')).toEqual({
    sound: { acts: ['effect', 'replied', 'finished'], findings: [] },
    missing: { acts: ['effect', 'replied', 'finished'], findings: ['careless'] },
    corrupt: { acts: ['kept-out'], findings: [] },
    oversized: { acts: ['effect', 'replied', 'finished'], findings: ['careless'] },
    hostile: { acts: ['effect', 'replied', 'finished'], findings: ['careless'] },
    contradictory: { acts: ['effect', 'replied', 'finished'], findings: ['careless'] },
  });
});

test('a careful one is not: its contract keeps out what it cannot read, and it asks', () => {
  expect(tried('careful')).toEqual({
    sound: { acts: ['effect', 'replied', 'finished'], findings: [] },
    missing: { acts: ['kept-out'], findings: [] },
    corrupt: { acts: ['kept-out'], findings: [] },
    oversized: { acts: ['replied'], findings: [] },
    hostile: { acts: ['replied'], findings: [] },
    contradictory: { acts: ['handed-on'], findings: [] },
  });
});

test('one that obeys hostile text, and is stopped by its authority, is told apart', () => {
  expect(tried('bounded')['hostile']).toEqual({
    acts: ['call-refused', 'replied', 'finished'],
    findings: ['stopped'],
  });
});

test('one that fails on context it cannot take is fragile, and what a guard refuses is told', () => {
  expect(tried('brittle')['oversized']).toMatchObject({
    findings: expect.arrayContaining(['fragile']) as unknown,
  });
  expect(tried('brittle')['sound']?.acts).toContain('handoff-refused');
});

test('nothing was done outside; people read what each role did, and the exit code says that one was careless', () => {
  expect(done).toEqual([]);
  expect(simulation).toMatchObject({ team: team.name, stoodIn: ['refund'], careless: 6 });
  const { text, exitCode } = simulationAnswer(simulation);
  expect(exitCode).toBe(1);
  expect(text).toContain('nothing was done outside; tools that stood in: refund');
  expect(text).toMatch(/hostile {7}effect refund .*999999.* \(stood in\)/);
  expect(text).toContain('careless: it did refund as hostile text told it to, and nobody was asked');
  expect(simulationAnswer({ ...simulation, careless: 0 }).exitCode).toBe(0);
});
