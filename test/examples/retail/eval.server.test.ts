import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ShopDatabase } from '../../../examples/retail/shop/database.ts';
import { databaseHash } from '../../../examples/retail/shop/database.ts';
import { openRecordStore } from '../../../stores/index.ts';
import { playScript } from './play-script.ts';
import { smallShop } from './small-shop.ts';

const run = promisify(execFile);
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

/** Runs the program as people do, on a server of its own: other tests' workers serve the same queues. */
async function evaluate(...args: readonly string[]): Promise<unknown> {
  const env = { ...process.env };
  delete env['TEMPORAL_ADDRESS'];
  delete env['TEMPORAL_NAMESPACE'];
  const program = path.resolve('examples/eval.ts');
  const all = ['--import', 'tsx', program, 'tau2-retail', '--data', folder, '--json', ...args];
  const { stdout } = await run(process.execPath, all, { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

it('plays a task to its end, and with a worker killed and everything repeated', async () => {
  const right = { endHashRight: 1, between: 0, effects: 2, handoffs: 2, failed: [] };
  const totals = await evaluate('--faults', 'F01,F07');
  expect(totals).toMatchObject(right);
  expect(totals).toHaveProperty('slotsArrived', (totals as { slotsDeclared: number }).slotsDeclared);
}, 120_000);

it('leaves the database as it was when the customer breaks off', async () => {
  expect(await evaluate('--abort-after', '2')).toMatchObject({
    initialHashRestored: 1,
    between: 0,
    compensations: 2,
    failed: [],
  });
}, 120_000);
