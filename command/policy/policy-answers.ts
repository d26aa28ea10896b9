import { policyDigest, type Policy } from '../../contract/policy/policy.ts';
import { checkPolicyFile, faultText, readPolicyFile } from '../../stores/policy-file.ts';
import { EXIT } from '../exit-codes.ts';
import { inert } from '../output/inert.ts';
import { counted } from '../output/table.ts';
import type { Answer } from '../run-command.ts';
import { diffPolicies } from './policy-diff.ts';

/** What `baton policy check` says of a file. */
export async function checkPolicy(file: string): Promise<Answer> {
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

/** What `baton policy diff` says of two files. */
export async function comparePolicies(before: string, after: string): Promise<Answer> {
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
