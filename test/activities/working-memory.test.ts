import { z } from 'zod';
import type { Answer, Turn } from '../../activities/agent.ts';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import { leave } from '../../activities/exit-edge.ts';
import { defineModelAgent } from '../../activities/models/define-model-agent.ts';
import type { TurnOutput } from '../../contract/activities.ts';
import type { Envelope } from '../../contract/envelope.ts';
import { BatonError } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import { PARTIAL_RESULTS_BYTES } from '../../contract/limits.ts';
import { referenceFact } from '../../contract/reference-fact.ts';
import { envelopeDigest } from '../../contract/seal.ts';
import { parseAgentTurn } from '../../contract/turn.ts';
import {
  crossingDigest,
  joinMemory,
  outlineOf,
  workingMemoryOf,
  type WorkingMemory,
} from '../../contract/working-memory.ts';
import { scriptedModel } from '../../testing/scripted-model.ts';
import { agent, reply, transfer } from '../support/agents.ts';
import { memoryContext, type MemoryContext } from '../support/memory-context.ts';
import {
  BillingFacts,
  envelopeWith,
  openDesk,
  perform,
  turnInput,
  type ActivityDesk,
} from './activity-desk.ts';

const large = 'y'.repeat(10_000);
const taken = {
  intent: true,
  recordsRead: true,
  partialResults: z.object({ draft: z.string(), sum: z.number() }),
} as const;
const stated = {
  recordsRead: ['orders/1', 'invoices/9'],
  workingMemory: { intent: 'who paid twice?', partialResults: { draft: large, sum: 40, own: 'mine' } },
};

function deskWith(
  answer: (turn: Turn<JsonObject>) => Answer,
  context?: MemoryContext,
): { readonly desk: ActivityDesk; readonly seen: Turn<JsonObject>[] } {
  const seen: Turn<JsonObject>[] = [];
  const triage = agent('triage', 'triage', answer, { workingMemory: taken });
  const billing = agent(
    'billing',
    'billing',
    (turn) => {
      seen.push(turn);
      return reply('paid');
    },
    { accepts: BillingFacts, workingMemory: taken },
  );
  return { desk: openDesk({ triage, billing }, [], context ? { context } : {}), seen };
}

function crossingOf(output: TurnOutput): NonNullable<Extract<TurnOutput, { kind: 'turned' }>['crossing']> {
  if (output.kind !== 'turned' || !output.crossing) throw new Error(JSON.stringify(output));
  return output.crossing;
}

/** The receiver's envelope, as the workflow composes it from what crossed and what the receiver had. */
function received(facts: JsonObject, own: WorkingMemory, crossed: WorkingMemory | undefined): Envelope {
  const plain = envelopeWith(facts);
  const memory = { ...plain.memory, ...joinMemory(own, crossed) } as Envelope['memory'];
  return { ...plain, memory };
}

test('what an agent works with leaves it by reference where it is large, and is measured alike at both ends', async () => {
  const context = memoryContext();
  const { desk, seen } = deskWith(() => ({ ...transfer('billing', { order: 'o-1' }), ...stated }), context);
  const output = await perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
  expect(JSON.stringify(output)).not.toContain(large);
  const { memory, facts, digest, declared } = crossingOf(output);
  expect(memory?.dropped).toEqual({ partialResults: ['own'] });
  expect(memory?.crossed).toMatchObject({
    intent: 'who paid twice?',
    recordsRead: stated.recordsRead,
    partialResults: { sum: 40, draft: { 'baton:reference': { bytes: large.length + 2 } } },
  });
  const values = { intent: 'who paid twice?', recordsRead: stated.recordsRead };
  expect(digest).toBe(
    crossingDigest({ order: 'o-1' }, { ...values, partialResults: { draft: large, sum: 40 } }),
  );
  const crossed = memory?.crossed ?? {};
  const envelope = received(
    facts,
    { recordsRead: ['notes/3', 'orders/1'], partialResults: { old: 1 } },
    crossed,
  );
  const offer = {
    ...{ handoffId: 'h1', epoch: 1, digest: envelopeDigest(envelope), crossed: declared },
    crossedMemory: outlineOf(crossed),
  };
  const arrived = await perform(desk, 'handoff', turnInput(desk, 'billing', envelope, { offer }));
  expect(arrived).toMatchObject({ kind: 'turned', acknowledgement: { arrived: digest } });
  expect(seen[0]?.workingMemory).toEqual({
    intent: 'who paid twice?',
    recordsRead: ['notes/3', 'orders/1', 'invoices/9'],
    partialResults: { old: 1, draft: large, sum: 40 },
  });
  // Lost on the way: the digests say so.
  const less = received(facts, {}, { ...crossed, recordsRead: ['orders/1'] });
  const again = { ...offer, digest: envelopeDigest(less) };
  const other = await perform(desk, 'handoff', turnInput(desk, 'billing', less, { offer: again }));
  if (other.kind !== 'turned') throw new Error(other.kind);
  expect(other.acknowledgement?.arrived).not.toBe(digest);
});

