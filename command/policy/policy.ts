import type { Command } from 'commander';
import { policyDigest, type Policy } from '../../contract/policy/policy.ts';
import { checkPolicyFile, faultText, readPolicyFile } from '../../stores/index.ts';
import { EXIT } from '../exit-codes.ts';
import { inert } from '../output/inert.ts';
import { counted } from '../output/table.ts';
import type { Answer, Running } from '../run-command.ts';
import { answering } from '../run-command.ts';
import { diffPolicies } from './policy-diff.ts';

const JSON_OPTION = [
  '--json',
  'one JSON document on standard output; errors as JSON on standard error',
] as const;

/** `baton policy check`, `baton policy diff` */
export function addPolicy(program: Command, running: Running): void {
  const policy = program.command('policy').description('check, compare and try out rules of handing on');
  policy
    .command('check')
    .description('whether a file is a policy; every fault with its line')
    .argument('<file>', 'YAML or JSON')
    .option(...JSON_OPTION)
    .action((file: string, options: { json?: boolean }) => answering(running, options, () => check(file)));
  policy
    .command('diff')
    .description('what changed from one policy to another')
    .argument('<before>', 'YAML or JSON')
    .argument('<after>', 'YAML or JSON')
    .option(...JSON_OPTION)
    .action((before: string, after: string, options: { json?: boolean }) =>
      answering(running, options, () => diff(before, after)),
    );
}

async function check(file: string): Promise<Answer> {
  const reading = await checkPolicyFile(file);
  if (!reading.ok) {
    const lines = reading.faults.map((fault) => `${inert(faultText(file, fault))}\n`);
    return {
      json: { ok: false, faults: reading.faults },
      text: `${lines.join('')}${counted(reading.faults.length, 'fault')}\n`,
      exitCode: EXIT.refused,
    };
  }
  const { policy } = reading;
  const digest = policyDigest(policy);
  const { name, policyVersion, rules } = policy;
  return {
    json: { ok: true, name, policyVersion, digest, rules: rules.map((rule) => rule.id) },
    text: `${name} ${policyVersion}, ${counted(rules.length, 'rule')}\n  digest  ${digest}\n`,
  };
}

async function diff(before: string, after: string): Promise<Answer> {
  const [was, is] = [await readPolicyFile(before), await readPolicyFile(after)];
  const changes = diffPolicies(was, is);
  const lines = changes.map(
    (change) =>
      `  ${inert(change.field)}: ${inert(change.before ?? 'nothing')} -> ${inert(change.after ?? 'nothing')}\n`,
  );
  return {
    json: { before: headOf(was), after: headOf(is), changes },
    text: changes.length === 0 ? 'the same\n' : `${counted(changes.length, 'change')}\n${lines.join('')}`,
  };
}

function headOf(policy: Policy): {
  readonly name: string;
  readonly policyVersion: string;
  readonly digest: string;
} {
  return { name: policy.name, policyVersion: policy.policyVersion, digest: policyDigest(policy) };
}
