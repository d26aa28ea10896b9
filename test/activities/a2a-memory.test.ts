import type { AgentCard } from '@a2a-js/sdk';
import { z } from 'zod';
import { HANDOFF_EXTENSION } from '../../contract/a2a.ts';
import type { TurnInput } from '../../contract/activities.ts';
import type { Envelope } from '../../contract/envelope.ts';
import type { JsonObject } from '../../contract/json.ts';
import { PARTIAL_RESULTS_BYTES } from '../../contract/limits.ts';
import type { A2aStep, A2aTestServer } from '../support/a2a-server.ts';
import { envelopeWith, failureOf, perform, turnInput } from './activity-desk.ts';
import { closeRemotes, openRemote, type RemoteDesk } from './remote-desk.ts';

const KEY = 'a'.repeat(64);
afterEach(closeRemotes);

const speaking = {
  extensions: [{ uri: HANDOFF_EXTENSION, description: '', required: false, params: undefined }],
} as unknown as NonNullable<AgentCard['capabilities']>;

const workingMemory = {
  intent: true,
  recordsRead: true,
  partialResults: z.object({ seen: z.object({ place: z.string() }) }),
} as const;

const open = (
  step: A2aStep,
  more: Parameters<typeof openRemote>[1] = {},
  speaks = true,
): Promise<RemoteDesk> =>
  openRemote([step], { workingMemory, ...more }, speaks ? { card: { capabilities: speaking } } : {});

const decided = { step: 1, agent: 'front', agentVersion: '1.0.0', decision: 'transfer triage' };
const write: Envelope['effects'][number] = {
  ...{ key: 'b'.repeat(64), step: 1, agent: 'front', tool: 'book' },
  ...{ status: 'committed', undo: 'by-key' },
};

function turn(
  { desk }: RemoteDesk,
  partialResults: JsonObject = { seen: { place: 'Lyon', by: 'left' } },
): TurnInput {
  const envelope = envelopeWith({ order: 'A1' });
  const memory = { intent: 'find it', recordsRead: ['orders/1'], partialResults };
  const told: Envelope = {
    ...envelope,
    memory: { ...envelope.memory, ...(memory as Partial<Envelope['memory']>) },
    effects: [write, { ...write, key: KEY, tool: 'remote-task', status: 'scheduled' }],
    provenance: [{ ...decided, reason: 'it is lost', elsewhere: { effects: [write], provenance: [] } }],
  };
  const since = new Date().toISOString();
  return turnInput(desk, 'triage', told, { remote: { key: KEY, toldUpTo: 0, since, polls: 0 } });
}

function underHandoff(server: A2aTestServer): unknown {
  return server.messages[0]?.metadata?.[HANDOFF_EXTENSION];
}

const WORKING: A2aStep = { state: 'TASK_STATE_WORKING' };

test('what the agent elsewhere takes up goes with the task, and nothing else of it; writes and decisions do, too', async () => {
  const returnsMemory = { intent: true, partialResults: z.object({ found: z.string() }) } as const;
  const opened = await open(WORKING, { returnsMemory });
  await perform(opened.desk, 'turn', turn(opened, { seen: { place: 'Lyon', by: 'left' }, own: 'left' }));
  expect(underHandoff(opened.server)).toMatchObject({
    memory: { intent: 'find it', recordsRead: ['orders/1'], partialResults: { seen: { place: 'Lyon' } } },
    effects: [write],
    provenance: [{ ...decided, reason: 'it is lost' }],
    takes: { intent: true, partialResults: ['found'] },
  });
  // What is left behind is nowhere in what was sent; nor is what a third house said.
  expect(JSON.stringify(opened.server.messages)).not.toMatch(/left|elsewhere|remote-task/);
});

test('an agent that takes up nothing is sent nothing of it, and says so by wanting nothing back', async () => {
  const opened = await open(WORKING, { workingMemory: {} });
  await perform(opened.desk, 'turn', turn(opened));
  expect(underHandoff(opened.server)).toMatchObject({ effects: [write] });
  expect(underHandoff(opened.server)).not.toHaveProperty('memory');
  expect(underHandoff(opened.server)).not.toHaveProperty('takes');
});

test('an agent that does not speak the extension gets words and facts alone', async () => {
  const opened = await open(WORKING, {}, false);
  await perform(opened.desk, 'turn', turn(opened));
  expect(opened.server.messages[0]?.metadata).toBeUndefined();
  expect(JSON.stringify(opened.server.messages)).not.toMatch(/find it|orders\/1|Lyon|it is lost/);
});

