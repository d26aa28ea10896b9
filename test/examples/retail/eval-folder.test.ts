import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFolder, selectTasks } from '../../../examples/evals/tau2-retail/folder.ts';
import { scriptOf } from '../../../examples/evals/tau2-retail/script.ts';
import { databaseHash } from '../../../examples/retail/shop/database.ts';
import { smallShop } from './small-shop.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-folder-'));
});
afterEach(() => rm(folder, { recursive: true }));

const hash = databaseHash(smallShop());
const task = (id: string, actions: readonly unknown[]): unknown => ({ id, evaluation_criteria: { actions } });
const end = (id: string): unknown => ({ id, endHash: hash, mustNotWrite: false, goldErrors: [] });

async function write(files: Readonly<Record<string, unknown>>): Promise<void> {
  const whole = {
    'db.json': smallShop(),
    'tasks.json': [task('a', [])],
    'oracle.json': { initialHash: hash, tasks: [end('a')] },
    ...files,
  };
  for (const [name, value] of Object.entries(whole)) {
    await writeFile(path.join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  }
}

describe('a folder of the data set', () => {
  it('is refused where it is missing, with what it should hold', async () => {
    await expect(readFolder(path.join(folder, 'none'))).rejects.toThrow(
      'db.json, tasks.json and oracle.json',
    );
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no JSON', { 'tasks.json': '[{' }, 'tasks.json'],
    ['no list of tasks', { 'tasks.json': {} }, 'tasks.json'],
    ['an action without a name', { 'tasks.json': [task('a', [{ action_id: '1' }])] }, 'actions.0.name'],
    ['a task twice', { 'tasks.json': [task('a', []), task('a', [])] }, 'a is there twice'],
    ['a task without an end', { 'tasks.json': [task('b', [])] }, 'no end for task b'],
    ['a wrong hash', { 'oracle.json': { initialHash: hash, tasks: [{ id: 'a', endHash: 'x' }] } }, 'endHash'],
    ['another database', { 'db.json': { ...smallShop(), users: {} } }, 'initialHash'],
    ['an order without items', { 'db.json': { ...smallShop(), orders: { x: {} } } }, 'orders.x'],
  ])('is refused with %s, naming the place', async (_what, files, named) => {
    await write(files);
    await expect(readFolder(folder)).rejects.toThrow(named);
  });

  it('names the tasks there are when one is unknown', async () => {
    await write({});
    const data = await readFolder(folder);
    expect(() => selectTasks(data, ['a', 'z'])).toThrow(/no task z .* it has a/);
  });

  it('refuses a call that the shop has no tool for, naming it and those it has', async () => {
    await write({ 'tasks.json': [task('a', [{ action_id: '1', name: 'burn_order', arguments: {} }])] });
    const data = await readFolder(folder);
    const [first] = data.tasks;
    if (!first) throw new Error('no task');
    await expect(scriptOf(first, data.database)).rejects.toThrow(/burn_order.*cancel_pending_order/);
  });

  it('identifies a customer whom the data set does not identify, before the first call that concerns one', async () => {
    const actions = [
      { action_id: '1', name: 'calculate', arguments: { expression: '1' } },
      { action_id: '2', name: 'get_order_details', arguments: { order_id: '#W1' } },
    ];
    await write({ 'tasks.json': [task('a', actions)] });
    const data = await readFolder(folder);
    const [first] = data.tasks;
    if (!first) throw new Error('no task');
    const script = await scriptOf(first, data.database);
    expect(script.steps.map((step) => step.tool)).toEqual([
      'calculate',
      'find-user-id-by-email',
      'get-order-details',
    ]);
  });
});
