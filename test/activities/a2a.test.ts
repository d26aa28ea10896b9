import { generateAgentCardSignature, type AgentCard } from '@a2a-js/sdk';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import type { TurnInput, TurnOutput } from '../../contract/activities.ts';
import type { Message } from '../../contract/conversation.ts';
import type { RemoteTask } from '../../contract/remote-task.ts';
import { startA2aServer, type A2aStep, type A2aTestServer } from '../support/a2a-server.ts';
import { envelopeWith, failureOf, perform, turnInput } from './activity-desk.ts';
import { closeRemotes, openRemote, type RemoteDesk } from './remote-desk.ts';

const KEY = 'a'.repeat(64);
const SINCE = '2026-01-01T00:00:00.000Z';
const servers: A2aTestServer[] = [];
afterEach(async () => {
  await closeRemotes();
  await Promise.all(servers.splice(0).map((one) => one.close()));
});

/** It waits for as long as a test likes. */
const patient = { waitMs: Number.MAX_SAFE_INTEGER, unreachableMs: Number.MAX_SAFE_INTEGER };
const open: typeof openRemote = (steps, more, twists) => openRemote(steps, { ...patient, ...more }, twists);

function said(sequence: number, text: string): Message {
  return { id: `m${String(sequence)}`, sequence, at: SINCE, from: { kind: 'user' }, text };
}

const asked: RemoteTask = { key: KEY, toldUpTo: 0, since: SINCE, polls: 0 };

function turn({ desk }: RemoteDesk, remote: RemoteTask, changes: Partial<TurnInput> = {}): TurnInput {
  return turnInput(desk, 'triage', envelopeWith({ order: 'A1' }), {
    conversation: [said(1, 'Where is it?')],
    remote,
    ...changes,
  });
}

function remoteIn(output: TurnOutput): RemoteTask {
  const remote = 'remote' in output ? output.remote : undefined;
  if (!remote) throw new Error(`no remote task in ${output.kind}`);
  return remote;
}

const WORKING: A2aStep = { state: 'TASK_STATE_WORKING' };

test('a task is asked for once, polled with growing pauses, and its end is the answer', async () => {
  const opened = await open([WORKING], { returns: z.object({ place: z.string() }) });
  const first = await perform(opened.desk, 'turn', turn(opened, asked));
  expect(first).toMatchObject({ kind: 'waiting', pauseMs: 1_000, remote: { state: 'working', polls: 0 } });
  expect(opened.server.messages[0]).toMatchObject({
    messageId: KEY,
    contextId: KEY,
    parts: [
      { content: { value: 'help the customer\n\nWhere is it?' } },
      { content: { value: { facts: { order: 'A1' } } } },
    ],
  });
  const second = await perform(opened.desk, 'turn', turn(opened, remoteIn(first)));
  expect(second).toMatchObject({ kind: 'waiting', pauseMs: 2_000, remote: { polls: 1 } });
  await opened.server.move(KEY, {
    state: 'TASK_STATE_COMPLETED',
    text: 'In Lyon.',
    data: { place: 'Lyon', secret: 'dropped' },
  });
  expect(await perform(opened.desk, 'turn', turn(opened, remoteIn(second)))).toMatchObject({
    kind: 'turned',
    remote: { state: 'completed' },
    turn: { intent: { kind: 'finish', outcome: 'completed', text: 'In Lyon.' }, facts: { place: 'Lyon' } },
  });
  expect(opened.server.methods).toEqual(['SendMessage', 'GetTask', 'GetTask']);
});

test('after a crash it is looked for by its context before it is asked for again', async () => {
  const opened = await open(
    [WORKING, WORKING],
    {},
    { instead: (method, count) => (method === 'SendMessage' && count === 1 ? { cut: true } : undefined) },
  );
  expect(await failureOf(perform(opened.desk, 'turn', turn(opened, asked)))).toMatchObject({
    type: 'A2A_UNREACHABLE',
    nonRetryable: false,
  });
  const again = await perform(opened.desk, 'turn', turn(opened, asked), { attempt: 2 });
  expect(again).toMatchObject({ kind: 'waiting', remote: { state: 'working' } });
  expect(opened.server.methods).toEqual(['SendMessage', 'ListTasks']);
  // A redriven dead letter is a first attempt of its own.
  await perform(opened.desk, 'turn', turn(opened, { ...asked, tried: true }));
  expect(opened.server.messages).toHaveLength(1);
});

