import { Option, type Command } from 'commander';
import { ledgerUrl } from '../../stores/ledger-url.ts';
import type { ToolRates } from '../../contract/rates.ts';
import type { TenantBudgets } from '../../contract/tenant-budget.ts';
import type { Answer, Running } from '../run-command.ts';
import { answering, JSON_OPTION } from '../run-command.ts';

const STORE = ['--store <url>', 'where they are kept (else BATON_LEDGER_URL, else .baton/baton.db)'] as const;

interface StoreOptions {
  readonly json?: boolean;
  readonly store?: string;
}

/** `baton budgets list`, `baton budgets set`, `baton budgets clear` */
export function addBudgets(program: Command, running: Running): void {
  const budgets = program.command('budgets').description('what tenants may spend on models, and have spent');
  budgets
    .command('list')
    .description('budgets by tenant, calls under way counted as the most they can cost')
    .option(...STORE)
    .option(...JSON_OPTION)
    .action((options: StoreOptions) =>
      onBudgets(running, options, async (store) => {
        const { listBudgets } = await import('./budget-answers.ts');
        return listBudgets(store);
      }),
    );
  budgets
    .command('set')
    .description('bound what a tenant may spend; what the period has spent stays')
    .argument('<tenant>', 'name of the tenant; `default` for cases whose id names none')
    .addOption(
      new Option('--per <period>', 'by the calendar, in UTC').choices(['day', 'month']).default('month'),
    )
    .option('--usd <amount>', 'US dollars')
    .option('--tokens <count>', 'tokens, in and out')
    .option('--reason <text>', 'why')
    .option('--by <person>', 'who wants it (else who is logged in here)')
    .option(...STORE)
    .option(...JSON_OPTION)
    .action((tenant: string, options: StoreOptions & SetOptions) =>
      onBudgets(running, options, async (store) => {
        const { setBudget } = await import('./budget-answers.ts');
        return setBudget(store, tenant, options);
      }),
    );
  budgets
    .command('clear')
    .description('take the bound of a tenant away')
    .argument('<tenant>', 'name of the tenant')
    .option(...STORE)
    .option(...JSON_OPTION)
    .action((tenant: string, options: StoreOptions) =>
      onBudgets(running, options, async (store) => {
        const { clearBudget } = await import('./budget-answers.ts');
        return clearBudget(store, tenant);
      }),
    );
}

/** What `baton budgets set` was told. */
export interface SetOptions {
  readonly per: 'day' | 'month';
  readonly usd?: string;
  readonly tokens?: string;
  readonly reason?: string;
  readonly by?: string;
}

/** `baton rates` */
export function addRates(program: Command, running: Running): void {
  program
    .command('rates')
    .description('rates of tools: how often each was called, and which calls wait for their turn')
    .option(...STORE)
    .option(...JSON_OPTION)
    .action((options: StoreOptions) =>
      answering(running, options, async () => {
        const { openToolRates } = await import('../../stores/open-stores.ts');
        const { listRates } = await import('./budget-answers.ts');
        return withStore<ToolRates>(openToolRates(urlOf(running, options)), listRates);
      }),
    );
}

function onBudgets(
  running: Running,
  options: StoreOptions,
  work: (budgets: TenantBudgets) => Promise<Answer>,
): Promise<void> {
  return answering(running, options, async () => {
    const { openTenantBudgets } = await import('../../stores/open-stores.ts');
    return withStore(openTenantBudgets(urlOf(running, options)), work);
  });
}

function urlOf(running: Running, options: StoreOptions): string {
  return options.store ?? ledgerUrl(running.host.environment);
}

async function withStore<Store extends { readonly close: () => Promise<void> }>(
  opening: Promise<Store>,
  work: (store: Store) => Promise<Answer>,
): Promise<Answer> {
  const store = await opening;
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
