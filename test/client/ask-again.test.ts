import { askAgain, isRefusedWith } from '../../client/reach/ask-again.ts';
import { BatonError, failure, type FailureCode } from '../../contract/failures.ts';

/** Answers so many refusals, then a receipt. */
function pendingFor(
  times: number,
  code: FailureCode,
): { ask: (attempt: number) => Promise<string>; asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    ask: (attempt) => {
      asked.push(attempt);
      return asked.length <= times ? Promise.reject(new BatonError(failure(code))) : Promise.resolve('taken');
    },
  };
}

test.each(['DIRECTORY_PENDING', 'PROOF_PENDING'] as const)(
  '%s is asked again, until the case has what it waits for',
  async (code) => {
    const { ask, asked } = pendingFor(3, code);
    expect(await askAgain(10_000, ask)).toBe('taken');
    expect(asked).toEqual([1, 2, 3, 4]);
  },
);

test('at the end of its time it says what is missing', async () => {
  const { ask, asked } = pendingFor(1_000, 'DIRECTORY_PENDING');
  await expect(askAgain(120, ask)).rejects.toMatchObject({ code: 'DIRECTORY_PENDING' });
  expect(asked.length).toBeGreaterThan(1);
  expect(asked.length).toBeLessThan(6);
});

test('of other refusals those are asked again that are named', async () => {
  const unknown = isRefusedWith('PROOF_KEY_UNKNOWN', 'NO_WORKER');
  const { ask, asked } = pendingFor(2, 'PROOF_KEY_UNKNOWN');
  expect(await askAgain(10_000, ask, unknown)).toBe('taken');
  expect(asked).toEqual([1, 2, 3]);
  const pending = pendingFor(1, 'DIRECTORY_PENDING');
  await expect(askAgain(10_000, pending.ask, unknown)).rejects.toMatchObject({ code: 'DIRECTORY_PENDING' });
  expect(pending.asked).toEqual([1]);
});

test('any other refusal is an answer', async () => {
  const { ask, asked } = pendingFor(1, 'REVIEW_FORBIDDEN');
  await expect(askAgain(10_000, ask)).rejects.toMatchObject({ code: 'REVIEW_FORBIDDEN' });
  expect(asked).toEqual([1]);
});
