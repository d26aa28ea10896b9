import { CancelledFailure } from '@temporalio/activity';
import type { Turn } from '../../activities/agent.ts';
import type { TurnInput } from '../../contract/activities.ts';
import { digestOf } from '../../contract/digest.ts';
import { failure } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import { HEARTBEAT_TIMEOUT_MS } from '../../contract/limits.ts';
import { agent, reply, transfer } from '../support/agents.ts';
import { createGates } from '../support/gates.ts';
import {
  BillingFacts,
  envelopeWith,
  environmentOf,
  failureOf,
  offeredTurn,
  openDesk,
  perform,
  performIn,
  turnInput,
  type ActivityDesk,
} from './activity-desk.ts';

function throwing(
  thrown: unknown,
  failures: { retry?: readonly string[]; human?: readonly string[] } = {},
): ActivityDesk {
  const triage = agent(
    'triage',
    'triage',
    () => {
      throw thrown;
    },
    { failures },
  );
  return openDesk({ triage });
}

function named(name: string): Error {
  return Object.assign(new Error('the words of it'), { name });
}

describe('the entry edge of an offer', () => {
  const good = envelopeWith({ order: 'o-1' });

  test.each<[string, (desk: ActivityDesk) => TurnInput, string, string]>([
    [
      'an unknown version',
      (desk) => offeredTurn(desk, { ...good, version: '9.0.0' }),
      'VERSION_UNSUPPORTED',
      'supported: 1.0.0',
    ],
    [
      'a shape that is none',
      (desk) => offeredTurn(desk, { ...good, trace: 'not a trace' }),
      'INPUT_INVALID',
      'trace',
    ],
    [
      'an envelope that changed on its way',
      (desk) => ({ ...offeredTurn(desk, good), envelope: envelopeWith({ order: 'o-2' }) }),
      'ENVELOPE_CHANGED',
      'handoff h1',
    ],
    [
      'facts without what it needs',
      (desk) => offeredTurn(desk, envelopeWith({ topic: 'money' })),
      'AGENT_INPUT_INVALID',
      'order',
    ],
    [
      'facts of another type',
      (desk) => offeredTurn(desk, envelopeWith({ order: 'o-1', amount: 'much' })),
      'AGENT_INPUT_INVALID',
      'amount',
    ],
  ])('declines %s, before the agent sees it', async (_, input, code, words) => {
    const seen: string[] = [];
    const billing = agent('billing', 'billing', () => (seen.push('run'), reply('paid')), {
      accepts: BillingFacts,
    });
    const desk = openDesk({ billing });
    const output = await perform(desk, 'handoff', input(desk));
    expect(output).toMatchObject({ kind: 'declined', failure: { code } });
    expect(output.kind === 'declined' && output.failure.message).toContain(words);
    expect(output).not.toHaveProperty('acknowledgement');
    expect(seen).toEqual([]);
  });

  test('names the field of the facts at fault', async () => {
    const desk = openDesk();
    const output = await perform(desk, 'handoff', offeredTurn(desk, envelopeWith({ order: 7 })));
    expect(output).toMatchObject({ kind: 'declined', failure: { field: 'facts.order' } });
  });

  test('acknowledges what it takes: offer, epoch, attempt and digest', async () => {
    const desk = openDesk();
    const output = await perform(desk, 'handoff', offeredTurn(desk, good), { attempt: 3 });
    expect(output).toMatchObject({
      kind: 'turned',
      acknowledgement: { handoffId: 'h1', offerEpoch: 2, attempt: 3, digest: digestOf(good) },
    });
  });

  test('declines by the agent’s own reason', async () => {
    const billing = agent('billing', 'billing', () => reply('paid'), {
      declines: (turn) => (turn.facts['order'] === 'o-1' ? 'closed for today' : undefined),
    });
    const desk = openDesk({ billing });
    const output = await perform(desk, 'handoff', offeredTurn(desk, good));
    expect(output).toMatchObject({ kind: 'declined', failure: { code: 'OFFER_DECLINED' } });
    expect(output.kind === 'declined' && output.failure.message).toContain('closed for today');
    // Without an offer it owns the case already, and may not.
    const turn = await perform(desk, 'turn', turnInput(desk, 'billing', good));
    expect(turn.kind).toBe('turned');
  });

  test('shows the agent only what it declared, and its memory whole', async () => {
    const seen: Turn<JsonObject>[] = [];
    const billing = agent('billing', 'billing', (turn) => (seen.push(turn), reply('paid')), {
      accepts: BillingFacts,
    });
    const desk = openDesk({ billing });
    await perform(desk, 'handoff', offeredTurn(desk, envelopeWith({ order: 'o-1', secret: 's' })));
    expect(seen[0]).toMatchObject({ facts: { order: 'o-1' }, memory: { order: 'o-1', secret: 's' } });
    expect(seen[0]?.facts).not.toHaveProperty('secret');
  });
});