test.each([
  ['none' as const, { kind: 'waiting' }, 2],
  ['cancellable' as const, 'A2A_OUTCOME_UNKNOWN', 0],
])('where tasks cannot be listed, an agent with effects %s is %p', async (effects, expected, sent) => {
  const noList = JSON.stringify({
    jsonrpc: '2.0',
    id: 2,
    error: { code: -32_601, message: 'no such method' },
  });
  const opened = await open(
    [WORKING, WORKING],
    { effects },
    {
      instead: (method) =>
        method === 'ListTasks'
          ? noList.replace('"id":2', `"id":${String(opened.server.methods.length)}`)
          : undefined,
      ...(effects === 'cancellable'
        ? {
            card: {
              capabilities: {
                extensions: [
                  { uri: 'urn:baton:a2a:handoff:1', description: '', required: false, params: undefined },
                ],
              },
            },
          }
        : {}),
    },
  );
  if (sent > 0) await perform(opened.desk, 'turn', turn(opened, asked));
  const again = perform(opened.desk, 'turn', turn(opened, asked), { attempt: 2 });
  if (typeof expected === 'string')
    expect(await failureOf(again)).toMatchObject({ type: expected, nonRetryable: true });
  else expect(await again).toMatchObject(expected);
  expect(opened.server.messages).toHaveLength(sent);
});

test.each([
  [
    { state: 'TASK_STATE_REJECTED', text: 'Not ours.' } as const,
    { kind: 'declined', failure: { code: 'OFFER_DECLINED' } },
  ],
  [
    { state: 'TASK_STATE_INPUT_REQUIRED', text: 'Which parcel?' } as const,
    { kind: 'turned', turn: { intent: { kind: 'reply', text: 'Which parcel?' } } },
  ],
  [
    { state: 'TASK_STATE_AUTH_REQUIRED', text: 'Log in.' } as const,
    { kind: 'turned', turn: { intent: { kind: 'escalate', reasonCode: 'auth-required' } } },
  ],
])('%p', async (step, expected) => {
  const opened = await open([step]);
  expect(await perform(opened.desk, 'turn', turn(opened, asked))).toMatchObject(expected);
});

test.each(['TASK_STATE_FAILED', 'TASK_STATE_CANCELED'] as const)('%s is a failure', async (state) => {
  const opened = await open([{ state, text: 'It broke.' }]);
  expect(await failureOf(perform(opened.desk, 'turn', turn(opened, asked)))).toMatchObject({
    type: 'A2A_TASK_FAILED',
    nonRetryable: true,
  });
});

test('what the user says meanwhile goes to the same task, once', async () => {
  const opened = await open([{ state: 'TASK_STATE_INPUT_REQUIRED', text: 'Which?' }, WORKING]);
  const first = await perform(opened.desk, 'turn', turn(opened, asked));
  const next = { conversation: [said(1, 'Where is it?'), said(3, 'The red one')], answeredUpTo: 2 };
  const told = turn(opened, remoteIn(first), next);
  const second = await perform(opened.desk, 'turn', told);
  expect(second).toMatchObject({ kind: 'waiting', remote: { toldUpTo: 3 } });
  expect(await perform(opened.desk, 'turn', told, { attempt: 2 })).toMatchObject({ kind: 'waiting' });
  expect(opened.server.messages.map((one) => one.parts[0]?.content?.value as unknown)).toEqual([
    'help the customer\n\nWhere is it?',
    'The red one',
  ]);
});

const huge = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { task: { id: 'x'.repeat(3_000_000) } } });
test.each([
  ['an answer without end', huge, 'A2A_ANSWER_INVALID'],
  ['no JSON', '<html>', 'A2A_ANSWER_INVALID'],
  ['nothing', 'null', 'A2A_ANSWER_INVALID'],
  ['another answer', '{"jsonrpc":"2.0","id":99,"result":{}}', 'A2A_ANSWER_INVALID'],
  [
    'a task without an id',
    '{"jsonrpc":"2.0","id":1,"result":{"task":{"status":{"state":"TASK_STATE_WORKING"}}}}',
    'A2A_ANSWER_INVALID',
  ],
  [
    'a state nobody knows',
    '{"jsonrpc":"2.0","id":1,"result":{"task":{"id":"t","status":{"state":"TASK_STATE_GONE"}}}}',
    'A2A_ANSWER_INVALID',
  ],
  ['a refusal', '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}', 'A2A_REFUSED'],
])('%s is refused', async (_what, body, code) => {
  const opened = await open([WORKING], {}, { instead: () => body });
  const failed = await failureOf(perform(opened.desk, 'turn', turn(opened, asked)));
  expect(failed).toMatchObject({ type: code, nonRetryable: true });
  expect(failed.message.length).toBeLessThan(2_000);
});

