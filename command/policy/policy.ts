import type { Command } from 'commander';
import type { Running } from '../run-command.ts';
import { answering, JSON_OPTION } from '../run-command.ts';
import { addPolicyPropose } from './propose.ts';
import { addPolicyTry } from './try.ts';
import { addPolicyVersions } from './versions.ts';

/** `baton policy check`, `diff`, `try`, `propose`, `publish`, `list`, `switch` */
export function addPolicy(program: Command, running: Running): void {
  const policy = program.command('policy').description('check, compare and try out rules of handing on');
  policy
    .command('check')
    .description('whether a file is a policy; every fault with its line')
    .argument('<file>', 'YAML or JSON')
    .option(...JSON_OPTION)
    .action((file: string, options: { json?: boolean }) =>
      answering(running, options, async () => {
        const { checkPolicy } = await import('./policy-answers.ts');
        return checkPolicy(file);
      }),
    );
  policy
    .command('diff')
    .description('what changed from one policy to another')
    .argument('<before>', 'YAML or JSON')
    .argument('<after>', 'YAML or JSON')
    .option(...JSON_OPTION)
    .action((before: string, after: string, options: { json?: boolean }) =>
      answering(running, options, async () => {
        const { comparePolicies } = await import('./policy-answers.ts');
        return comparePolicies(before, after);
      }),
    );
  addPolicyTry(policy, running);
  addPolicyPropose(policy, running);
  addPolicyVersions(policy, running);
}