test.each<[string, Partial<TurnInput>, string, boolean]>([
  ['an unknown version', { envelope: envelopeWith({}, { version: '2.0.0' }) }, 'VERSION_UNSUPPORTED', true],
  ['facts of another type', { envelope: envelopeWith({ topic: 7 }) }, 'AGENT_INPUT_INVALID', true],
  // Another worker may have it: the queue is asked again.
  ['an agent nobody has', { agent: 'nobody' }, 'AGENT_UNKNOWN', false],
  ['a newer version of the agent', { agentVersion: '2.0.0' }, 'WORKER_TOO_OLD', false],
  ['an older version that is not read', { agentVersion: '0.9.0' }, 'AGENT_UNKNOWN', false],
  ['an unknown team', { team: 'nobody' }, 'AGENT_UNKNOWN', false],
])('a turn with %s fails by its code', async (_, changes, type, nonRetryable) => {
  const desk = openDesk();
  const input = turnInput(desk, 'triage', envelopeWith({ topic: 'money' }), changes);
  expect(await failureOf(perform(desk, 'turn', input))).toMatchObject({ type, nonRetryable });
});

describe('the exit edge', () => {
  const known = envelopeWith({ order: 'o-1', card: '4111 1111' });

  async function leaving(facts: Record<string, string | number>, to = 'billing'): Promise<unknown> {
    const desk = openDesk({ triage: agent('triage', 'triage', () => transfer(to, facts)) });
    return perform(desk, 'turn', turnInput(desk, 'triage', known));
  }

  test('cuts what crosses to what the receiver declares, and keeps the rest out of the result', async () => {
    const output = await leaving({ amount: 12, iban: 'DE02' });
    expect(output).toMatchObject({
      kind: 'turned',
      turn: { intent: { kind: 'transfer', to: 'billing', facts: {} } },
      crossing: { to: 'billing', facts: { order: 'o-1', amount: 12 }, dropped: ['card', 'iban'] },
    });
    expect(JSON.stringify(output)).not.toMatch(/4111|DE02/);
  });

  test('says what the receiver would not accept', async () => {
    expect(await leaving({ amount: 'much' })).toMatchObject({
      crossing: { failure: { code: 'AGENT_INPUT_INVALID', field: 'facts' } },
    });
  });

  test('lets nothing cross to a target that does not exist', async () => {
    expect(await leaving({ amount: 12 }, '__proto__')).not.toHaveProperty('crossing');
  });

  test('hands output that breaks the contract back to the agent, with its field', async () => {
    const triage = agent('triage', 'triage', () => ({ intent: { kind: 'reply', text: '' } }));
    const desk = openDesk({ triage });
    const output = await perform(desk, 'turn', turnInput(desk, 'triage', known));
    expect(output).toMatchObject({ kind: 'invalid', failure: { code: 'AGENT_OUTPUT_INVALID' } });
    expect(output.kind === 'invalid' && output.failure.message).toContain('text');
  });
});

