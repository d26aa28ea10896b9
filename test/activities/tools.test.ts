import { CancelledFailure } from '@temporalio/activity';
import { z } from 'zod';
import { defineTool } from '../../activities/define-tool.ts';
import type { Tool, ToolAnswer, ToolCall, ToolDefinition, UndoAnswer } from '../../activities/tool.ts';
import { failure } from '../../contract/failures.ts';
import { digestOf } from '../../contract/digest.ts';
import { CALL_BYTES, HEARTBEAT_TIMEOUT_MS } from '../../contract/limits.ts';
import type { ToolRates } from '../../contract/rates.ts';
import { createGates } from '../support/gates.ts';
import {
  callInput,
  environmentOf,
  failureOf,
  openDesk,
  perform,
  performIn,
  TRACE,
  type ActivityDesk,
} from './activity-desk.ts';

type Refund = { amount: number };

/** A write that can be undone and does what the test says. */
function refundTool(more: Partial<ToolDefinition<Refund>> = {}): Tool {
  return defineTool<Refund>({
    name: 'refund',
    description: 'pays back',
    input: z.object({ amount: z.number() }),
    effect: 'write',
    run: () => Promise.resolve({ kind: 'done', result: { paid: true } }),
    undo: () => Promise.resolve({ kind: 'undone' }),
    ...more,
  });
}

function deskWith(more: Partial<ToolDefinition<Refund>> = {}): ActivityDesk {
  return openDesk({}, [refundTool(more)]);
}

function thrower(thrown: unknown): () => Promise<never> {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- tools throw anything
  return () => Promise.reject(thrown);
}

