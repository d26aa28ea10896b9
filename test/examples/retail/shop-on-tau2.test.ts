import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RecordStore } from '../../../contract/ports.ts';
import type { Folder } from '../../../examples/evals/tau2-retail/folder.ts';
import { readFolder } from '../../../examples/evals/tau2-retail/folder.ts';
import { scriptOf } from '../../../examples/evals/tau2-retail/script.ts';
import { databaseHash } from '../../../examples/retail/shop/database.ts';
import { openRecordStore } from '../../../stores/index.ts';
import { playScript } from './play-script.ts';
import { describeOnTau2 } from './tau2-folder.ts';

describeOnTau2('the shop on the tasks of tau2-retail', (folder) => {
  let data: Folder;
  let store: RecordStore;
  let place: string;

  beforeAll(async () => {
    data = await readFolder(folder);
    place = await mkdtemp(path.join(tmpdir(), 'baton-shop-'));
    store = await openRecordStore(path.join(place, 'shop.db'));
  });
  afterAll(async () => {
    await store.close();
    await rm(place, { recursive: true });
  });

  it('ends every task on its hash, with exactly the expected refusals, and undoes it to the byte', async () => {
    expect(data.tasks.length).toBeGreaterThan(0);
    const wrong: unknown[] = [];
    for (const task of data.tasks) {
      await store.load(data.database);
      const { refusals, keys } = await playScript(store, await scriptOf(task, data.database));
      const hash = databaseHash(await store.snapshot());
      const wrote = keys.length > 0;
      if (hash !== task.endHash) wrong.push({ task: task.id, hash });
      if (task.mustNotWrite && wrote) wrong.push({ task: task.id, wrote });
      expect({ task: task.id, refusals }).toEqual({ task: task.id, refusals: task.refusals });
      for (const key of keys.toReversed()) {
        const undone = await store.undo({ key, fence: { epoch: 2, attempt: 1 }, tool: 'undo' });
        if (undone.kind !== 'undone') wrong.push({ task: task.id, undone });
      }
      if (databaseHash(await store.snapshot()) !== data.initialHash)
        wrong.push({ task: task.id, undo: false });
    }
    expect(wrong).toEqual([]);
  });
});
