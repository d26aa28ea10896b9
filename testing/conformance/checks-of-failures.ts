import assert from 'node:assert/strict';
import type { Failure, FailureCode } from '../../contract/failures.ts';
import { MESSAGE_BYTES } from '../../contract/limits.ts';
import { assertTyped, turned, type Check } from './check.ts';
import { TOOL } from './conformance-team.ts';
import { failureOf } from './sitting.ts';

/** A failure of an activity as the catalogue has it. */
async function problemOf(running: Promise<unknown>): Promise<Pick<Failure, 'code' | 'message'>> {
  const { type, message } = await failureOf(running);
  return { code: type as FailureCode, message };
}

/** What cannot be used, and what breaks, is a failure by its code: never an answer, and never a stack trace. */
export function checksOfFailures(): readonly Check[] {
  return [
    {
      name: 'an answer that is too long is a typed failure, and none of it enters the history',
      thoughts: [{ kind: 'says', text: 'x'.repeat(2 * MESSAGE_BYTES) }],
      play: async (sitting) => {
        const output = await sitting.take(sitting.turn());
        assert.ok(output.kind === 'invalid', `it came to ${output.kind}`);
        assertTyped(output.failure);
        assert.ok(JSON.stringify(output).length < MESSAGE_BYTES);
      },
    },
    {
      name: 'arguments of a megabyte are a typed failure, and none of it enters the history',
      thoughts: [{ kind: 'calls', tool: TOOL, arguments: { order: 'x'.repeat(1_048_576) } }],
      play: async (sitting) => {
        const output = await sitting.take(sitting.turn());
        assert.ok(output.kind === 'invalid', `it came to ${output.kind}`);
        assertTyped(output.failure);
        assert.ok(JSON.stringify(output).length < MESSAGE_BYTES);
        assert.equal(sitting.tool.standing(), 0);
      },
    },
    {
      name: 'an answer with nothing in it is a typed failure',
      thoughts: [{ kind: 'says', text: '' }],
      play: async (sitting) => {
        const running = sitting.take(sitting.turn());
        const output = await running.catch(() => undefined);
        // Some frameworks take nothing for a breakdown: that is one by its code, and the case tries again.
        if (!output) assertTyped(await problemOf(running));
        else {
          assert.ok(output.kind === 'invalid', `it came to ${output.kind}`);
          assertTyped(output.failure);
        }
      },
    },
    {
      name: 'a tool that nobody has is not called: a typed failure, or a call for the guards to refuse',
      thoughts: [{ kind: 'calls', tool: 'open-the-vault', arguments: {} }],
      play: async (sitting) => {
        const output = await sitting.take(sitting.turn());
        if (output.kind === 'invalid') assertTyped(output.failure);
        else assert.equal(turned(output).turn.intent.kind, 'call');
        assert.equal(sitting.tool.standing(), 0);
      },
    },
    {
      name: 'a breakdown is a typed failure that may be tried again, and the next attempt works',
      thoughts: [{ kind: 'fails' }, { kind: 'says', text: 'Here I am.' }],
      play: async (sitting) => {
        const input = sitting.turn();
        const problem = await failureOf(sitting.take(input, sitting.environment(1)));
        assertTyped({ code: problem.type as never, message: problem.message });
        assert.notEqual(problem.nonRetryable, true, `${String(problem.type)} is not tried again`);
        assert.equal(sitting.told.length, 1, 'it tried again by itself: retries are those of the case');
        assert.equal(turned(await sitting.take(input, sitting.environment(2))).turn.intent.kind, 'reply');
      },
    },
  ];
}