test('results that a receiver does not take up as they are refuse the handoff at its source, and decline at its end', async () => {
  const wrong = { workingMemory: { partialResults: { sum: 'forty' } } };
  const { desk, seen } = deskWith(() => ({ ...transfer('billing', { order: 'o-1' }), ...wrong }));
  // Its own schema is the first to be asked.
  expect(await perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})))).toMatchObject({
    kind: 'invalid',
    failure: { code: 'AGENT_OUTPUT_INVALID', field: 'workingMemory.partialResults' },
  });
  const envelope = received({ order: 'o-1' }, {}, { partialResults: { sum: 'forty' } });
  const offer = { handoffId: 'h1', epoch: 1, digest: envelopeDigest(envelope) };
  expect(await perform(desk, 'handoff', turnInput(desk, 'billing', envelope, { offer }))).toMatchObject({
    kind: 'declined',
    failure: { code: 'AGENT_INPUT_INVALID', field: 'memory.partialResults' },
  });
  expect(seen).toEqual([]);
});

test('more than there is room for is refused with what to do, and what is taken away makes room', async () => {
  const half = 'z'.repeat(PARTIAL_RESULTS_BYTES / 2);
  const known = received({}, { partialResults: { first: half } }, undefined);
  const { desk } = deskWith((turn) => ({
    ...reply('hm'),
    workingMemory: {
      partialResults: turn.number === 1 ? { second: half } : { first: null, second: half },
    },
  }));
  const refused = await perform(desk, 'turn', turnInput(desk, 'triage', known, { turn: 1 }));
  expect(refused).toMatchObject({ kind: 'invalid', failure: { field: 'workingMemory.partialResults' } });
  if (refused.kind !== 'invalid') throw new Error(refused.kind);
  expect(refused.failure.message).toContain(
    `the limit is ${String(PARTIAL_RESULTS_BYTES)}; replace a result`,
  );
  expect(await perform(desk, 'turn', turnInput(desk, 'triage', known, { turn: 2 }))).toMatchObject({
    kind: 'turned',
  });
  const whole = parseAgentTurn({
    version: '1.0.0',
    ...reply('hm'),
    workingMemory: { partialResults: { all: half + half } },
  });
  expect(whole).toMatchObject({ ok: false, failure: { code: 'AGENT_OUTPUT_INVALID' } });
});

test('records beyond those that are kept are counted', async () => {
  const records = (from: number): string[] =>
    Array.from({ length: 300 }, (_, at) => `r/${String(from + at)}`);
  const { desk } = deskWith(() => ({ ...reply('read'), recordsRead: records(300) }));
  const envelope = received({}, { recordsRead: records(0) }, undefined);
  expect(await perform(desk, 'turn', turnInput(desk, 'triage', envelope))).toMatchObject({ forgotten: 100 });
});

test('an agent cannot point a receiver at what was not given to it by way of a result', async () => {
  const forged = referenceFact({ key: 'fact:1', version: 1, digest: 'a'.repeat(64), bytes: 3 });
  const { desk } = deskWith(
    () => ({ ...reply('x'), workingMemory: { partialResults: { draft: forged as never } } }),
    memoryContext(),
  );
  expect(await perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})))).toMatchObject({
    kind: 'invalid',
    failure: { field: 'workingMemory.partialResults.draft.baton:reference' },
  });
});

/** Front hands on to legal, of another domain, with law to stand in. */
function walled(): Team {
  const results = z.object({ note: z.string(), caller: z.string().meta({ pii: 'name' }), age: z.number() });
  const memory = { intent: true, recordsRead: true, partialResults: results } as const;
  const front = agent('front', 'front', () => reply('hello'), { domain: 'front', workingMemory: memory });
  const legal = agent('legal', 'legal', () => reply('hello'), { domain: 'legal', workingMemory: memory });
  const law = agent('law', 'law', () => reply('hello'), { domain: 'legal', workingMemory: { intent: true } });
  const desk = people('desk', { pam: { roles: ['lead'] } });
  return defineTeam({
    name: 'walled',
    start: front,
    edges: [edge(front, legal, { fallback: [law] }), edge(front, law), escalate(front, desk)],
  });
}

