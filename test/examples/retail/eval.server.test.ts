import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ShopDatabase } from '../../../examples/retail/shop/database.ts';
import { databaseHash } from '../../../examples/retail/shop/database.ts';
import { openRecordStore } from '../../../stores/index.ts';
import { playScript } from './play-script.ts';
import { smallShop } from './small-shop.ts';
import { runEval } from '../run-eval.ts';

const email = { action_id: 'who', name: 'find_user_id_by_email', arguments: { email: 'ann@example.com' } };
const address = { address1: 'a', address2: '', city: 'c', state: 's', country: 'USA', zip: 'z' };
const actions = [
  email,
  {
    action_id: '1',
    name: 'cancel_pending_order',
    arguments: { order_id: '#W1', reason: 'no longer needed' },
  },
  { action_id: '2', name: 'modify_user_address', arguments: { user_id: 'ann', ...address } },
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-eval-test-'));
  const database: ShopDatabase = smallShop();
  const shop = await openRecordStore(path.join(folder, 'judge.db'));
  await shop.load(database);
  const steps = actions.map(({ action_id, name, arguments: input }) => {
    return { id: action_id, tool: name.replaceAll('_', '-'), arguments: input };
  });
  await playScript(shop, { id: 'a', reason: '', steps });
  const endHash = databaseHash(await shop.snapshot());
  await shop.close();
  const files = {
    'db.json': database,
    'tasks.json': [{ id: 'a', evaluation_criteria: { actions } }],
    'oracle.json': {
      initialHash: databaseHash(database),
      tasks: [{ id: 'a', endHash, mustNotWrite: false, goldErrors: [] }],
    },
  };
  for (const [name, value] of Object.entries(files)) {
    await writeFile(path.join(folder, name), JSON.stringify(value));
  }
});
afterAll(() => rm(folder, { recursive: true }));

it('plays a task to its end, and with a worker killed and everything repeated', async () => {
  const right = { endHashRight: 1, between: 0, effects: 2, handoffs: 2, failed: [] };
  const totals = await runEval('tau2-retail', folder, ['--faults', 'F01,F07']);
  expect(totals).toMatchObject(right);
  expect(totals).toHaveProperty('slotsArrived', (totals as { slotsDeclared: number }).slotsDeclared);
}, 360_000);

it('leaves the database as it was when the customer breaks off', async () => {
  expect(await runEval('tau2-retail', folder, ['--abort-after', '2'], 'as people do')).toMatchObject({
    initialHashRestored: 1,
    between: 0,
    compensations: 2,
    failed: [],
  });
}, 360_000);