test('more than a message may carry is refused before anything is sent', async () => {
  const opened = await open(WORKING, {
    workingMemory: { partialResults: z.object({ seen: z.string() }) },
  });
  const large = turn(opened, { seen: 'x'.repeat(PARTIAL_RESULTS_BYTES) });
  expect(await failureOf(perform(opened.desk, 'turn', large))).toMatchObject({
    type: 'INPUT_TOO_LARGE',
    nonRetryable: true,
    message: expect.stringContaining('memory.partialResults') as string,
  });
  expect(opened.server.methods).toEqual([]);
});

const report = { version: '1.0.0', caseId: 'c-1', stage: 'closed', saga: 'kept', writes: 1 } as const;
const done = (under: JsonObject): A2aStep => ({
  state: 'TASK_STATE_COMPLETED',
  text: 'In Lyon.',
  metadata: { [HANDOFF_EXTENSION]: under },
});
const returnsMemory = {
  recordsRead: true,
  partialResults: z.object({ found: z.object({ place: z.string() }) }),
} as const;

test('what comes back is what the author said may come, stated by the agent here; the rest is not taken in', async () => {
  const memory = {
    intent: 'of theirs alone',
    recordsRead: ['depot/3'],
    partialResults: { found: { place: 'Lyon', shelf: 4 }, draft: 'theirs' },
  };
  const provenance = [{ ...decided, agent: 'clerk', decision: 'finish' }];
  const opened = await open(done({ ...report, memory, effects: [write], provenance }), { returnsMemory });
  const output = await perform(opened.desk, 'turn', turn(opened));
  expect(output).toMatchObject({
    kind: 'turned',
    turn: {
      recordsRead: ['depot/3'],
      workingMemory: { partialResults: { found: { place: 'Lyon' } } },
      provenance: { elsewhere: { effects: [write], provenance } },
    },
  });
  expect(JSON.stringify(output)).not.toMatch(/theirs|shelf/);
});

test('a house of an earlier release says nothing of it, and its answer counts as ever', async () => {
  const opened = await open(done(report), { returnsMemory });
  const output = await perform(opened.desk, 'turn', turn(opened));
  expect(output).toMatchObject({ kind: 'turned', turn: { intent: { kind: 'finish', text: 'In Lyon.' } } });
  if (output.kind !== 'turned') throw new Error(output.kind);
  expect(output.turn.workingMemory).toBeUndefined();
  expect(output.turn.provenance).toEqual({ reason: 'A2A: triage' });
});

test('what comes back without leave is nothing', async () => {
  const memory = { intent: 'of theirs', partialResults: { found: { place: 'Lyon' } } };
  const opened = await open(done({ ...report, memory }));
  const output = await perform(opened.desk, 'turn', turn(opened));
  if (output.kind !== 'turned') throw new Error(output.kind);
  expect(output.turn.workingMemory).toBeUndefined();
});

test('a result that is not what the author said is refused, and named', async () => {
  const opened = await open(done({ ...report, memory: { partialResults: { found: 'Lyon' } } }), {
    returnsMemory,
  });
  expect(await perform(opened.desk, 'turn', turn(opened))).toMatchObject({
    kind: 'invalid',
    failure: {
      code: 'AGENT_OUTPUT_INVALID',
      field: 'workingMemory.partialResults',
      message: expect.stringContaining('workingMemory.partialResults.found') as string,
    },
    remote: { state: 'completed' },
  });
});

test.each([
  ['a version nobody reads', { ...report, version: '2.0.0' }, 'VERSION_UNSUPPORTED', 'supported: 1.0.0'],
  [
    'a memory that is none',
    { ...report, memory: { intent: 7 } },
    'A2A_ANSWER_INVALID',
    'report.memory.intent',
  ],
  [
    'a reference into our store',
    { ...report, memory: { partialResults: { found: { 'baton:reference': {} } } } },
    'A2A_ANSWER_INVALID',
    'report.memory.partialResults.found.baton:reference',
  ],
])('a report with %s is refused', async (_what, under, code, words) => {
  const opened = await open(done(under), { returnsMemory });
  expect(await failureOf(perform(opened.desk, 'turn', turn(opened)))).toMatchObject({
    type: code,
    nonRetryable: true,
    message: expect.stringContaining(words) as string,
  });
});