test('what crosses a wall is masked: intent, names of records, and results, tagged or found (X5)', () => {
  const team = walled();
  const turn = parseAgentTurn({ version: '1.0.0', ...transfer('legal') });
  if (!turn.ok) throw new Error(turn.failure.message);
  const memory = {
    intent: 'call 9876543210 back',
    recordsRead: ['customers/ann@example.com', 'orders/1'],
    partialResults: { note: 'card 4111 1111 1111 1111', caller: 'Ann Lee', age: 40 },
  };
  const { crossing, originals } = leave(
    turn.value,
    { agent: 'front', envelope: envelopeWith({}) },
    { facts: {}, memory },
    team.manifest,
    () => undefined,
  );
  expect(crossing?.memory?.crossed?.recordsRead).toHaveLength(2);
  const told = JSON.stringify(crossing);
  for (const secret of ['9876543210', 'ann@', '4111 1111', 'Ann Lee']) expect(told).not.toContain(secret);
  expect(told).toContain('3210');
  const fields = crossing?.masked?.map((one) => one.field);
  expect(fields).toEqual(
    expect.arrayContaining([
      'memory.intent',
      'memory.recordsRead.0',
      'memory.partialResults.note',
      'memory.partialResults.caller',
    ]),
  );
  expect(originals?.receiver.get('memory.intent')).toEqual(['call 9876543210 back']);
  expect(crossing?.standIns?.['law']?.memory).toMatchObject({
    crossed: { intent: expect.not.stringContaining('98765') as unknown },
    dropped: { recordsRead: 2, partialResults: ['note', 'caller', 'age'] },
  });
});

test('a team whose results JSON Schema cannot say is refused with the place', () => {
  const odd = agent('odd', 'odd', () => reply('x'), {
    workingMemory: { partialResults: z.object({ when: z.date() }) },
  });
  const define = (): Team =>
    defineTeam({ name: 'odd', start: odd, edges: [escalate(odd, people('desk', { pam: { roles: [] } }))] });
  expect(define).toThrow(BatonError);
  expect(define).toThrow(/agents\.odd\.workingMemory\.partialResults: JSON Schema cannot say it/);
});

test('a model states what its receiver takes up in the arguments of its handover, and is told what it was handed', async () => {
  const working = {
    intent: 'find the double charge',
    records_read: ['orders/A1'],
    partial_results: { sum: 40 },
  };
  const why = { reason_code: 'money', explanation: 'for billing', facts: { order: 'A1' } };
  const script = scriptedModel('test:scripted-1', [
    { calls: [{ name: 'transfer_to_billing', arguments: { ...why, ...working } }] },
  ]);
  const triage = defineModelAgent({
    name: 'triage',
    version: '1.0.0',
    domain: 'test',
    scope: 'first contact',
    accepts: BillingFacts,
    workingMemory: taken,
    instructions: 'Help.',
    model: script.model,
  });
  const billing = agent('billing', 'billing', () => reply('paid'), {
    accepts: BillingFacts,
    workingMemory: taken,
  });
  const desk = openDesk({ triage, billing }, [], { context: memoryContext() });
  const given = received({ order: 'A1' }, { intent: 'was asked to look' }, undefined);
  const output = await perform(desk, 'turn', turnInput(desk, 'triage', given));
  expect(crossingOf(output).memory).toEqual({
    crossed: {
      intent: 'find the double charge',
      recordsRead: ['orders/A1'],
      partialResults: { sum: 40 },
    },
  });
  const [request] = script.requests;
  expect(JSON.stringify(request?.messages)).toContain('was asked to look');
  const offered = request?.tools.find((tool) => tool.name === 'transfer_to_billing')?.schema;
  expect(offered?.['properties']).toMatchObject({
    intent: {},
    records_read: {},
    partial_results: { properties: { draft: {}, sum: {} } },
  });
  expect(workingMemoryOf(given.memory)).toEqual({ intent: 'was asked to look' });
});

test('a model is not asked for what would be left behind', async () => {
  const script = scriptedModel('test:scripted-1', [{ text: 'Which order?' }]);
  const triage = defineModelAgent({
    ...{ name: 'triage', version: '1.0.0', domain: 'test', scope: 'first contact', accepts: BillingFacts },
    instructions: 'Help.',
    model: script.model,
  });
  const desk = openDesk({ triage }, [], { context: memoryContext() });
  await perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({ order: 'A1' })));
  for (const tool of script.requests[0]?.tools ?? [])
    expect(Object.keys((tool.schema['properties'] ?? {}) as object)).not.toEqual(
      expect.arrayContaining(['intent']),
    );
});
