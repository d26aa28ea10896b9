import fc from 'fast-check';
import type { Fence, RecordStore } from '../../contract/ports.ts';
import { openRecordStore } from '../../stores/index.ts';
import { RecordModel, type ModelEnd, type ModelWrite } from './record-model.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

type Command = fc.AsyncCommand<RecordModel, RecordStore>;

/** Any sequence of commits, repeats, undoes and late attempts leaves a store where the model is (I3, I4, I5, F02). */
export function testRecordProperties(stores: StoresUnderTest, numRuns: number): void {
  it('RecordStore does what its model does', async () => {
    const store = await openRecordStore(await stores.freshUrl());
    const property = fc.asyncProperty(fc.commands(commands(), { maxCommands: 40, size: 'max' }), (sequence) =>
      fc.asyncModelRun(async () => {
        await store.load({});
        return { model: new RecordModel(), real: store };
      }, sequence),
    );
    try {
      await fc.assert(property, { numRuns });
    } finally {
      await store.close();
    }
  });
}

function commands(): fc.Arbitrary<Command>[] {
  const key = fc.constantFrom('k1', 'k2', 'k3');
  const fence = fc.record({ epoch: fc.integer({ min: 1, max: 3 }), attempt: fc.integer({ min: 1, max: 3 }) });
  const digest = fc.constantFrom('d', 'd', 'd', 'e');
  const write = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    value: fc.option(fc.integer({ min: 0, max: 3 })),
  });
  const writes = fc.array(write, { maxLength: 4 });
  const end = fc.constantFrom<ModelEnd>('done', 'done', 'done', 'refused', 'thrown');
  return [
    fc.record({ key, fence, digest, writes, end }).map(commitCommand),
    fc.record({ key, fence }).map(undoCommand),
  ];
}

function commitCommand(request: {
  key: string;
  fence: Fence;
  digest: string;
  writes: readonly ModelWrite[];
  end: ModelEnd;
}): Command {
  return {
    check: () => true,
    run: async (model, store) => {
      const { key, fence, digest, writes, end } = request;
      const number = model.commits + 1;
      const outcome = await store
        .commit({
          key,
          fence,
          tool: 'write',
          inputDigest: digest,
          change: async (records) => {
            for (const { id, value } of writes) {
              if (value === null) await records.remove('c', id);
              else await records.put('c', id, value);
            }
            if (end === 'thrown') throw new Error('thrown');
            return end === 'done'
              ? { kind: 'done', result: number }
              : { kind: 'refused', code: 'NO', message: 'no' };
          },
        })
        .catch((thrown: unknown) => (thrown instanceof Error ? thrown.message : thrown));
      expect(outcome).toEqual(model.commit(request));
      await expectSame(model, store);
    },
    toString: () => `commit(${JSON.stringify(request)})`,
  };
}

function undoCommand({ key, fence }: { key: string; fence: Fence }): Command {
  return {
    check: () => true,
    run: async (model, store) => {
      const outcome = await store.undo({ key, fence, tool: 'write' });
      expect(outcome).toMatchObject(model.undo(key, fence));
      await expectSame(model, store);
    },
    toString: () => `undo(${JSON.stringify({ key, fence })})`,
  };
}

async function expectSame(model: RecordModel, store: RecordStore): Promise<void> {
  const { c } = await store.snapshot();
  expect(c ?? {}).toEqual(Object.fromEntries(model.records));
  for (const key of ['k1', 'k2', 'k3']) expect(await store.look(key)).toBe(model.look(key));
}
