import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import type { BreakerStore } from '../../contract/ports.ts';
import { openBreakerStore } from '../../stores/index.ts';
import { runBatonHere } from '../command/run-here.ts';
import { agent, finish, transfer } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';
import { compareLedger } from '../support/ledger-of-history.ts';

const OPEN_MS = 3_600_000;

/** What billing does now. */
const health = { broken: true };

const billing = agent(
  'billing',
  unique('billing'),
  () => {
    if (health.broken) throw new Error('the ledger of billing is down');
    return finish('paid');
  },
  { breaker: { failures: 2, openMs: OPEN_MS, backlog: 50 }, retry: { attempts: 1 } },
);
const clerk = agent('clerk', unique('clerk'), () => finish('paid by hand'));
const triage = agent('triage', unique('triage'), (turn) =>
  turn.notices.length === 0 ? transfer('billing') : transfer('clerk'),
);
const desk = people('desk', { bob: { roles: ['lead'] } });
const team = defineTeam({
  name: unique('team'),
  start: triage,
  edges: [edge(triage, billing, { fallback: [clerk] }), edge(triage, clerk), escalate(triage, desk)],
});

const ghostPool = unique('ghost');
const ghost = agent('ghost', ghostPool, () => finish('never'), { breaker: {} });
const other = agent('other', ghostPool, () => finish('never'));
const second = agent('second', unique('second'), () => finish('in its place'));
const chooser = agent('chooser', unique('chooser'), (turn) =>
  transfer(turn.unanswered.some((one) => one.text === 'other') ? 'other' : 'ghost'),
);
/** Nobody serves two of its agents: one has a breaker, a rule of the policy is about the other. */
const haunted = defineTeam({
  name: unique('haunted'),
  start: chooser,
  edges: [
    edge(chooser, ghost, { fallback: [second] }),
    edge(chooser, other),
    edge(chooser, second),
    escalate(chooser, desk),
  ],
  policy: {
    version: '1.0.0',
    name: 'haunted',
    policyVersion: '1.0.0',
    rules: [
      {
        id: 'nobody-there',
        on: 'handoff',
        when: {
          all: [
            { input: 'to', is: 'other' },
            { input: 'workers', is: 0 },
          ],
        },
        then: { do: 'transfer', to: 'second' },
      },
    ],
  },
});

let folder: string;
let store: string;
let breakers: BreakerStore;
/** How far the clock of the breakers is ahead, in milliseconds. */
let later = 0;
let bed: Bed;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-breakers-'));
  store = path.join(folder, 'breakers.db');
  breakers = await openBreakerStore(store);
  const ahead: BreakerStore = {
    ...breakers,
    move: (name, event, audit) => {
      const at = new Date(Date.parse(event.at) + later).toISOString();
      return breakers.move(name, { ...event, at }, audit);
    },
  };
  const teams = [team, haunted];
  bed = await openBed({ teams, caching: ['uncached'], breakers: ahead, unserved: [ghostPool] });
});
afterAll(async () => {
  await bed.close();
  await breakers.close();
  await rm(folder, { recursive: true, force: true });
});

async function play(
  of: Team = team,
  text = 'hello',
): Promise<{
  readonly path: readonly string[];
  readonly rows: readonly { readonly kind: string; readonly content: object }[];
  readonly said: readonly string[];
}> {
  const driver: CaseDriver = await openCase(bed, of, { message: { id: 'm0', text } }, 'uncached');
  const result = await driver.result();
  const { stored, told } = await compareLedger(bed.client, bed.ledger, driver.id);
  expect(stored).toEqual(told);
  const { transcript } = await driver.view();
  return { path: result.path, rows: stored, said: transcript.map((message) => message.text) };
}

async function baton(...words: readonly string[]): Promise<Record<string, unknown>> {
  const { exitCode, output, errors } = await runBatonHere(['agents', ...words, '--store', store, '--json'], {
    environment: {},
  });
  if (exitCode !== 0) throw new Error(errors);
  return JSON.parse(output) as Record<string, unknown>;
}

