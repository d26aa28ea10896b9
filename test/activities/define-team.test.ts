import { z } from 'zod';
import type { Agent, AgentDefinition } from '../../activities/agent.ts';
import { defineTeam, edge, escalate, people, type TeamDefinition } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import type { Tool, ToolDefinition } from '../../activities/tool.ts';
import { isBatonError } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import { parseTeamManifest } from '../../contract/team.ts';
import type { PolicyWritten } from '../../contract/policy/policy.ts';
import { agent, reply } from '../support/agents.ts';

type More = Partial<Omit<AgentDefinition<JsonObject>, 'name' | 'run'>>;

function named(name: string, more: More = {}): Agent {
  return agent(name, name, () => reply('hello'), more);
}

function tool(name: string, more: Partial<ToolDefinition<{ amount: number }>> = {}): Tool {
  return defineTool<{ amount: number }>({
    name,
    description: 'does something',
    input: z.object({ amount: z.number() }),
    effect: 'write',
    run: () => Promise.resolve({ kind: 'done', result: null }),
    undo: () => Promise.resolve({ kind: 'undone' }),
    ...more,
  });
}

const ann = named('ann');
const bob = named('bob');
const cid = named('cid');
const desk = people('desk', { pam: { roles: ['lead'] } });
const approval = { pool: 'desk', expiresMs: 1_000, question: 'May it?' };

/** A sound team of two, with something about it changed. */
function team(changes: Partial<TeamDefinition>): TeamDefinition {
  return { name: 'support', start: ann, edges: [edge(ann, bob), escalate(bob, desk)], ...changes };
}

/** A sound team whose start agent is this one. */
function startingWith(start: Agent): TeamDefinition {
  return team({ start, edges: [edge(start, bob), escalate(bob, desk)] });
}

function refusalOf(definition: () => unknown): string {
  try {
    definition();
  } catch (thrown) {
    if (!isBatonError(thrown)) throw thrown;
    expect(thrown.code).toBe('TEAM_INVALID');
    return thrown.message;
  }
  throw new Error('it was not refused');
}

test('skills of agents and tools stand in the manifest, and a name that is none is refused', () => {
  const { manifest } = defineTeam(
    startingWith(named('ann', { skill: 'sorting', tools: [tool('write', { skill: 'refunds' })] })),
  );
  expect(manifest.agents['ann']).toMatchObject({ skill: 'sorting', tools: { write: { skill: 'refunds' } } });
  expect(manifest.agents['bob']).not.toHaveProperty('skill');
  expect(refusalOf(() => defineTeam(startingWith(named('ann', { skill: 'two words' }))))).toContain('skill');
});

