import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Acknowledgement } from '../../contract/message-shapes.ts';
import { intentOf, turned, type Check } from './check.ts';
import { TOOL } from './conformance-team.ts';
import { said } from './sitting.ts';

/** How long an agent that is told to stop may take to do so, in milliseconds. */
const STOP_MS = 5_000;

/** Turns in and out, retries, other workers, cancellation. */
export function checksOfTurns(): readonly Check[] {
  return [
    {
      name: 'answers the user, and has been told what they said',
      thoughts: [{ kind: 'says', text: 'Which of the two charges?' }],
      play: async (sitting) => {
        const output = await sitting.take(sitting.turn());
        assert.equal(intentOf(output, 'reply').text, 'Which of the two charges?');
        assert.match(String(sitting.told[0]), /charged twice/);
      },
    },
    {
      name: 'goes on in the same case: it knows what was said before, and hears what is new',
      thoughts: [
        { kind: 'says', text: 'Which of the two charges?' },
        { kind: 'says', text: 'I see.' },
      ],
      play: async (sitting) => {
        const first = sitting.turn();
        await sitting.take(first);
        const own = {
          ...said(2, 'Which of the two charges?'),
          from: { kind: 'agent', name: 'subject' } as const,
        };
        const conversation = [...first.conversation, own, said(3, 'The one of Tuesday.')];
        intentOf(await sitting.take(sitting.turn({ conversation, answeredUpTo: 2 })), 'reply');
        assert.match(String(sitting.told[1]), /charged twice.*Which of the two.*Tuesday/s);
      },
    },
    {
      name: 'takes an offer, and acknowledges exactly that',
      thoughts: [{ kind: 'says', text: 'Hello.' }],
      play: async (sitting) => {
        const input = sitting.offered({ order: 'A1', amount: 40 });
        const { acknowledgement } = turned(await sitting.take(input));
        const { handoffId, offerEpoch, digest } = acknowledgement ?? assert.fail('it acknowledged nothing');
        const expected = { handoffId: 'h1', offerEpoch: 1, digest: input.offer?.digest };
        assert.deepEqual({ handoffId, offerEpoch, digest }, expected);
        for (const one of sitting.signals) assert.equal((one as Acknowledgement).digest, digest);
      },
    },
    {
      name: 'an offer that does not hold is declined, and nobody is asked',
      thoughts: [],
      play: async (sitting) => {
        const changed = sitting.offered({ order: 'A1' });
        const other = { ...changed, envelope: { ...changed.envelope, memory: { facts: { order: 'A2' } } } };
        assert.equal((await sitting.take(other)).kind, 'declined');
        assert.equal((await sitting.take(sitting.offered({ order: 7 }))).kind, 'declined');
      },
    },
    {
      name: 'ends the case',
      thoughts: [{ kind: 'finishes', outcome: 'answered', text: 'Goodbye.' }],
      play: async (sitting) => {
        const { outcome, text } = intentOf(await sitting.take(sitting.turn()), 'finish');
        assert.deepEqual({ outcome, text }, { outcome: 'answered', text: 'Goodbye.' });
      },
    },
    {
      name: 'a turn that is tried again comes to the same, and pays nothing twice',
      thoughts: [{ kind: 'says', text: 'Which of the two charges?' }],
      play: async (sitting, { free }) => {
        const input = sitting.turn();
        const first = await sitting.take(input, sitting.environment(1));
        if (free === true) sitting.repeat();
        const again = await sitting.take(input, sitting.environment(2));
        assert.deepEqual(again, first);
        assert.equal(sitting.told.length, free === true ? 2 : 1);
      },
    },
    {
      name: 'what was decided before its worker died is read by the next one, and not asked for again',
      thoughts: [{ kind: 'calls', tool: TOOL, arguments: {} }],
      play: async (sitting, { free }) => {
        const input = sitting.turn();
        const first = await sitting.take(input);
        await sitting.moveToAnotherWorker();
        if (free === true) sitting.repeat();
        assert.deepEqual(await sitting.take(input, sitting.environment(2)), first);
        assert.equal(sitting.told.length, free === true ? 2 : 1);
      },
    },
    {
      name: 'another worker goes on with the case: nothing that counts stays in the process',
      thoughts: [
        { kind: 'calls', tool: TOOL, arguments: {} },
        { kind: 'says', text: 'It is paid.' },
      ],
      play: async (sitting) => {
        const [call] = intentOf(await sitting.take(sitting.turn()), 'call').calls;
        assert.ok(call);
        await sitting.moveToAnotherWorker();
        const answer = { kind: 'done', result: { receipt: 'R-77' } } as const;
        const next = sitting.turn({ answers: [{ id: call.id, tool: call.tool, answer }] });
        assert.equal(intentOf(await sitting.take(next), 'reply').text, 'It is paid.');
        assert.match(String(sitting.told[1]), /charged twice.*R-77/s);
      },
    },
    {
      name: 'beats while it is slow, and stops when its case no longer wants the turn',
      takesTime: true,
      thoughts: [{ kind: 'is-silent' }],
      play: async (sitting) => {
        const environment = sitting.environment();
        const running = sitting.take(sitting.turn(), environment);
        const ended = running.then(
          (output) => assert.fail(`it came to ${JSON.stringify(output)} where it was silent`),
          (thrown: unknown) => thrown,
        );
        // A first beat may come before the mind is asked: an attempt leaves word of what it is about to do.
        do {
          const beat = once(environment, 'heartbeat').then(() => 'beat');
          assert.equal(await Promise.race([beat, ended]), 'beat', 'it ended before it was told to stop');
        } while (sitting.told.length === 0);
        environment.cancel();
        const late = new Promise<'late'>((resolve) => setTimeout(resolve, STOP_MS, 'late').unref());
        const thrown = await Promise.race([ended, late]);
        assert.notEqual(thrown, 'late', `it did not stop within ${String(STOP_MS)} ms`);
        const { name } = thrown as Error;
        assert.ok(
          ['CancelledFailure', 'AbortError'].includes(name),
          `cancelled, and it reports ${String(thrown)}`,
        );
      },
    },
  ];
}
