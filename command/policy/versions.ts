import type { Command } from 'commander';
import type { PolicyStore } from '../../contract/ports.ts';
import { ledgerUrl } from '../../stores/ledger-url.ts';
import { receiptAnswer } from '../cases/speak.ts';
import type { Answer, CommonOptions, Running } from '../run-command.ts';
import { answering, JSON_OPTION, onServer, withServerOptions } from '../run-command.ts';

const STORE = ['--store <url>', 'where policies are (else BATON_LEDGER_URL, else .baton/baton.db)'] as const;

interface StoreOptions {
  readonly json?: boolean;
  readonly store?: string;
}

/** `baton policy publish`, `baton policy list`, `baton policy switch` */
export function addPolicyVersions(policy: Command, running: Running): void {
  policy
    .command('publish')
    .description('keep a version of a team for good; new cases take it from now on')
    .argument('<file>', 'YAML or JSON')
    .requiredOption('--team <name>', 'whose policy it is')
    .option('--by <person>', 'who publishes it (else who is logged in here)')
    .option(...STORE)
    .option(...JSON_OPTION)
    .action((file: string, options: StoreOptions & { team: string; by?: string }) =>
      onPolicies(running, options, async (policies) => {
        const { publishVersion } = await import('./version-answers.ts');
        return publishVersion(policies, file, options);
      }),
    );
  policy
    .command('list')
    .description('published versions, and which one new cases take')
    .option('--team <name>', 'of this team')
    .option(...STORE)
    .option(...JSON_OPTION)
    .action((options: StoreOptions & { team?: string }) =>
      onPolicies(running, options, async (policies) => {
        const { listVersions } = await import('./version-answers.ts');
        return listVersions(policies, options.team);
      }),
    );
  withServerOptions(policy.command('switch'))
    .description('decide a running case by another published version, from its next quiet moment on')
    .argument('<case>', 'id of the case')
    .requiredOption('--version <semver>', 'version of the policy, as `baton policy list` shows it')
    .requiredOption('--digest <digest>', 'its digest')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--by <person>', 'who wants it, a member of a pool of the team')
    .action(
      (
        caseId: string,
        options: CommonOptions & { version: string; digest: string; reason: string; by: string },
      ) =>
        onServer(running, options, async (baton) => {
          const { version, digest, reason, by } = options;
          return receiptAnswer(await baton.switchPolicy(caseId, { version, digest, reason, by }));
        }),
    );
}

function onPolicies(
  running: Running,
  options: StoreOptions,
  work: (policies: PolicyStore) => Promise<Answer>,
): Promise<void> {
  return answering(running, options, async () => {
    const { openPolicyStore } = await import('../../stores/open-stores.ts');
    const policies = await openPolicyStore(options.store ?? ledgerUrl(running.host.environment));
    try {
      return await work(policies);
    } finally {
      await policies.close();
    }
  });
}