const verdicts = (rows: readonly { readonly kind: string; readonly content: object }[]): readonly object[] =>
  rows.filter((row) => row.kind === 'readiness-read').map((row) => row.content);

/** What billing's pool saw of a case: nothing, a turn that failed, or the case. */
const outcome = ({ rows, path: went }: Awaited<ReturnType<typeof play>>): string => {
  if (went.includes('billing')) return 'billing';
  return rows.some((row) => row.kind === 'handoff-expired') ? 'tried billing, clerk' : 'clerk';
};

test('R7: an agent that fails is isolated, its cases go to the backup, one probe goes through, and it is back', async () => {
  health.broken = true;
  expect(outcome(await play())).toBe('tried billing, clerk');
  expect(outcome(await play())).toBe('tried billing, clerk');
  expect(await baton('list', '--team', team.name)).toMatchObject({
    agents: [{ agent: 'billing', agentVersion: '1.0.0', state: { kind: 'open' } }],
  });

  const passedOver = await play();
  expect(outcome(passedOver)).toBe('clerk');
  expect(verdicts(passedOver.rows)).toMatchObject([
    // The pool was looked at, too: there is a worker, and nothing waits.
    { agent: 'billing', verdict: 'isolated', breaker: 'open', failures: 2, workers: 1, backlog: 0 },
  ]);
  expect(passedOver.said).toContain(
    'billing cannot help at the moment, so I am looking for somebody else for you.',
  );

  // Half-open, and still broken: the probe pays for it, and nobody else does.
  later += OPEN_MS;
  const probed = await Promise.all([play(), play(), play()]);
  expect(probed.map(outcome).toSorted()).toEqual(['clerk', 'clerk', 'tried billing, clerk']);

  health.broken = false;
  later += OPEN_MS;
  const mended = await play();
  expect(outcome(mended)).toBe('billing');
  expect(verdicts(mended.rows)).toMatchObject([{ verdict: 'probe', breaker: 'half-open' }]);
  expect(verdicts((await play()).rows)).toMatchObject([{ verdict: 'ready', breaker: 'closed', failures: 0 }]);

  const { changes } = (await baton('log')) as { changes: readonly { from: string; to: string }[] };
  expect(changes.map(({ from, to }) => `${from} ${to}`).toReversed()).toEqual([
    'closed open',
    'open half-open',
    'half-open open',
    'open half-open',
    'half-open closed',
  ]);
});

test('a person resets a breaker, on record', async () => {
  health.broken = true;
  await play();
  await play();
  expect(outcome(await play())).toBe('clerk');
  health.broken = false;
  const why = ['--team', team.name, '--reason', 'the ledger is up again', '--by', 'ann'];
  await expect(baton('reset', 'billing', '--version', '9.0.0', ...why)).rejects.toThrow(
    'it has billing@1.0.0',
  );
  expect(await baton('reset', 'billing', ...why)).toMatchObject({
    reset: [{ agentVersion: '1.0.0', before: 'open' }],
  });
  expect(outcome(await play())).toBe('billing');
  const { changes } = (await baton('log')) as { changes: readonly object[] };
  expect(changes[0]).toMatchObject({
    ...{ from: 'open', to: 'closed', by: 'ann', reason: 'the ledger is up again' },
  });
});

test('T10, P7: a pool without a worker is noticed before the transfer, by the breaker and by a rule on load', async () => {
  const [byBreaker, byRule] = await Promise.all([play(haunted), play(haunted, 'other')]);
  expect(byBreaker.path).toEqual(['chooser', 'second']);
  expect(verdicts(byBreaker.rows)).toMatchObject([{ agent: 'ghost', verdict: 'no-worker', workers: 0 }]);
  expect(byRule.path).toEqual(['chooser', 'second']);
  const asked = byRule.rows.filter((row) => row.kind === 'policy-evaluated').map((row) => row.content);
  expect(asked.find((one) => 'moment' in one && one.moment === 'handoff')).toMatchObject({
    values: { workers: 0 },
    decisions: [{ rule: 'nobody-there', action: 'transfer' }],
  });
});