describe('what an agent throws', () => {
  const run = (desk: ActivityDesk): Promise<{ type: string; message: string; nonRetryable: boolean }> =>
    failureOf(perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({}))));

  test.each<[string, ActivityDesk, string, boolean]>([
    ['is tried again where its contract lists nothing', throwing(named('Whatever')), 'AGENT_FAILED', false],
    [
      'is tried again where it is listed',
      throwing(named('RateLimited'), { retry: ['RateLimited'] }),
      'AGENT_FAILED',
      false,
    ],
    [
      'is not tried again where others are listed',
      throwing(named('Bug'), { retry: ['RateLimited'] }),
      'AGENT_FAILED',
      true,
    ],
    [
      'is for a person where its contract says so',
      throwing(named('AccountLocked'), { human: ['AccountLocked'] }),
      'AGENT_NEEDS_PERSON',
      true,
    ],
    ['may be no error at all', throwing('a word'), 'AGENT_FAILED', false],
  ])('%s', async (_, desk, type, nonRetryable) => {
    const failed = await run(desk);
    expect(failed).toMatchObject({ type, nonRetryable });
    expect(failed.message).toMatch(/the words of it|a word/);
  });

  test('because it was cancelled has not failed', async () => {
    const gates = createGates();
    const triage = agent(
      'triage',
      'triage',
      async (turn) => {
        await gates.pass('working', turn.signal);
        throw named('AbortError');
      },
      { failures: { retry: ['RateLimited'] } },
    );
    const desk = openDesk({ triage });
    const environment = environmentOf();
    const running = performIn(environment, desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
    await gates.reached('working');
    environment.cancel('WORKER_SHUTDOWN');
    // By this name the SDK knows that the attempt was cancelled; as a failure it could not be tried again.
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('in the name of an abort that nobody asked for has failed', async () => {
    expect(await run(throwing(named('AbortError')))).toMatchObject({ type: 'AGENT_FAILED' });
  });
});

test('a cancelled turn sees its signal aborted, and ends as cancelled', async () => {
  const gates = createGates();
  const triage = agent('triage', 'triage', async ({ signal }) => {
    await gates.pass('working', signal);
    throw signal.reason;
  });
  const desk = openDesk({ triage });
  const environment = environmentOf();
  const running = performIn(environment, desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
  await gates.reached('working');
  environment.cancel();
  await expect(running).rejects.toBeInstanceOf(CancelledFailure);
});

describe('the ledger', () => {
  test('gets the rows before the agent works', async () => {
    const order: string[] = [];
    const triage = agent('triage', 'triage', () => {
      order.push(`rows ${String(desk.appended.length)}`);
      return reply('hello');
    });
    const desk = openDesk({ triage });
    const output = await perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
    expect(order).toEqual(['rows 2']);
    expect(output.recordedThrough).toBe(2);
  });

  test('that cannot be reached does not spend the agent’s attempts', async () => {
    const desk = openDesk();
    desk.failLedgerWith = failure('STORE_UNAVAILABLE');
    const output = await perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
    expect(output).toMatchObject({ kind: 'turned', recordedThrough: 0 });
  });

  test('that holds another row stops the work for good', async () => {
    const desk = openDesk();
    desk.failLedgerWith = failure('LEDGER_DIVERGED');
    const running = perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
    expect(await failureOf(running)).toMatchObject({ type: 'LEDGER_DIVERGED', nonRetryable: true });
  });
});

test('an agent at work beats at half the heartbeat timeout, and no longer than it works', async () => {
  jest.useFakeTimers();
  try {
    const gates = createGates();
    const triage = agent('triage', 'triage', async () => {
      await gates.pass('working');
      return reply('hello');
    });
    const desk = openDesk({ triage });
    const environment = environmentOf();
    let beats = 0;
    environment.on('heartbeat', () => (beats += 1));
    const running = performIn(environment, desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
    await gates.reached('working');
    await jest.advanceTimersByTimeAsync(5 * (HEARTBEAT_TIMEOUT_MS / 2));
    expect(beats).toBe(5);
    gates.open('working');
    await running;
    await jest.advanceTimersByTimeAsync(5 * HEARTBEAT_TIMEOUT_MS);
    expect(beats).toBe(5);
  } finally {
    jest.useRealTimers();
  }
});
