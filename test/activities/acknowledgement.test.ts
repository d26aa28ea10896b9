import type { Client } from '@temporalio/client';
import type { TurnOutput } from '../../contract/activities.ts';
import { ACKNOWLEDGE_AFTER_MS } from '../../contract/limits.ts';
import { agent, reply } from '../support/agents.ts';
import { createGates } from '../support/gates.ts';
import { envelopeWith, environmentOf, offeredTurn, openDesk, performIn } from './activity-desk.ts';

describe('a receiver that takes its time', () => {
  /** A client that only sends signals, as `send` says. */
  const clientOf = (send: (name: string, content: unknown) => Promise<void>): Client =>
    ({
      workflow: { getHandle: () => ({ signal: send }) },
      withAbortSignal: (_signal: AbortSignal, act: () => unknown) => act(),
    }) as unknown as Client;

  async function slowly(
    client: Client,
    whileItWorks: (tick: () => Promise<void>) => Promise<void>,
    onceItHasWorked: (tick: () => Promise<void>) => Promise<void> = () => Promise.resolve(),
    whenItEnds: () => void = () => undefined,
    holdLedger: Promise<void> = Promise.resolve(),
  ): Promise<TurnOutput> {
    jest.useFakeTimers();
    try {
      const gates = createGates();
      const billing = agent('billing', 'billing', async () => {
        await gates.pass('working');
        return reply('paid');
      });
      const desk = openDesk({ billing });
      desk.holdLedger = holdLedger;
      const running = performIn(
        environmentOf({}, client),
        desk,
        'handoff',
        offeredTurn(desk, envelopeWith({ order: 'o-1' })),
      ).finally(whenItEnds);
      await gates.reached('working');
      const tick = (): Promise<void> => jest.advanceTimersByTimeAsync(ACKNOWLEDGE_AFTER_MS);
      await whileItWorks(tick);
      gates.open('working');
      await onceItHasWorked(tick);
      return await running;
    } finally {
      jest.useRealTimers();
    }
  }

  test('sends its acknowledgement ahead, once, and in the result as well', async () => {
    const sent: unknown[] = [];
    const client = clientOf((name, content) => {
      sent.push([name, content]);
      return Promise.resolve();
    });
    const output = await slowly(client, async (tick) => {
      expect(sent).toEqual([]);
      await tick();
      await tick();
    });
    expect(output.kind).toBe('turned');
    expect(sent).toEqual([['accepted', output.kind === 'turned' && output.acknowledgement]]);
  });

  test('does not mind that the signal is lost', async () => {
    const client = clientOf(() => Promise.reject(new Error('the server is gone')));
    expect(await slowly(client, (tick) => tick())).toMatchObject({ acknowledgement: { handoffId: 'h1' } });
  });

  test('ends only when its signal has been sent, so that none comes behind its result', async () => {
    const gates = createGates();
    const order: string[] = [];
    const client = clientOf(async () => {
      await gates.pass('sending');
      order.push('sent');
    });
    await slowly(
      client,
      (tick) => tick(),
      async (tick) => {
        await tick();
        gates.open('sending');
      },
      () => order.push('ended'),
    );
    expect(order).toEqual(['sent', 'ended']);
  });

  test('works beside the ledger, and says yes only once its rows are recorded (I9)', async () => {
    const order: string[] = [];
    const client = clientOf(() => {
      order.push('yes');
      return Promise.resolve();
    });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = () => {
        order.push('recorded');
        resolve();
      };
    });
    const output = await slowly(
      client,
      async (tick) => {
        await tick();
        order.push('worked');
      },
      async (tick) => {
        await tick();
        release();
      },
      () => order.push('ended'),
      held,
    );
    expect(order).toEqual(['worked', 'recorded', 'yes', 'ended']);
    expect(output).toMatchObject({ kind: 'turned', recordedThrough: 2 });
  });
});
