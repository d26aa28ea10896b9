import type { Command } from 'commander';
import type { BreakerStore } from '../../contract/ports.ts';
import { ledgerUrl } from '../../stores/ledger-url.ts';
import type { Answer, Running } from '../run-command.ts';
import { answering, JSON_OPTION } from '../run-command.ts';

const STORE = ['--store <url>', 'where breakers are (else BATON_LEDGER_URL, else .baton/baton.db)'] as const;

interface StoreOptions {
  readonly json?: boolean;
  readonly store?: string;
}

/** `baton agents list`, `baton agents log`, `baton agents reset` */
export function addAgents(program: Command, running: Running): void {
  const agents = program
    .command('agents')
    .description('agents that failed, and the breakers that isolate them');
  agents
    .command('list')
    .description('breakers by agent and version: closed, open until when, or half-open')
    .option('--team <name>', 'of this team')
    .option(...STORE)
    .option(...JSON_OPTION)
    .action((options: StoreOptions & { team?: string }) =>
      onBreakers(running, options, async (breakers) => {
        const { listBreakers } = await import('./breaker-answers.ts');
        return listBreakers(breakers, options.team);
      }),
    );
  agents
    .command('log')
    .description('every change of a breaker, the newest first')
    .option('--team <name>', 'of this team')
    .option(...STORE)
    .option(...JSON_OPTION)
    .action((options: StoreOptions & { team?: string }) =>
      onBreakers(running, options, async (breakers) => {
        const { logOfBreakers } = await import('./breaker-answers.ts');
        return logOfBreakers(breakers, options.team);
      }),
    );
  agents
    .command('reset')
    .description('offer an agent cases again at once; kept in the log')
    .argument('<agent>', 'name of the agent')
    .requiredOption('--team <name>', 'its team')
    .requiredOption('--reason <text>', 'why')
    .option('--version <semver>', 'this version of it (else all that `baton agents list` shows)')
    .option('--by <person>', 'who wants it (else who is logged in here)')
    .option(...STORE)
    .option(...JSON_OPTION)
    .action(
      (
        agent: string,
        options: StoreOptions & { team: string; reason: string; version?: string; by?: string },
      ) =>
        onBreakers(running, options, async (breakers) => {
          const { resetBreakers } = await import('./breaker-answers.ts');
          return resetBreakers(breakers, agent, options);
        }),
    );
}

function onBreakers(
  running: Running,
  options: StoreOptions,
  work: (breakers: BreakerStore) => Promise<Answer>,
): Promise<void> {
  return answering(running, options, async () => {
    const { openBreakerStore } = await import('../../stores/open-stores.ts');
    const breakers = await openBreakerStore(options.store ?? ledgerUrl(running.host.environment));
    try {
      return await work(breakers);
    } finally {
      await breakers.close();
    }
  });
}