test('a sound team is plain data that can be read back, under its digest', () => {
  const built = defineTeam(team({}));
  expect(built.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(parseTeamManifest(JSON.parse(JSON.stringify(built.manifest)))).toEqual({
    ok: true,
    value: built.manifest,
  });
  expect(built.manifest).toMatchObject({ start: 'ann', escalation: 'desk' });
});

test.each<[string, TeamDefinition, readonly string[]]>([
  [
    'two agents of one name',
    team({ edges: [edge(ann, bob), edge(ann, named('bob')), escalate(bob, desk)] }),
    ['agents.bob: two agents have this name'],
  ],
  [
    'an agent with the name of a pool',
    team({ edges: [edge(ann, named('desk')), escalate(ann, desk)] }),
    ['pools.desk: an agent has the same name'],
  ],
  [
    'two pools of one name with other members',
    team({ escalation: people('desk', { eve: { roles: [] } }) }),
    ['pools.desk: two pools with different members have this name'],
  ],
  [
    'two tools of one name',
    startingWith(named('ann', { tools: [tool('refund'), tool('refund')] })),
    ['agents.ann.tools: two tools have the same name'],
  ],
  [
    'an agent that no edge leads to',
    team({ agents: [cid] }),
    ['agents.cid: no path of edges leads here from ann'],
  ],
  [
    'agents that only lead to each other',
    team({ edges: [edge(ann, bob), edge(cid, named('dan')), escalate(bob, desk)] }),
    ['agents.cid: no path', 'agents.dan: no path'],
  ],
  [
    'an edge twice',
    team({ edges: [edge(ann, bob), edge(ann, bob), escalate(bob, desk)] }),
    ['edges (ann -> bob): the edge is there twice'],
  ],
  [
    'an edge to oneself',
    team({ edges: [edge(ann, ann), escalate(ann, desk)] }),
    ['edges.0 (ann -> ann): an agent cannot hand a case to itself'],
  ],
  [
    'a fallback without an edge',
    team({ edges: [edge(ann, bob, { fallback: [cid] }), edge(bob, cid), escalate(bob, desk)] }),
    ['edges.0 (ann -> bob): fallback cid has no edge from ann'],
  ],
  [
    'a fallback that is one of the pair',
    team({ edges: [edge(ann, bob, { fallback: [bob] }), escalate(bob, desk)] }),
    ['edges.0 (ann -> bob): fallback bob is one of the pair'],
  ],
  ['nobody to ask', team({ edges: [edge(ann, bob)] }), ['escalation:', 'add `escalation: people(...)`']],
  [
    'a pool of nobody',
    team({ edges: [edge(ann, bob), escalate(bob, people('desk', {}))] }),
    ['pools.desk: the pool has no members'],
  ],
  [
    'facts that are no object',
    startingWith(named('ann', { accepts: z.array(z.string()) as unknown as z.ZodType<JsonObject> })),
    ['agents.ann.accepts: it must be an object of facts'],
  ],
  [
    'facts that JSON Schema cannot say',
    startingWith(named('ann', { accepts: z.object({ due: z.date() }) as unknown as z.ZodType<JsonObject> })),
    ['agents.ann.accepts: JSON Schema cannot say it', 'Date'],
  ],
  [
    'a write that can neither be undone nor waits for a yes',
    startingWith(named('ann', { tools: [tool('post', { undo: undefined as never })] })),
    ['agents.ann.tools.post:', 'give it `undo`, or `approval`'],
  ],
  [
    'authority over a tool it does not have',
    startingWith(named('ann', { authority: { refund: { amount: 10 } } })),
    ['agents.ann.authority.refund: the agent has no such tool'],
  ],
  [
    'authority over an argument the tool does not have',
    startingWith(named('ann', { tools: [tool('refund')], authority: { refund: { amont: 10 } } })),
    ['agents.ann.authority.refund.amont: the tool has no such argument'],
  ],
  [
    'a tool whose yes comes from nowhere',
    startingWith(named('ann', { tools: [tool('refund', { approval: { ...approval, pool: 'law' } })] })),
    ['agents.ann.tools.refund.approval: the pool "law" is not in the team', 'escalate()'],
  ],
  [
    'an edge whose yes comes from nowhere',
    team({ edges: [edge(ann, bob, { approval: { ...approval, pool: 'law' } }), escalate(bob, desk)] }),
    ['edges (ann -> bob).approval: the pool "law" is not in the team'],
  ],
  [
    'a yes that hangs on an argument the tool does not have',
    startingWith(
      named('ann', {
        tools: [
          tool('refund', { approval: { ...approval, when: { kind: 'above', field: 'amont', value: 100 } } }),
        ],
      }),
    ),
    ['agents.ann.tools.refund.approval.when.field: the tool takes no "amont"', 'name one of amount'],
  ],
  [
    'a yes that hangs on a fact the receiver does not take',
    team({
      edges: [
        edge(ann, bob, { approval: { ...approval, when: { kind: 'present', field: 'claim.value' } } }),
        escalate(bob, desk),
      ],
    }),
    ['edges (ann -> bob).approval.when.field: bob accepts no "claim.value"', 'name one of topic, order'],
  ],
  [
    'a right to see what is masked that nobody has',
    team({
      edges: [
        edge(ann, bob, { redact: 'personal-data', unmask: ['privacy'] }),
        escalate(bob, people('desk', { pam: { roles: ['lead'] } }, { unmask: ['lead', 'judge'] })),
      ],
    }),
    [
      'edges (ann -> bob).unmask: nobody has the role "privacy"',
      'pools.desk.unmask: nobody has the role "judge"',
    ],
  ],
  [
    'a right to see what is masked where nothing is',
    team({ edges: [edge(ann, bob, { unmask: ['lead'] }), escalate(bob, desk)] }),
    ['edges (ann -> bob).unmask: the edge masks nothing'],
  ],
  [
    'two pools of one name that let different roles unmask',
    team({
      edges: [
        edge(ann, bob),
        escalate(ann, desk),
        escalate(bob, people('desk', { pam: { roles: ['lead'] } }, { unmask: ['lead'] })),
      ],
    }),
    ['pools.desk: two pools of this name let different roles unmask'],
  ],
  ['a name that cannot name a queue', startingWith(named('Ann Lee')), ['Ann Lee', 'lower-case letters']],
  ['a name that every object knows', startingWith(named('__proto__')), ['start', 'lower-case letters']],
  ['a version that is none', startingWith(named('ann', { version: 'latest' })), ['ann', 'version', '1.4.0']],
  ['a turn without time', startingWith(named('ann', { turnTimeoutMs: 0 })), ['ann', 'turnTimeoutMs']],
  ['no attempt at all', startingWith(named('ann', { retry: { attempts: 0 } })), ['ann', 'retry', 'attempts']],
  ['limits that are none', team({ limits: { hops: 0 } }), ['limits', 'hops']],
  ['a team without a name', team({ name: '' }), ['name']],
])('%s: refused with its place', (_, definition, words) => {
  const message = refusalOf(() => defineTeam(definition));
  for (const word of words) expect(message).toContain(word);
  expect(message).toContain('mend the faults listed');
});

test('every fault is listed, not the first alone', () => {
  const start = named('ann', {
    tools: [tool('refund', { approval: { ...approval, pool: 'law' } })],
    authority: { nothing: { amount: 1 } },
  });
  const message = refusalOf(() => defineTeam(team({ start, edges: [edge(start, start)], agents: [cid] })));
  for (const place of [
    'escalation:',
    'edges.0 (ann -> ann)',
    'agents.cid: no path',
    'agents.ann.authority.nothing',
    'agents.ann.tools.refund.approval: the pool "law"',
  ])
    expect(message).toContain(place);
});

test('the same pool may stand at many edges, written twice or not', () => {
  const again = people('desk', { pam: { roles: ['lead'] } });
  const built = defineTeam(team({ edges: [edge(ann, bob), escalate(ann, desk), escalate(bob, again)] }));
  expect(Object.keys(built.manifest.pools)).toEqual(['desk']);
});

test('a condition may hang on any field of facts that are open', () => {
  const open = named('bob', { accepts: z.looseObject({}) as unknown as z.ZodType<JsonObject> });
  const when = { kind: 'present', field: 'anything' } as const;
  expect(() =>
    defineTeam(team({ edges: [edge(ann, open, { approval: { ...approval, when } }), escalate(open, desk)] })),
  ).not.toThrow();
});

describe('a tool', () => {
  test('whose input JSON Schema cannot say is refused by name', () => {
    const message = refusalOf(() =>
      tool('book', { input: z.object({ at: z.date() }) as unknown as z.ZodType<{ amount: number }> }),
    );
    expect(message).toContain('tools.book.input: JSON Schema cannot say it');
    expect(message).toContain('take text or numbers');
  });

  test('tells the workflow whether it can be undone, and defaults that suit an effect', () => {
    expect(tool('refund').manifest).toMatchObject({
      reversible: true,
      onFailure: 'unwind',
      timeoutMs: 10_000,
      retry: { attempts: 5 },
      input: { properties: { amount: { type: 'number' } } },
    });
    expect(tool('post', { undo: undefined as never }).manifest.reversible).toBe(false);
    expect(tool('read', { effect: 'read', undo: undefined as never }).manifest.reversible).toBe(true);
  });

  test('names the arguments that do not satisfy it', () => {
    const parsed = tool('refund').parse({ amount: 'much' });
    expect(parsed).toMatchObject({ ok: false });
    expect(!parsed.ok && parsed.issues).toContain('amount');
  });
});

describe('a policy', () => {
  const rule = { on: 'message', when: { input: 'asks-for-human', is: true } } as const;
  const policy = (rules: PolicyWritten['rules']): PolicyWritten => ({
    version: '1.0.0',
    name: 'desk',
    policyVersion: '1.0.0',
    rules,
  });

  test('stands in the manifest, so that a case keeps it', () => {
    const rules: PolicyWritten['rules'] = [{ ...rule, id: 'human', then: { do: 'escalate', pool: 'desk' } }];
    const [plain, ruled] = [defineTeam(team({})), defineTeam(team({ policy: policy(rules) }))];
    expect(ruled.manifest.policy?.rules[0]?.id).toBe('human');
    expect(plain.manifest).not.toHaveProperty('policy');
    expect(ruled.digest).not.toBe(plain.digest);
  });

  test('names only what the team has', () => {
    const rules: PolicyWritten['rules'] = [
      { ...rule, id: 'away', then: { do: 'escalate', pool: 'nobody' } },
      { ...rule, id: 'over', then: { do: 'transfer', to: 'zed' } },
    ];
    const problem = refusalOf(() => defineTeam(team({ policy: policy(rules) })));
    expect(problem).toContain('policy.rules.0 (away).then.pool: there is no pool nobody; pools: desk');
    expect(problem).toContain('policy.rules.1 (over).then.to: there is no agent zed; agents: ann, bob');
  });

  test('that is none is refused with its fields', () => {
    const rules = [{ ...rule, id: 'odd', when: { input: 'mood', is: true }, then: { do: 'tell' } }] as never;
    expect(refusalOf(() => defineTeam(team({ policy: policy(rules) })))).toContain(
      'team.policy.rules.0.when.input: there is no input "mood"',
    );
  });
});
