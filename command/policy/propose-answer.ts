import { writeFile } from 'node:fs/promises';
import { accountOf, type BatonClient } from '../../client/index.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { parsePolicy, policyDigest } from '../../contract/policy/policy.ts';
import { draftOfPolicyFile, readPolicyFile } from '../../stores/index.ts';
import { inert } from '../output/inert.ts';
import { counted } from '../output/table.ts';
import type { Answer } from '../run-command.ts';
import { samplesOf, thresholdsIn, type Threshold } from './evidence.ts';
import { proposeThreshold, type ProposalRules, type ThresholdProposal } from './proposal.ts';

/** Which cases speak, how loud, and where the draft goes. */
export interface ProposedFrom extends ProposalRules {
  readonly team?: string;
  readonly case?: readonly string[];
  readonly limit: number;
  readonly out?: string;
}

/**
 * Proposes thresholds from what became of past cases. Nothing takes effect by it: the draft is a file, and a person
 * publishes it or does not.
 */
export async function proposeFrom(baton: BatonClient, file: string, options: ProposedFrom): Promise<Answer> {
  const policy = await readPolicyFile(file);
  const { team, limit, out } = options;
  const { cases, erased } = await baton.pastCases({
    limit,
    ...(team === undefined ? {} : { team }),
    ...(options.case ? { caseIds: options.case } : {}),
  });
  const told = cases.map((one) => ({ one, account: accountOf(one) }));
  const heard = thresholdsIn(policy).map((threshold) => {
    const samples = told.flatMap(({ one, account }) => samplesOf(threshold, one, account));
    return { threshold, samples: samples.length, proposal: proposeThreshold(threshold, samples, options) };
  });
  const proposals = heard.flatMap(({ proposal }) => (proposal ? [proposal] : []));
  const draft = proposals.length === 0 ? undefined : await draftWith(file, policy.policyVersion, proposals);
  if (draft && out !== undefined) await writeFile(out, draft.text);
  const { name, policyVersion } = policy;
  return {
    json: {
      policy: { name, policyVersion, digest: policyDigest(policy) },
      cases: cases.length,
      erased: erased.length,
      heard: heard.map(({ threshold, samples }) => ({ ...headOf(threshold), samples })),
      proposals,
      ...(draft ? { draft: { policyVersion: draft.policyVersion, digest: draft.digest } } : {}),
    },
    text: [
      `${inert(name)} ${policyVersion} by ${counted(cases.length, 'case')}\n`,
      ...heard.map(({ threshold, samples, proposal }) => textOf(threshold, samples, proposal)),
      ...(draft
        ? [
            out === undefined
              ? 'with --out FILE the draft is written\n'
              : `draft ${draft.policyVersion} in ${inert(out)}\n  digest  ${draft.digest}\nlook at it with \`baton policy diff\` and \`try\`; it counts once somebody publishes it\n`,
          ]
        : ['nothing is proposed\n']),
    ].join(''),
  };
}

async function draftWith(
  file: string,
  policyVersion: string,
  proposals: readonly ThresholdProposal[],
): Promise<{ readonly text: string; readonly policyVersion: string; readonly digest: string }> {
  const [major = '0', minor = '0'] = policyVersion.split('.');
  const next = `${major}.${String(Number(minor) + 1)}.0`;
  const changes = proposals.map(({ path, to }) => ({ path, value: to }));
  const { text, value } = await draftOfPolicyFile(file, [
    { path: ['policyVersion'], value: next },
    ...changes,
  ]);
  const parsed = parsePolicy(value);
  if (!parsed.ok) throw new BatonError(failure('POLICY_INVALID', parsed.failure.message, 'policy'));
  return { text, policyVersion: next, digest: policyDigest(parsed.value) };
}

function headOf({ rule, input, operator, bound }: Threshold): object {
  return { rule: rule.id, input, operator, bound };
}

function textOf(threshold: Threshold, samples: number, proposal: ThresholdProposal | undefined): string {
  const { rule, input, operator, bound } = threshold;
  const head = `  ${inert(rule.id)}: ${inert(input)} ${operator} ${String(bound)}`;
  if (!proposal) return `${head}, ${counted(samples, 'outcome')}: stays\n`;
  const { to, before, after } = proposal;
  return (
    `${head} -> ${String(to)}, ${counted(samples, 'outcome')}: ` +
    `missed ${String(before.missed)} -> ${String(after.missed)}, needless ${String(before.needless)} -> ${String(after.needless)}\n`
  );
}
