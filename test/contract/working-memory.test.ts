import fc from 'fast-check';
import { RECORDS_READ } from '../../contract/limits.ts';
import { getOwn, type JsonObject } from '../../contract/json.ts';
import {
  crossingDigest,
  cutMemory,
  joinMemory,
  joinResults,
  outlineOf,
  pickMemory,
  sealedMemory,
  workingMemoryOf,
  type MemoryAccepted,
  type WorkingMemory,
} from '../../contract/working-memory.ts';

const name = fc.constantFrom('draft', 'guess', 'valueOf', 'constructor', 'sum');
const record = fc.constantFrom('orders/1', 'orders/2', 'customers/7', 'notes/ä', '');
const memories: fc.Arbitrary<WorkingMemory> = fc
  .record({
    intent: fc.option(fc.string({ maxLength: 20 }), { nil: undefined }),
    recordsRead: fc.array(record, { maxLength: 6 }),
    partialResults: fc.dictionary(
      name,
      fc.jsonValue({ maxDepth: 2 }).map((value) => value ?? 0),
    ),
  })
  .map((one) => workingMemoryOf(one));
const accepted: fc.Arbitrary<MemoryAccepted | undefined> = fc.option(
  fc.record(
    {
      intent: fc.constant(true as const),
      recordsRead: fc.constant(true as const),
      partialResults: fc.uniqueArray(name).map((names) => ({
        type: 'object',
        properties: Object.fromEntries(names.map((one) => [one, {}])),
      })),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

describe('a working memory at an edge (H8, I6)', () => {
  test('crosses or is left behind by name, every part of it', () => {
    fc.assert(
      fc.property(accepted, memories, (receiver, memory) => {
        const { crossed = {}, dropped = {} } = cutMemory(receiver, memory);
        expect(crossed.intent === undefined).toBe(
          !(receiver?.intent === true && memory.intent !== undefined),
        );
        expect(crossed.intent ?? (dropped.intent && memory.intent)).toBe(memory.intent);
        const records = (crossed.recordsRead?.length ?? 0) + (dropped.recordsRead ?? 0);
        expect(records).toBe(memory.recordsRead?.length ?? 0);
        for (const [result, value] of Object.entries(memory.partialResults ?? {})) {
          const left = dropped.partialResults?.includes(result) === true;
          expect(getOwn(crossed.partialResults ?? {}, result)).toEqual(left ? undefined : value);
        }
        if (receiver === undefined) expect(crossed).toEqual({});
      }),
    );
  });

  test('is found again among what its receiver had, and measures the same at both ends (X6)', () => {
    fc.assert(
      fc.property(memories, memories, fc.dictionary(name, fc.integer()), (own, crossed, facts) => {
        const received = joinMemory(own, crossed);
        const taken = pickMemory(received, outlineOf(crossed));
        expect(taken).toEqual(crossed);
        expect(crossingDigest(facts, taken)).toBe(crossingDigest(facts, crossed));
        // What the receiver had itself is still there, but for what has a newer value.
        for (const one of own.recordsRead ?? []) expect(received.recordsRead).toContain(one);
        for (const result of Object.keys(own.partialResults ?? {}))
          expect(Object.hasOwn(received.partialResults ?? {}, result)).toBe(true);
      }),
    );
  });

  test('differs in its digest when any part is lost or changed', () => {
    const memory = { intent: 'refund?', recordsRead: ['orders/1'], partialResults: { draft: 'Dear' } };
    const digest = crossingDigest({ order: 'o' }, memory);
    for (const other of [
      undefined,
      { ...memory, intent: 'refund' },
      { ...memory, recordsRead: ['orders/2'] },
      { ...memory, partialResults: { draft: 'dear' } },
    ])
      expect(crossingDigest({ order: 'o' }, other)).not.toBe(digest);
  });

  test('keeps the newest records, and counts the others as left behind', () => {
    const recordsRead = Array.from({ length: RECORDS_READ + 3 }, (_, index) => `orders/${String(index)}`);
    const { crossed, dropped } = cutMemory({ recordsRead: true }, { recordsRead });
    expect(crossed?.recordsRead).toEqual(recordsRead.slice(3));
    expect(dropped).toEqual({ recordsRead: 3 });
  });
});

test('a result is replaced under its name, and taken away by null', () => {
  const known: JsonObject = { draft: 'a', guess: 1 };
  expect(joinResults(known, { draft: 'b', sum: 3 })).toEqual({ draft: 'b', guess: 1, sum: 3 });
  expect(joinResults(known, { draft: null })).toEqual({ guess: 1 });
});

test('a seal covers it wherever Baton can have handed it on, and nothing more than before elsewhere', () => {
  const records = { recordsRead: ['orders/1'] };
  expect(sealedMemory(undefined, records)).toBeUndefined();
  expect(sealedMemory({ recordsRead: true }, records)).toEqual(records);
  expect(sealedMemory(undefined, { ...records, intent: 'slipped in' })).toEqual({
    ...records,
    intent: 'slipped in',
  });
  expect(sealedMemory({ intent: true }, { recordsRead: [] })).toBeUndefined();
});
