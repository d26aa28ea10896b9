import { applicationFailure } from '../../contract/application-failure.ts';
import { failure } from '../../contract/failures.ts';
import type { CallInput } from '../../contract/activities.ts';
import type { ActivityPlan } from '../../workflows/events.ts';
import { callInTurn, turnOfRate } from '../../workflows/turn-of-rate.ts';

const retry = { attempts: 3, initialMs: 1, backoff: 1, maximumMs: 1 };
const plan: ActivityPlan = { queue: 'q', summary: 's', timeoutMs: 1, patienceMs: 1, retry, limited: true };
const input = { key: 'k' } as CallInput;
const limited = (attempts: number): Error =>
  applicationFailure(failure('TOOL_RATE_LIMITED', 'bank'), { beside: { waitMs: 40, attempts } });

test('to wait costs no attempt; those that were made are taken from the budget and go before the fence', async () => {
  const script = [limited(0), limited(2), limited(2), limited(7)];
  const seen: [number, number | undefined][] = [];
  const call = callInTurn(plan, input, (next, sent) => {
    seen.push([next.retry.attempts, sent.attempted]);
    const thrown = script.shift();
    return thrown ? Promise.reject(thrown) : Promise.resolve('done');
  });
  for (let round = 0; round < 4; round += 1) await expect(call()).rejects.toThrow('bank');
  expect(await call()).toBe('done');
  expect(seen).toEqual([
    [3, undefined],
    [3, undefined],
    [1, 2],
    [1, 2],
    [1, 7],
  ]);
});

test('other failures are no turn to wait for', () => {
  expect(turnOfRate(limited(1))).toMatchObject({ waitMs: 40, attempts: 1 });
  expect(turnOfRate(applicationFailure(failure('EFFECT_FAILED')))).toBeUndefined();
  expect(turnOfRate(applicationFailure(failure('TOOL_RATE_LIMITED')))).toBeUndefined();
  expect(turnOfRate(new Error('no'))).toBeUndefined();
});
