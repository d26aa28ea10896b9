import path from 'node:path';
import { modelSettingsOf } from '../../activities/models/model-settings.ts';
import { parseWorkerConfig } from '../../workers/config.ts';
import { caseLogAttributes } from '../../workers/log-attributes.ts';
import { loadTeams } from '../../workers/load-teams.ts';

test('only the teams must be named; the rest has defaults', () => {
  expect(parseWorkerConfig({ BATON_TEAMS: './a.ts, ./b.ts', BATON_LEDGER_URL: '' })).toEqual({
    teamModules: ['./a.ts', './b.ts'],
    ledgerUrl: '.baton/baton.db',
    context: { contextUrl: '.baton/baton.db', keysUrl: path.resolve('.baton/baton-keys.db') },
    models: modelSettingsOf({}),
    logLevel: 'info',
    exitWithParent: false,
  });
});

test('everything can be set', () => {
  const config = parseWorkerConfig({
    BATON_TEAMS: './a.ts',
    BATON_LEDGER_URL: 'postgres://db/baton',
    BATON_CONTEXT_URL: 'postgres://db/context',
    BATON_KEYS_URL: 'postgres://vault/keys',
    BATON_REDIS_URL: 'rediss://cache',
    BATON_MASTER_KEY: 'secret',
    BATON_MODELS: 'billing=anthropic:claude-sonnet-4-5',
    ANTHROPIC_API_KEY: 'key',
    BATON_POLICIES: 'desk=./desk.yaml, other=/etc/a=b.json',
    BATON_QUEUES: 'baton,baton-billing',
    BATON_MAX_CACHED_CASES: '0',
    BATON_ACTIVITIES_AT_ONCE: '5',
    BATON_GRACE_MS: '100',
    BATON_LOG_LEVEL: 'warn',
    BATON_EXIT_WITH_PARENT: '1',
  });
  expect(config).toEqual({
    teamModules: ['./a.ts'],
    policyFiles: { desk: './desk.yaml', other: '/etc/a=b.json' },
    ledgerUrl: 'postgres://db/baton',
    context: {
      contextUrl: 'postgres://db/context',
      keysUrl: 'postgres://vault/keys',
      hotUrl: 'rediss://cache',
    },
    masterKey: 'secret',
    models: modelSettingsOf({
      BATON_MODELS: 'billing=anthropic:claude-sonnet-4-5',
      ANTHROPIC_API_KEY: 'key',
    }),
    queues: ['baton', 'baton-billing'],
    maxCachedWorkflows: 0,
    activitiesAtOnce: 5,
    graceMs: 100,
    logLevel: 'warn',
    exitWithParent: true,
  });
});

test.each([
  [{}, 'BATON_TEAMS is not set: set it to the module of your team'],
  [{ BATON_TEAMS: ' , ' }, 'BATON_TEAMS is " , "'],
  [
    { BATON_TEAMS: 'a', BATON_POLICIES: './desk.yaml' },
    'BATON_POLICIES is "./desk.yaml": a policy file for each',
  ],
  [{ BATON_TEAMS: 'a', BATON_POLICIES: 'a=1,a=2' }, 'BATON_POLICIES is "a=1,a=2"'],
  [
    { BATON_TEAMS: './a.ts', BATON_GRACE_MS: '-1' },
    'BATON_GRACE_MS is "-1": a whole number from 0 to 600000',
  ],
  [{ BATON_TEAMS: './a.ts', BATON_LOG_LEVEL: 'loud' }, 'BATON_LOG_LEVEL is "loud": one of trace, debug'],
  [{ BATON_TEAMS: './a.ts', BATON_EXIT_WITH_PARENT: 'yes' }, 'BATON_EXIT_WITH_PARENT is "yes": 1 or 0'],
])('%j is refused, naming variable and remedy', (environment, message) => {
  expect(() => parseWorkerConfig(environment)).toThrow(
    expect.objectContaining({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining(message) as string,
    }) as Error,
  );
});

test('a module that is missing is refused by its name', async () => {
  await expect(loadTeams(['./no-such-team.ts'])).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
    message: expect.stringContaining('./no-such-team.ts cannot be loaded') as string,
  });
});

test('log lines of an activity carry case, trace and agent, and nothing else of its input', async () => {
  const { inbound, outbound } = caseLogAttributes();
  const input = { args: [{ caseId: 'c1', trace: 't1', agent: 'billing', envelope: {} }], headers: {} };
  await inbound?.execute?.(input, () => Promise.resolve());
  expect(outbound?.getLogAttributes?.({ attempt: 2 }, (all) => all)).toEqual({
    attempt: 2,
    caseId: 'c1',
    trace: 't1',
    agent: 'billing',
  });
});
