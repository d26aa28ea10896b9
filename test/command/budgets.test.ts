import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openTenantBudgets, openToolRates } from '../../stores/open-stores.ts';
import { runBatonHere } from './run-here.ts';

let folder: string;
let store: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-budgets-'));
  store = `file:${folder}/baton.db`;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a budget is set, shown as it is spent, and cleared', async () => {
  const set = ['budgets', 'set', 'acme', '--usd', '2.5', '--tokens', '1000', '--by', 'ann', '--store', store];
  expect(await runBatonHere(set)).toMatchObject({ exitCode: 0 });
  const budgets = await openTenantBudgets(store);
  const most = (): Promise<{ tokens: number; microUsd: number }> =>
    Promise.resolve({ tokens: 10, microUsd: 20 });
  await budgets.reserve('acme', { key: 'k', at: new Date().toISOString(), most });
  await budgets.close();
  const { exitCode, output } = await runBatonHere(['budgets', 'list', '--json', '--store', store]);
  expect({ exitCode, ...(JSON.parse(output) as object) }).toMatchObject({
    exitCode: 0,
    budgets: [
      {
        tenant: 'acme',
        state: {
          limit: { microUsd: 2_500_000, tokens: 1_000, per: 'month' },
          spent: { calls: 1, tokens: 10, microUsd: 20 },
          set: { by: 'ann' },
        },
      },
    ],
  });
  const shown = await runBatonHere(['budgets', 'list', '--store', store]);
  for (const words of ['acme', '2.500000', '0.000020', '1000']) expect(shown.output).toContain(words);
  expect((await runBatonHere(['budgets', 'clear', 'acme', '--store', store])).output).toContain('acme');
  expect((await runBatonHere(['budgets', 'list', '--store', store])).output).toBe('no tenant has a budget\n');
});

test.each([
  [['budgets', 'set', 'Acme!', '--usd', '1'], 'Acme!'],
  [['budgets', 'set', 'acme', '--usd', 'much'], 'much'],
  [['budgets', 'set', 'acme', '--tokens', '1.5'], '1.5'],
  [['budgets', 'set', 'acme', '--per', 'year'], 'year'],
])('%j is refused by name', async (words, said) => {
  const { exitCode, errors } = await runBatonHere([...words, '--store', store]);
  expect(exitCode).toBe(2);
  expect(errors).toContain(said);
});

test('rates say who waits, and until when', async () => {
  const rates = await openToolRates(store);
  const rate = { calls: 1, perMs: 60_000 };
  const at = Date.now();
  for (const key of ['a', 'b']) await rates.take({ tenant: 'acme', bucket: 'bank' }, rate, key, at);
  await rates.close();
  const { output } = await runBatonHere(['rates', '--json', '--store', store]);
  expect(JSON.parse(output)).toMatchObject({
    rates: [
      {
        tenant: 'acme',
        bucket: 'bank',
        rate,
        waiting: 1,
        lastAt: new Date(at + 60_000).toISOString(),
      },
    ],
  });
  expect((await runBatonHere(['rates', '--store', store])).output).toContain('1 in 60000 ms');
});
