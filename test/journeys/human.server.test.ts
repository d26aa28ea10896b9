import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { Answer, Turn } from '../../activities/agent.ts';
import { defineTeam, edge, escalate, people, type EdgeOptions } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import type { Tool, ToolDefinition } from '../../activities/tool.ts';
import type { CaseView } from '../../contract/case.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { TeamLimits } from '../../contract/limits.ts';
import { MESSAGES, SIGNALS } from '../../contract/messages.ts';
import { openLedgerStore, openManifestStore } from '../../stores/open-stores.ts';
import { agent, call, finish, reply, transfer } from '../support/agents.ts';
import { openBed, unique } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';
import { createGates } from '../support/gates.ts';
import { playJourneys, type Journey, type Stage } from './journey.ts';

const pool = unique('pool');
const absentees = unique('absent');
const desk = people('desk', { bob: { roles: ['lead'] } });
const gates = createGates();
const approval = { pool: 'desk', expiresMs: 600_000, question: 'May it?' };

/** A state of a case in which somebody asks for a human. */
interface Held {
  readonly state: string;
  /** What the first agent does, and where it is not served, that it does nothing. */
  readonly run?: (turn: Turn<JsonObject>) => Promise<Answer> | Answer;
  readonly tools?: readonly Tool[];
  /** Its edge to an agent that nobody serves. */
  readonly toAbsent?: EdgeOptions;
  readonly limits?: Partial<TeamLimits>;
  /** Waits until the case is in the state. */
  readonly until: (driver: CaseDriver) => Promise<unknown>;
  /** Lets go what the state was held by. */
  readonly release?: (driver: CaseDriver) => Promise<unknown>;
  /** What the request is answered with, where it is not that people take over. */
  readonly receipt?: { readonly repeated: boolean; readonly detail: string };
  /** What the case looks like once people have it. */
  readonly leaves: object;
}

const atStage =
  (stage: CaseView['stage']) =>
  (driver: CaseDriver): Promise<CaseView> =>
    driver.until((view) => view.stage === stage);
const atGate = (driver: CaseDriver): Promise<void> => gates.reached(driver.id);
const openGate = (driver: CaseDriver): Promise<void> => {
  gates.open(driver.id);
  return Promise.resolve();
};
const calls =
  (...tools: readonly string[]) =>
  (): Answer =>
    call(...tools.map((tool) => ({ tool, arguments: {} })));

function write(name: string, more: Partial<ToolDefinition<JsonObject>> = {}): Tool {
  return defineTool<JsonObject>({
    name,
    description: 'writes',
    input: z.object({}),
    effect: 'write',
    retry: { attempts: 1 },
    run: () => Promise.resolve({ kind: 'done', result: null }),
    undo: () => Promise.resolve({ kind: 'undone' }),
    ...more,
  });
}

const broken = write('broken', { run: () => Promise.reject(new Error('out of order')) });
const escalated = { verb: 'escalate', to: 'people:desk', reasonCode: 'human-asked', status: 'accepted' };
const byHand = { deadLetterId: 'd1', by: 'bob', reason: 'undone by hand' };

const states: readonly Held[] = [
  {
    state: 'an agent at work',
    run: async (turn) => {
      await gates.pass(turn.caseId, turn.signal);
      return reply('too late');
    },
    until: atGate,
    leaves: { handoffs: [escalated] },
  },
  {
    state: 'an offer under way',
    run: () => transfer('absent'),
    toAbsent: { offerMs: 60_000 },
    until: atStage('pending'),
    leaves: { handoffs: [{ to: 'absent', status: 'withdrawn' }, escalated] },
  },
  {
    state: 'a call running',
    run: calls('slow', 'other'),
    tools: [
      write('slow', {
        run: async ({ caseId }) => {
          await gates.pass(caseId);
          return { kind: 'done', result: null };
        },
      }),
      write('other'),
    ],
    until: atGate,
    release: openGate,
    // What ran comes to its answer, and nothing more begins.
    leaves: { handoffs: [escalated], effects: [{ tool: 'slow', status: 'committed' }] },
  },
  {
    state: 'a call held for approval',
    run: calls('grave'),
    tools: [write('grave', { approval })],
    until: atStage('waiting-person'),
    leaves: { handoffs: [escalated], effects: [], reviews: [{ kind: 'tool-call', status: 'withdrawn' }] },
  },
  {
    state: 'a handoff held for approval',
    run: () => transfer('absent'),
    toAbsent: { approval },
    until: atStage('waiting-person'),
    leaves: {
      handoffs: [{ to: 'absent', status: 'withdrawn' }, escalated],
      reviews: [{ kind: 'handoff', status: 'withdrawn' }],
    },
  },
  {
    state: 'a question to people',
    run: () => ({ intent: { kind: 'ask-review', question: 'Well?', subject: 1 } }),
    until: atStage('waiting-person'),
    leaves: { handoffs: [escalated], reviews: [{ kind: 'question', status: 'withdrawn' }] },
  },
  {
    state: 'waiting for the user',
    run: () => reply('and?'),
    until: atStage('waiting-user'),
    leaves: { handoffs: [escalated] },
  },
  {
    state: 'a parked turn',
    run: () => Promise.reject(new Error('broken')),
    until: atStage('parked'),
    leaves: { handoffs: [escalated], deadLetters: [{ kind: 'turn', status: 'discarded', by: 'baton' }] },
  },
  {
    state: 'a parked handoff',
    run: () => transfer('absent'),
    toAbsent: { offerMs: 300 },
    limits: { fallbacks: 0 },
    until: atStage('parked'),
    leaves: {
      handoffs: [{ to: 'absent', status: 'withdrawn' }, escalated],
      deadLetters: [{ kind: 'handoff', status: 'discarded', by: 'baton' }],
    },
  },
  {
    state: 'compensations under way',
    run: calls('held', 'broken'),
    tools: [
      write('held', {
        undo: async ({ caseId }) => {
          await gates.pass(caseId);
          return { kind: 'undone' };
        },
      }),
      broken,
    ],
    until: atGate,
    release: openGate,
    leaves: { handoffs: [escalated], effects: [{ status: 'undone' }, { status: 'undone' }] },
  },
  {
    state: 'a compensation that only a person can finish',
    run: calls('stubborn', 'broken'),
    tools: [
      write('stubborn', {
        undo: () => Promise.reject(ApplicationFailure.nonRetryable('the counterpart is away')),
      }),
      broken,
    ],
    until: atStage('parked'),
    release: (driver) => driver.send(MESSAGES.discard, byHand),
    leaves: {
      handoffs: [escalated],
      effects: [{ status: 'kept' }, { status: 'undone' }],
      deadLetters: [{ kind: 'undo', status: 'discarded', by: 'bob' }],
    },
  },
  {
    state: 'people have the case',
    run: () => ({ intent: { kind: 'escalate', reasonCode: 'too-much' } }),
    until: atStage('human'),
    receipt: { repeated: true, detail: 'people have the case, or are about to' },
    leaves: { handoffs: [{ ...escalated, reasonCode: 'too-much' }] },
  },
  {
    // Nobody serves the agent, so that it can be offered the case and not answer.
    state: 'people giving the case back',
    until: async (driver) => {
      await driver.until((view) => view.stage === 'working');
      await driver.send(MESSAGES.askForHuman, {});
      await driver.send(MESSAGES.giveBack, { by: 'bob', note: 'yours' });
      await driver.until((view) => view.stage === 'pending');
    },
    receipt: { repeated: false, detail: 'people keep the case' },
    leaves: { handoffs: [escalated, { verb: 'give-back', status: 'withdrawn' }] },
  },
];

