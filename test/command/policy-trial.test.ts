import { tryPolicy } from '../../command/policy/trial.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import { parsePolicy, policyDigest, type Policy, type PolicyWritten } from '../../contract/policy/policy.ts';

function policy(rules: PolicyWritten['rules'], more: Partial<PolicyWritten> = {}): Policy {
  const parsed = parsePolicy({ version: '1.0.0', name: 'desk', policyVersion: '1.0.0', rules, ...more });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

const unsure = (below: number, pool = 'desk'): PolicyWritten['rules'][number] => ({
  id: 'unsure',
  on: 'turn',
  when: { input: 'confidence', below },
  then: { do: 'escalate', pool },
});

function row(sequence: number, content: JsonObject, kind: LedgerRow['kind'] = 'policy-evaluated'): LedgerRow {
  return {
    version: '1.0.0',
    sequence,
    at: `2026-01-01T00:00:0${String(sequence)}Z`,
    kind,
    content,
  } as LedgerRow;
}

const old = policy([unsure(0.5)]);
const turn = (sequence: number, confidence: number, decisions: readonly JsonObject[] = []): LedgerRow =>
  row(sequence, {
    moment: 'turn',
    policyVersion: '1.0.0',
    digest: policyDigest(old),
    values: { confidence, owner: 'a', 'frustration-so-far': 0.4, score: 0 },
    decisions: [...decisions],
  });
const escalated = { rule: 'unsure', action: 'escalate', inputs: {} };
const known = new Map([[policyDigest(old), old]]);

test('the same policy decides the same, and rows of other kinds are no evaluations', () => {
  const rows = [turn(1, 0.4, [escalated]), turn(2, 0.6), row(3, { moment: 'turn' }, 'turn-completed')];
  expect(tryPolicy(old, rows, known)).toEqual({ evaluations: 2, differences: [], unknown: [] });
});

test('another threshold differs where an input lies between the two, both ways', () => {
  const rows = [turn(1, 0.4, [escalated]), turn(2, 0.6), turn(3, 0.8)];
  expect(tryPolicy(policy([unsure(0.7)]), rows, known).differences).toMatchObject([
    { sequence: 2, before: [], after: [{ rule: 'unsure' }], inputs: { confidence: 0.6 }, behind: false },
  ]);
  expect(tryPolicy(policy([unsure(0.3)]), rows, known).differences).toMatchObject([
    { sequence: 1, before: [{ rule: 'unsure' }], after: [] },
  ]);
});

test('another pool is another decision where the old policy is known; another name of a rule is none', () => {
  const rows = [turn(1, 0.4, [escalated])];
  const elsewhere = policy([unsure(0.5, 'other')]);
  expect(tryPolicy(elsewhere, rows, known).differences).toHaveLength(1);
  expect(tryPolicy(elsewhere, rows).differences).toHaveLength(0);
  expect(tryPolicy(policy([{ ...unsure(0.5), id: 'renamed' }]), rows, known).differences).toHaveLength(0);
});

test('how often a rule may act is counted over the case, and what comes behind a difference is marked', () => {
  const once = policy([{ ...unsure(0.5), times: 1 }]);
  const rows = [turn(1, 0.4, [escalated]), turn(2, 0.4, [escalated]), turn(3, 0.4, [escalated])];
  expect(tryPolicy(once, rows, known).differences).toMatchObject([
    { sequence: 2, after: [], behind: false },
    { sequence: 3, after: [], behind: true },
  ]);
});

test("the draft's own score is taken, and keywords that nobody looked for are named", () => {
  const draft = policy(
    [
      {
        id: 'worn-out',
        on: 'turn',
        when: {
          any: [
            { input: 'score', atLeast: 0.8 },
            { input: 'keyword.cancel', is: true },
          ],
        },
        then: { do: 'tell' },
      },
    ],
    { score: [{ input: 'frustration-so-far', weight: 2 }], keywords: { cancel: ['cancel'] } },
  );
  expect(tryPolicy(draft, [turn(1, 0.9)], known)).toMatchObject({
    differences: [{ after: [{ rule: 'worn-out', action: 'tell' }], inputs: { score: 0.8 } }],
    unknown: ['keyword.cancel'],
  });
});

test('load and budget that nobody asked for at the time are named: what a draft would have made of them is unknown', () => {
  const busy = policy([
    {
      id: 'busy',
      on: 'handoff',
      when: {
        any: [
          { input: 'backlog', above: 5 },
          { input: 'budget-left', below: 0.2 },
        ],
      },
      then: { do: 'tell' },
    },
  ]);
  const handoff = row(1, { moment: 'handoff', digest: '', values: { to: 'b' }, decisions: [] });
  expect(tryPolicy(busy, [handoff]).unknown).toEqual(['backlog', 'budget-left']);
  const seen = row(1, { moment: 'handoff', digest: '', values: { backlog: 9 }, decisions: [] });
  expect(tryPolicy(busy, [seen])).toMatchObject({
    unknown: ['budget-left'],
    differences: [{ inputs: { backlog: 9 } }],
  });
});
