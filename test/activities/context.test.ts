import fc from 'fast-check';
import { z } from 'zod';
import { conversationOf } from './conversation-of.ts';
import { viewConversation } from '../../activities/context/conversation-view.ts';
import type { Turn } from '../../activities/agent.ts';
import { digestOf } from '../../contract/digest.ts';
import type { JsonObject } from '../../contract/json.ts';
import { TRANSCRIPT_MESSAGES } from '../../contract/limits.ts';
import { referenceFact } from '../../contract/reference-fact.ts';
import { agent, reply, transfer } from '../support/agents.ts';
import { memoryContext, type MemoryContext } from '../support/memory-context.ts';
import {
  contextOf,
  envelopeWith,
  failureOf,
  openDesk,
  perform,
  TRACE,
  turnInput,
  type ActivityDesk,
} from './activity-desk.ts';

const large = 'x'.repeat(10_000);
const Large = z.object({ order: z.string().optional(), document: z.string().optional() });

/** A desk whose triage notes what it was given. */
function deskWith(
  context: MemoryContext | undefined,
  answer: (turn: Turn<JsonObject>) => ReturnType<typeof reply>,
): { readonly desk: ActivityDesk; readonly seen: Turn<JsonObject>[] } {
  const seen: Turn<JsonObject>[] = [];
  const triage = agent(
    'triage',
    'triage',
    (turn) => {
      seen.push(turn);
      return answer(turn);
    },
    { accepts: Large },
  );
  const billing = agent('billing', 'billing', () => reply('paid'), { accepts: Large });
  return { desk: openDesk({ triage, billing }, [], context ? { context } : {}), seen };
}

describe('a conversation that is kept', () => {
  test('travels once, and every turn sees the same as without a store', async () => {
    const talk = conversationOf(30);
    const { desk, seen } = deskWith(memoryContext(), () => reply('yes'));
    const first = await perform(
      desk,
      'turn',
      turnInput(desk, 'triage', envelopeWith({}), { conversation: talk.slice(0, 10) }),
    );
    expect(first).toMatchObject({ keptThrough: 10 });
    const kept = { after: 0, through: 10 };
    const second = await perform(
      desk,
      'turn',
      turnInput(desk, 'triage', envelopeWith({}), { conversation: talk.slice(10), kept }),
    );
    expect(second).toMatchObject({ keptThrough: 30 });
    expect(seen.at(-1)?.conversation).toEqual(talk);
    const plain = deskWith(undefined, () => reply('yes'));
    await perform(
      plain.desk,
      'turn',
      turnInput(plain.desk, 'triage', envelopeWith({}), { conversation: talk }),
    );
    expect(plain.seen.at(-1)?.conversation).toEqual(talk);
    expect(plain.seen.at(-1)?.unanswered).toEqual(seen.at(-1)?.unanswered);
  });

  test('is read in a window, so that a long case costs what a short one costs', async () => {
    const talk = conversationOf(3 * TRANSCRIPT_MESSAGES);
    const context = memoryContext();
    const { desk, seen } = deskWith(context, () => reply('yes'));
    await context.write({ case: { trace: TRACE, caseId: 'case-1' }, messages: talk.slice(0, -1) });
    await perform(
      desk,
      'turn',
      turnInput(desk, 'triage', envelopeWith({}), {
        conversation: talk.slice(-1),
        kept: { after: 0, through: talk.length - 1 },
      }),
    );
    expect(seen.at(-1)?.conversation).toEqual(talk.slice(-TRANSCRIPT_MESSAGES));
  });

  test('waits for a store that is being restarted, and spends no attempt on it (F04, F06)', async () => {
    const context = memoryContext();
    const { desk, seen } = deskWith(context, () => reply('yes'));
    const talk = conversationOf(4);
    await context.write({ case: { trace: TRACE, caseId: 'case-1' }, messages: talk.slice(0, 3) });
    let refusals = 0;
    context.down = true;
    context.onRefused = () => {
      refusals += 1;
      if (refusals === 3) context.down = false;
    };
    const kept = { after: 0, through: 3 };
    const output = await perform(
      desk,
      'turn',
      turnInput(desk, 'triage', envelopeWith({}), { conversation: talk.slice(3), kept }),
      { startToCloseTimeoutMs: 30_000 },
    );
    expect(output).toMatchObject({ kind: 'turned', keptThrough: 4 });
    expect(seen).toHaveLength(1);
  });

  test('does not stop a case at its start when the store is down: everything came along', async () => {
    const context = memoryContext();
    context.down = true;
    const { desk, seen } = deskWith(context, () => reply('yes'));
    const output = await perform(
      desk,
      'turn',
      turnInput(desk, 'triage', envelopeWith({}), { conversation: conversationOf(2) }),
    );
    expect(output).toMatchObject({ kind: 'turned' });
    expect(output).not.toHaveProperty('keptThrough');
    expect(seen.at(-1)?.conversation).toHaveLength(2);
  });

  test('is not half read: a worker without the store lets another one take the turn', async () => {
    const { desk, seen } = deskWith(undefined, () => reply('yes'));
    const input = turnInput(desk, 'triage', envelopeWith({}), { kept: { after: 0, through: 2 } });
    expect(await failureOf(perform(desk, 'turn', input))).toMatchObject({
      type: 'STORE_UNAVAILABLE',
      nonRetryable: false,
    });
    expect(seen).toHaveLength(0);
  });

  test('is flushed with the ledger, so that the last words are kept too', async () => {
    const context = memoryContext();
    const { desk } = deskWith(context, () => reply('yes'));
    const output = await perform(desk, 'record', {
      ...contextOf(desk),
      conversation: conversationOf(2),
      kept: { after: 0, through: 0 },
    });
    expect(output).toMatchObject({ keptThrough: 2 });
    expect(context.messagesOf(TRACE)).toHaveLength(2);
  });
});