describe.each(['look', 'effect'] as const)('%s', (activity) => {
  test('tells the tool its key, fence, digest, trace and case', async () => {
    const calls: ToolCall<Refund>[] = [];
    const desk = deskWith({
      run: (call) => {
        calls.push(call);
        return Promise.resolve({ kind: 'done', result: null });
      },
    });
    const input = callInput(desk, 'refund', { amount: 12 });
    const output = await perform(desk, activity, input, { attempt: 4 });
    expect(output).toMatchObject({ kind: 'done', result: null, recordedThrough: 2 });
    expect(calls[0]).toMatchObject({
      input: { amount: 12 },
      key: input.key,
      inputDigest: digestOf({ amount: 12 }),
      fence: { epoch: 7, attempt: 4 },
      trace: TRACE,
      caseId: 'case-1',
    });
  });

  test('keeps a tool from arguments it does not take, and names them', async () => {
    const ran: unknown[] = [];
    const desk = deskWith({
      run: (call) => (ran.push(call), Promise.resolve({ kind: 'done', result: null })),
    });
    const output = await perform(desk, activity, callInput(desk, 'refund', { amount: 'much' }));
    expect(output).toMatchObject({
      kind: 'refused',
      failure: { code: 'TOOL_INPUT_INVALID', field: 'arguments' },
    });
    expect(output.kind === 'refused' && output.failure.message).toContain('amount');
    expect(ran).toEqual([]);
  });

  test('brings a tool’s refusal back as an answer', async () => {
    const desk = deskWith({
      run: () => Promise.resolve({ kind: 'refused', code: 'ALREADY_PAID', message: 'it was paid in May' }),
    });
    const output = await perform(desk, activity, callInput(desk, 'refund', { amount: 12 }));
    expect(output).toMatchObject({ kind: 'refused', failure: { code: 'EFFECT_REFUSED' } });
    expect(output.kind === 'refused' && output.failure.message).toContain('ALREADY_PAID: it was paid in May');
  });

  test.each<[string, () => Promise<ToolAnswer>, string, string, boolean]>([
    ['an error', thrower(new TypeError('no such table')), 'EFFECT_FAILED', 'TypeError: no such table', false],
    ['something that is no error', thrower('broken'), 'EFFECT_FAILED', 'broken', false],
    [
      'an answer that is none',
      () => Promise.resolve('fine' as unknown as ToolAnswer),
      'EFFECT_FAILED',
      'neither done nor refused',
      true,
    ],
    [
      'a result beyond the limit',
      () => Promise.resolve({ kind: 'done', result: 'x'.repeat(CALL_BYTES) }),
      'INPUT_TOO_LARGE',
      `the limit is ${String(CALL_BYTES)}`,
      true,
    ],
    [
      'a result without a digest',
      () => Promise.resolve({ kind: 'done', result: { note: '\uD800' } }),
      'EFFECT_FAILED',
      'result.note',
      true,
    ],
  ])('fails the attempt for %s', async (_, run, type, words, nonRetryable) => {
    const desk = deskWith({ run });
    const failed = await failureOf(perform(desk, activity, callInput(desk, 'refund', { amount: 1 })));
    expect(failed).toMatchObject({ type, nonRetryable });
    expect(failed.message).toContain(words);
  });

  test.each([
    ['TOOL_UNKNOWN', { tool: 'nothing' }],
    ['AGENT_UNKNOWN', { agent: 'nobody' }],
    ['TEAM_UNKNOWN', { manifest: 'f'.repeat(64) }],
  ])('fails with %s by name', async (type, changes) => {
    const desk = deskWith();
    const input = { ...callInput(desk, 'refund', { amount: 12 }), ...changes };
    expect(await failureOf(perform(desk, activity, input))).toMatchObject({ type });
  });

  test('goes on while the ledger cannot be reached, and stops when it holds another row', async () => {
    const desk = deskWith();
    const input = callInput(desk, 'refund', { amount: 12 });
    desk.failLedgerWith = failure('STORE_UNAVAILABLE');
    expect(await perform(desk, activity, input)).toMatchObject({
      kind: 'done',
      recordedThrough: 0,
    });
    desk.failLedgerWith = failure('LEDGER_GAP');
    expect(await failureOf(perform(desk, activity, input))).toMatchObject({ type: 'LEDGER_GAP' });
  });

  test('beats while the tool works, and hands it the cancellation', async () => {
    jest.useFakeTimers();
    try {
      const gates = createGates();
      const desk = deskWith({
        run: async ({ signal }) => {
          await gates.pass('working', signal);
          throw Object.assign(new Error('stopped'), { name: 'AbortError' });
        },
      });
      const environment = environmentOf();
      let beats = 0;
      environment.on('heartbeat', () => (beats += 1));
      const running = performIn(environment, desk, activity, callInput(desk, 'refund', { amount: 12 }));
      await gates.reached('working');
      await jest.advanceTimersByTimeAsync(2 * HEARTBEAT_TIMEOUT_MS);
      expect(beats).toBe(4);
      environment.cancel();
      await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('undo', () => {
  test('goes by the effect’s key and the fence of its own attempt', async () => {
    const calls: ToolCall<Refund>[] = [];
    const desk = deskWith({
      undo: (call) => (calls.push(call), Promise.resolve({ kind: 'tombstoned' })),
    });
    const input = callInput(desk, 'refund', { amount: 12 });
    const output = await perform(desk, 'undo', input, { attempt: 2 });
    expect(output).toMatchObject({ kind: 'tombstoned', recordedThrough: 2 });
    expect(calls[0]).toMatchObject({ key: input.key, fence: { epoch: 7, attempt: 2 } });
  });

  test('does not need arguments that still satisfy the tool', async () => {
    const desk = deskWith();
    const input = callInput(desk, 'refund', { amount: 'in another form, of an older version' });
    expect(await perform(desk, 'undo', input)).toMatchObject({ kind: 'undone' });
  });

  test('is not kept from its work by a ledger at odds with the case', async () => {
    const desk = deskWith();
    desk.failLedgerWith = failure('LEDGER_DIVERGED');
    const output = await perform(desk, 'undo', callInput(desk, 'refund', { amount: 12 }));
    expect(output).toEqual({ kind: 'undone', recordedThrough: 0 });
  });

  test.each<[string, Partial<ToolDefinition<Refund>>, string, boolean]>([
    ['the undo threw', { undo: thrower(new Error('no connection')) }, 'UNDO_FAILED', false],
    [
      'the undo answered something else',
      { undo: () => Promise.resolve({ kind: 'done' } as unknown as UndoAnswer) },
      'UNDO_FAILED',
      true,
    ],
    ['the tool has none', { effect: 'read', undo: undefined as never }, 'UNDO_FAILED', true],
  ])('fails when %s', async (_, more, type, nonRetryable) => {
    const desk = deskWith(more);
    const input = callInput(desk, 'refund', { amount: 12 });
    expect(await failureOf(perform(desk, 'undo', input))).toMatchObject({ type, nonRetryable });
  });
});

test('a cancelled tool that passes the signal’s reason on ends as cancelled', async () => {
  const gates = createGates();
  const desk = deskWith({
    run: async ({ signal }) => {
      await gates.pass('working', signal);
      throw signal.reason;
    },
  });
  const environment = environmentOf();
  const running = performIn(environment, desk, 'effect', callInput(desk, 'refund', { amount: 12 }));
  await gates.reached('working');
  environment.cancel();
  await expect(running).rejects.toBeInstanceOf(CancelledFailure);
});

/** Rates that make every call wait until its key comes again. */
function rates(): ToolRates & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    take: ({ tenant, bucket }, _, key) => {
      const one = `${tenant} ${bucket} ${key}`;
      asked.push(one);
      return Promise.resolve(asked.filter((other) => other === one).length > 1 ? 0 : 250);
    },
    list: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

test('a call that comes too soon is not sent, and says when its turn is; every attempt is a call', async () => {
  const seen: ToolCall<Refund>[] = [];
  const tool = refundTool({
    rate: { calls: 1, perMs: 1_000, bucket: 'bank' },
    run: (call) => {
      seen.push(call);
      return Promise.resolve({ kind: 'done', result: true });
    },
  });
  const counted = rates();
  const desk = openDesk({}, [tool], { rates: counted });
  const input = callInput(desk, 'refund', { amount: 5 });
  const told = (attempt: number, attempted = 0): Promise<unknown> =>
    perform(desk, 'effect', { ...input, attempted }, { attempt }).catch((thrown: unknown) => thrown);
  expect(await told(1)).toMatchObject({
    type: 'TOOL_RATE_LIMITED',
    nonRetryable: true,
    details: [{ code: 'TOOL_RATE_LIMITED' }, { waitMs: 250, attempts: 0 }],
  });
  expect(seen).toEqual([]);
  expect(await told(1)).toMatchObject({ kind: 'done' });
  // The second attempt had gone out before; the third waits, and goes on behind it in a new activity.
  expect(await told(3)).toMatchObject({ details: [{}, { waitMs: 250, attempts: 2 }] });
  expect(await told(1, 2)).toMatchObject({ kind: 'done' });
  expect(seen.map((call) => call.fence)).toEqual([
    { epoch: 7, attempt: 1 },
    { epoch: 7, attempt: 3 },
  ]);
  expect(new Set(counted.asked).size).toBe(2);
  expect(counted.asked[0]).toMatch(/^default bank /);
  // What does not satisfy the tool is not sent either, and takes nobody's turn.
  const before = counted.asked.length;
  await perform(desk, 'effect', callInput(desk, 'refund', { amount: 'much' }));
  expect(counted.asked).toHaveLength(before);
});

test('a tool with a rate needs a store to count in', () => {
  expect(() => deskWith({ rate: { calls: 1, perMs: 1_000 } })).toThrow('no store of rates');
});

test('what its case does not allow is refused beside the tool as well, and undone all the same', async () => {
  let calls = 0;
  const desk = deskWith({
    run: () => {
      calls += 1;
      return Promise.resolve({ kind: 'done', result: null });
    },
  });
  const input = { ...callInput(desk, 'refund', { amount: 5 }), allowedActions: ['look'] };
  expect(await perform(desk, 'effect', input)).toMatchObject({
    kind: 'refused',
    failure: { code: 'ACTION_NOT_ALLOWED', field: 'calls.tool' },
  });
  expect(calls).toBe(0);
  expect(await perform(desk, 'undo', input)).toMatchObject({ kind: 'undone' });
  expect(await perform(desk, 'effect', { ...input, allowedActions: ['look', 'refund'] })).toMatchObject({
    kind: 'done',
  });
});
