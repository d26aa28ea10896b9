import type { BatonClient, RunChain } from '../../client/index.ts';
import { rowsInHistory } from '../../client/history/ledger-rows.ts';
import { decodePayloads } from '../../client/history/payloads.ts';
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { parsePolicy, policyDigest, type Policy } from '../../contract/policy/policy.ts';
import { readPolicyFile } from '../../stores/index.ts';
import { inert } from '../output/inert.ts';
import { counted } from '../output/table.ts';
import type { Answer } from '../run-command.ts';
import { tryPolicy, type Trial, type TriedDecision } from './trial.ts';

/** Which cases a draft is tried on. */
export interface TriedOn {
  readonly team?: string;
  readonly case?: readonly string[];
  readonly limit: number;
}

/** What became of one case with a draft. */
interface TriedCase extends Trial {
  readonly caseId: string;
}

/** Tries a draft on past cases: the newest, or those that are named. */
export async function tryOnCases(baton: BatonClient, file: string, options: TriedOn): Promise<Answer> {
  const draft = await readPolicyFile(file);
  const { team, limit } = options;
  const caseIds =
    options.case ??
    (await baton.list({ limit, ...(team === undefined ? {} : { team }) })).map((one) => one.caseId);
  const tried: TriedCase[] = [];
  const erased: string[] = [];
  for (const caseId of caseIds) {
    const chain = await baton.histories(caseId);
    if (chain.erased) {
      erased.push(caseId);
      continue;
    }
    const events = chain.runs.flatMap((run) => run.history.events ?? []);
    const trial = tryPolicy(draft, rowsInHistory(events).rows, policiesIn(chain));
    // A case that no policy decided says nothing about another.
    if (trial.evaluations > 0) tried.push({ caseId, ...trial });
  }
  const { name, policyVersion } = draft;
  const head = { name, policyVersion, digest: policyDigest(draft) };
  const differing = tried.filter((one) => one.differences.length > 0);
  const evaluations = tried.reduce((sum, one) => sum + one.evaluations, 0);
  const unknown = [...new Set(tried.flatMap((one) => one.unknown))];
  return {
    json: { draft: head, cases: tried.length, evaluations, erased, unknown, differing },
    text: [
      `${inert(name)} ${policyVersion} on ${counted(tried.length, 'case')}, ${counted(evaluations, 'evaluation')}\n`,
      ...differing.map(textOf),
      differing.length === 0
        ? 'nothing would have been decided otherwise\n'
        : `${counted(differing.length, 'case')} would have gone another way\n`,
      ...(unknown.length > 0
        ? [`not looked for at the time, and so not tried: ${unknown.map((one) => inert(one)).join(', ')}\n`]
        : []),
      ...(erased.length > 0 ? [`${counted(erased.length, 'case')} erased with their person\n`] : []),
    ].join(''),
  };
}

/** The policies that a case was decided by: they are results of activities, as is everything that a case learns. */
function policiesIn(chain: RunChain): ReadonlyMap<string, Policy> {
  const found = new Map<string, Policy>();
  for (const event of chain.runs.flatMap((run) => run.history.events ?? [])) {
    for (const result of decodePayloads(event.activityTaskCompletedEventAttributes?.result)) {
      const policy: JsonValue | undefined = isJsonObject(result) ? result['policy'] : undefined;
      const parsed = policy === undefined ? undefined : parsePolicy(policy);
      if (parsed?.ok) found.set(policyDigest(parsed.value), parsed.value);
    }
  }
  return found;
}

function textOf({ caseId, differences }: TriedCase): string {
  const lines = differences.map(({ at, moment, before, after, inputs, behind }) => {
    const why = Object.entries(inputs).map(([name, value]) => `${inert(name)} ${inert(String(value))}`);
    const mark = behind ? ' (behind an earlier difference)' : '';
    return `  ${inert(at)} ${moment}: ${inWords(before)} -> ${inWords(after)}; ${why.join(', ') || 'no inputs'}${mark}\n`;
  });
  return `${inert(caseId)}\n${lines.join('')}`;
}

function inWords(decisions: readonly TriedDecision[]): string {
  return decisions.map(({ rule, action }) => `${inert(action)} by ${inert(rule)}`).join(' and ') || 'goes on';
}