describe('facts by reference', () => {
  test('a large fact leaves as a reference, and arrives as its value', async () => {
    const context = memoryContext();
    const { desk } = deskWith(context, () => transfer('billing', { document: large, order: 'o-1' }));
    const output = await perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
    expect(output).toMatchObject({
      crossing: { facts: { order: 'o-1', document: { 'baton:reference': { bytes: large.length + 2 } } } },
    });
    expect(JSON.stringify(output)).not.toContain(large);
    if (output.kind !== 'turned' || !output.crossing) throw new Error('nothing crossed');
    expect(output.crossing.digest).toBe(digestOf({ document: large, order: 'o-1' }));
    const envelope = envelopeWith(output.crossing.facts);
    const offer = {
      handoffId: 'h1',
      epoch: 1,
      digest: digestOf(envelope),
      crossed: output.crossing.declared,
    };
    const arrived = await perform(desk, 'handoff', turnInput(desk, 'billing', envelope, { offer }));
    expect(arrived).toMatchObject({ acknowledgement: { arrived: output.crossing.digest } });
  });

  test('what the owner was given by reference goes on to the next one as it came', async () => {
    const context = memoryContext();
    const [reference] = await context.write({
      case: { trace: TRACE, caseId: 'case-1' },
      values: [{ key: 'fact:1', value: large, expectedVersion: 0 }],
    });
    if (!reference) throw new Error('nothing was kept');
    const { desk, seen } = deskWith(context, (turn) => transfer('billing', turn.memory as never));
    const output = await perform(
      desk,
      'turn',
      turnInput(desk, 'triage', envelopeWith({ document: referenceFact(reference) })),
    );
    expect(seen.at(-1)?.facts).toEqual({ document: large });
    expect(output).toMatchObject({
      kind: 'turned',
      crossing: { facts: { document: { 'baton:reference': { digest: reference.digest } } } },
    });
  });

  test('an agent cannot point a receiver at what was not given to it', async () => {
    const forged = referenceFact({ key: 'fact:1', version: 1, digest: 'a'.repeat(64), bytes: 3 });
    const { desk } = deskWith(memoryContext(), () => transfer('billing', { document: forged as never }));
    const output = await perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
    expect(output).toMatchObject({
      kind: 'invalid',
      failure: { code: 'AGENT_OUTPUT_INVALID', field: 'intent.facts.document.baton:reference' },
    });
  });

  test('what a store has lost or changed is named, and the agent never starts', async () => {
    const { desk, seen } = deskWith(memoryContext(), () => reply('yes'));
    const lost = referenceFact({ key: 'fact:1', version: 1, digest: 'a'.repeat(64), bytes: 3 });
    const input = turnInput(desk, 'triage', envelopeWith({ document: lost }));
    expect(await failureOf(perform(desk, 'turn', input))).toMatchObject({ type: 'CONTEXT_MISSING' });
    expect(seen).toHaveLength(0);
  });

  test('without a store everything stays in the payload (X4)', async () => {
    const { desk } = deskWith(undefined, () => transfer('billing', { document: large }));
    const output = await perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
    expect(output).toMatchObject({ crossing: { facts: { document: large } } });
  });
});

describe('the view of an edge', () => {
  const talk = conversationOf(12);

  test('filters by speaker and number, and never hides what nobody has answered (T8)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 12 }),
        fc.constantFrom('filtered' as const, 'summarised' as const),
        (answeredUpTo, last, kind) => {
          const seen = viewConversation(talk, { kind, last }, answeredUpTo);
          expect(seen).toEqual(talk.filter((one) => seen.includes(one)));
          for (const one of talk.filter((message) => message.sequence > answeredUpTo))
            expect(seen).toContain(one);
          expect(seen.length).toBe(Math.max(last, talk.length - answeredUpTo));
        },
      ),
    );
  });

  test('lets only the named speakers through', () => {
    const seen = viewConversation(talk, { kind: 'filtered', from: ['user'] }, 12);
    expect(new Set(seen.map((one) => one.from.kind))).toEqual(new Set(['user']));
  });
});