function journeyOf(held: Held): Journey {
  const absent = agent('absent', absentees, () => finish());
  const only = agent('only', held.run ? pool : absentees, held.run ?? (() => finish()), {
    tools: held.tools ?? [],
  });
  const team = defineTeam({
    name: unique('human'),
    start: only,
    edges: [escalate(only, desk), ...(held.toAbsent ? [edge(only, absent, held.toAbsent)] : [])],
    limits: held.limits ?? {},
  });
  return {
    name: held.state,
    team,
    play: async (stage) => {
      const driver = await stage.open();
      await held.until(driver);
      await askForHuman(stage, driver, held.receipt);
      await held.release?.(driver);
      const view = await driver.until((one) => one.stage === 'human');
      expect(view).toMatchObject({ owner: 'people:desk', waitingOn: 'people:desk', ...held.leaves });
      await workByHand(driver);
    },
  };
}

/** By update, and by plain signal as from the Temporal UI. */
async function askForHuman({ caching }: Stage, driver: CaseDriver, receipt: Held['receipt']): Promise<void> {
  const request = { by: 'user', reason: 'a person, please' };
  if (caching === 'uncached') {
    await driver.handle.signal(SIGNALS.askForHuman, request);
    return;
  }
  expect(await driver.send(MESSAGES.askForHuman, request)).toMatchObject(
    receipt ?? { repeated: false, detail: 'people are taking over' },
  );
}

/** The person who was asked for can do the work: the case is not only shown as theirs. */
async function workByHand(driver: CaseDriver): Promise<void> {
  await driver.say('are you there?', 'late');
  const unread = { by: 'bob', outcome: 'by hand', note: 'done' };
  await driver.send(MESSAGES.reply, { by: 'bob', messageId: 'b1', text: 'I am' });
  await driver.send(MESSAGES.resolve, unread);
  expect(await driver.result()).toMatchObject({ outcome: { kind: 'finished', outcome: 'by hand' } });
  const { transcript } = await driver.view();
  expect(transcript.filter((message) => message.id === 'late')).toHaveLength(1);
  expect(transcript.filter((message) => message.from.kind === 'person')).toHaveLength(1);
}

describe('a human is there whenever one is asked for (I12, U2)', () => {
  playJourneys(states.map(journeyOf), { unserved: [absentees] });
});

test('a request that comes before the team is known is honoured as soon as it is (I12)', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-opening-'));
  const ledger = await openLedgerStore(`file:${path.join(folder, 'ledger.db')}`);
  const manifests = await openManifestStore(`file:${path.join(folder, 'ledger.db')}`);
  const name = unique('opening');
  const held: typeof manifests = {
    ...manifests,
    put: async (digest, manifest) => {
      await gates.pass(name);
      await manifests.put(digest, manifest);
    },
  };
  const only = agent('only', pool, () => finish());
  const team = defineTeam({ name, start: only, edges: [escalate(only, desk)] });
  const bed = await openBed({ teams: [team], stores: { ledger, manifests: held } });
  try {
    const driver = await openCase(bed, team);
    await gates.reached(name);
    expect(await driver.view()).toMatchObject({ stage: 'opening', owner: 'nobody' });
    await driver.send(MESSAGES.askForHuman, {});
    gates.open(name);
    const view = await driver.until((one) => one.stage === 'human');
    expect(view).toMatchObject({ path: ['only', 'people:desk'], handoffs: [escalated] });
    await workByHand(driver);
  } finally {
    await bed.close();
    await Promise.all([ledger.close(), manifests.close()]);
    await rm(folder, { recursive: true, force: true });
  }
});
