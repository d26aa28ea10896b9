import { z } from 'zod';
import type { Agent, AgentDefinition } from '../../activities/agent.ts';
import {
  downcastAnswer,
  findReadsFaults,
  judgeVersion,
  schemaBefore,
  upcastFacts,
} from '../../activities/version-skew.ts';
import type { JsonObject } from '../../contract/json.ts';
import { agent, finish } from '../support/agents.ts';

const build = (version: string, more: Partial<AgentDefinition<JsonObject>> = {}): Agent =>
  agent('desk', 'desk', () => finish(), { version, accepts: z.object({ day: z.string() }), ...more });

describe('a build of an agent', () => {
  it.each([
    ['1.2.0', '1.2.0', 'serves'],
    ['1.2.0', '1.1.9', 'serves'],
    ['1.2.0', '1.2.1', 'too-old'],
    ['1.9.0', '1.10.0', 'too-old'],
    ['1.2.0', '2.0.0', 'too-old'],
    ['2.0.0', '1.9.9', 'cannot-read'],
  ])('%s for a case of %s: %s', (version, pinned, kind) => {
    expect(judgeVersion(build(version), pinned).kind).toBe(kind);
  });

  it('reads what it says it reads, other majors and newer versions included, and nothing else', () => {
    const reads = [{ versions: '1.1.x', renames: [{ from: 'date', to: 'day' }] }, { versions: '2.1.x' }];
    const desk = build('2.0.0', { reads });
    expect(judgeVersion(desk, '1.1.5')).toEqual({ kind: 'serves', renames: reads[0]?.renames });
    expect(judgeVersion(desk, '2.1.7').kind).toBe('serves');
    expect(judgeVersion(desk, '1.2.0').kind).toBe('cannot-read');
    expect(judgeVersion(desk, '2.2.0').kind).toBe('too-old');
  });
});

describe('facts of another version', () => {
  const renames = [{ from: 'date', to: 'day' }];

  it('come in under the new names and go out under the old', () => {
    expect(upcastFacts(renames, { date: 1, other: 2 })).toEqual({ ok: true, value: { day: 1, other: 2 } });
    const answer = { facts: { day: 3 }, ...finish() };
    expect(downcastAnswer(renames, answer)).toEqual({ facts: { date: 3 }, ...finish() });
    const intent = { kind: 'transfer', to: 'x', reasonCode: 'y', facts: { day: 4, other: 5 } } as const;
    expect(downcastAnswer(renames, { intent })).toEqual({
      intent: { ...intent, facts: { date: 4, other: 5 } },
    });
  });

  it('are refused where one would be lost', () => {
    expect(upcastFacts(renames, { date: 1, day: 2 })).toMatchObject({
      ok: false,
      failure: { code: 'FACT_UNMAPPABLE', field: 'facts.date' },
    });
    expect(upcastFacts(renames, { date: 1, day: 1 })).toMatchObject({ ok: true });
  });

  it.each([undefined, null, 'x', 7])('leave what is no answer, such as %j, to the schema', (answer) => {
    expect(downcastAnswer(renames, answer as never)).toBe(answer);
  });

  it('are read under their old names where they came by reference', () => {
    const schema = { type: 'object', properties: { day: { type: 'string' } }, additionalProperties: false };
    expect(schemaBefore(renames, schema)['properties']).toEqual({
      day: { type: 'string' },
      date: { type: 'string' },
    });
  });
});

it.each([
  [[{ versions: '^1.0.0' }], /reads\.0\.versions: .* not a range/],
  [[{ versions: '1.x', renames: [{ from: 'date', to: 'moon' }] }], /does not accept moon/],
  [[{ versions: '1.x', renames: [{ from: 'day', to: 'day' }] }], /mapped to itself/],
  [
    [
      {
        versions: '1.x',
        renames: [
          { from: 'date', to: 'day' },
          { from: 'when', to: 'day' },
        ],
      },
    ],
    /day has two sources/,
  ],
])('ranges with a fault are found: %j', (reads, message) => {
  expect(findReadsFaults(reads, (one) => one === 'day').join()).toMatch(message);
});