test('facts that it was not said to bring are refused, as is a text that is too long', async () => {
  const bad = await open([{ state: 'TASK_STATE_COMPLETED', data: { place: 7 } }], {
    returns: z.object({ place: z.string() }),
  });
  expect(await perform(bad.desk, 'turn', turn(bad, asked))).toMatchObject({
    kind: 'invalid',
    failure: { code: 'AGENT_OUTPUT_INVALID' },
    remote: { state: 'completed' },
  });
  const long = await open([{ state: 'TASK_STATE_COMPLETED', text: 'x'.repeat(100_000) }]);
  expect(await perform(long.desk, 'turn', turn(long, asked))).toMatchObject({ kind: 'invalid' });
});

test.each([
  [
    'another place',
    {
      supportedInterfaces: [
        { url: 'http://169.254.169.254/a2a', protocolBinding: 'JSONRPC', protocolVersion: '1.0', tenant: '' },
      ],
    },
    {},
    '169.254.169.254',
  ],
  [
    'an older protocol',
    {
      supportedInterfaces: [
        { url: 'http://127.0.0.1/', protocolBinding: 'JSONRPC', protocolVersion: '0.3', tenant: '' },
      ],
    },
    {},
    'no interface of A2A 1.0',
  ],
  ['other skills', {}, { skill: 'fly' }, 'it has find-parcel'],
  ['no extension', {}, { effects: 'cancellable' as const }, 'says no such thing'],
])('a card that names %s is refused before anything is sent', async (_what, card, more, words) => {
  const opened = await open([WORKING], more, { card });
  const failed = await failureOf(perform(opened.desk, 'turn', turn(opened, asked)));
  expect(failed).toMatchObject({ type: 'A2A_CARD_UNFIT', nonRetryable: true });
  expect(failed.message).toContain(words);
  expect(opened.server.methods).toEqual([]);
});

test('an agent that is out of reach while it works is waited for; one that was never reached is a failure', async () => {
  const opened = await open([WORKING]);
  const first = await perform(opened.desk, 'turn', turn(opened, asked));
  await opened.server.close();
  expect(await perform(opened.desk, 'turn', turn(opened, remoteIn(first)))).toMatchObject({
    kind: 'waiting',
    remote: { taskId: remoteIn(first).taskId, polls: 1 },
  });
  expect(await failureOf(perform(opened.desk, 'turn', turn(opened, asked)))).toMatchObject({
    type: 'A2A_UNREACHABLE',
  });
});

test('its work is bounded in time', async () => {
  const opened = await open([WORKING], { waitMs: 1 });
  expect(await failureOf(perform(opened.desk, 'turn', turn(opened, asked)))).toMatchObject({
    type: 'A2A_TASK_OVERDUE',
  });
});

describe('a card that must be signed', () => {
  const issuer = { alg: 'ES256', kid: 'carrier-1', typ: 'JOSE' };
  type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
  let own: Pair;
  let foreign: Pair;
  beforeAll(async () => {
    [own, foreign] = (await Promise.all(
      [1, 2].map(() => generateKeyPair('ES256', { extractable: true })),
    )) as [Pair, Pair];
  });
  const signed =
    (pair: () => Pair, kid = issuer.kid) =>
    (card: AgentCard): Promise<AgentCard> =>
      generateAgentCardSignature(pair().privateKey, { ...issuer, kid })(card);

  async function turnWith(issue?: (card: AgentCard) => Promise<AgentCard>): Promise<TurnOutput> {
    const server = await startA2aServer([WORKING], issue ? { issue } : {});
    servers.push(server);
    const key = { ...(await exportJWK(own.publicKey)), kid: issuer.kid };
    const opened = await open([], { at: { card: server.url, cardKeys: [key] } });
    return perform(opened.desk, 'turn', turn(opened, asked));
  }

  test('one that its issuer has signed is taken', async () => {
    expect(await turnWith(signed(() => own))).toMatchObject({ kind: 'waiting' });
  });

  test.each<[string, ((card: AgentCard) => Promise<AgentCard>) | undefined]>([
    ['nobody has signed', undefined],
    ['somebody else has signed', signed(() => foreign)],
    ['is signed under a name that nobody knows', signed(() => own, 'carrier-2')],
    [
      'was changed since',
      async (card) => ({ ...(await signed(() => own)(card)), description: 'Finds and sells parcels' }),
    ],
  ])('one that %s is refused, and nothing is sent', async (_, issue) => {
    expect(await failureOf(turnWith(issue))).toMatchObject({ type: 'A2A_CARD_UNFIT' });
    expect(servers.flatMap((one) => one.methods)).toEqual([]);
  });
});
