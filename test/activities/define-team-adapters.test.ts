import { z } from 'zod';
import { defineAgent, defineTeam, edge, escalate, people } from '../../activities/index.ts';
import type { Adapter, Agent, Team } from '../../activities/index.ts';

const agent = (name: string, accepts: Record<string, z.ZodType>): Agent =>
  defineAgent({
    name,
    version: '1.0.0',
    domain: 'test',
    scope: 'tests',
    accepts: z.object(accepts) as z.ZodType<Record<string, string>>,
    run: () => ({ intent: { kind: 'finish', outcome: 'done' } }),
  });

const first = agent('first', {});
const second = agent('second', { day: z.string().optional(), place: z.string().optional() });
const desk = people('desk', { robin: { roles: [] } });
const team = (adapt: readonly Adapter[]): Team =>
  defineTeam({ name: 'pair', start: first, edges: [edge(first, second, { adapt }), escalate(first, desk)] });

it('stand in the manifest of the edge as plain data', () => {
  const adapt = [
    { from: 'date', to: 'day' },
    { from: 'nickname', refuse: 'no such field' },
  ];
  expect(team(adapt).manifest.edges[0]?.adapt).toEqual(adapt);
  expect(team([]).manifest.edges[0]).not.toHaveProperty('adapt');
});

it.each<[string, readonly Adapter[], RegExp]>([
  ['to a name the receiver does not accept', [{ from: 'date', to: 'dya' }], /second does not accept dya/],
  [
    'from two sources to one name',
    [
      { from: 'date', to: 'day' },
      { from: 'when', to: 'day' },
    ],
    /day has two sources, date and when/,
  ],
  ['to the same name', [{ from: 'day', to: 'day' }], /mapped to itself/],
  [
    'that are refused as well',
    [
      { from: 'date', to: 'day' },
      { from: 'date', refuse: 'no' },
    ],
    /both mapped and refused/,
  ],
])('are refused %s, with the place', (_what, adapt, message) => {
  expect(() => team(adapt)).toThrow(message);
  expect(() => team(adapt)).toThrow(/edges\.0 \(first -> second\)\.adapt/);
});

it('are refused on the way to people', () => {
  const build = (): Team =>
    defineTeam({
      name: 'pair',
      start: first,
      edges: [edge(first, second), escalate(first, desk, { adapt: [{ from: 'a', to: 'b' }] })],
    });
  expect(build).toThrow(/people get the facts as they are/);
});
