import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { accountOf, type BatonClient, type PastCase } from '../../client/index.ts';
import {
  isCaught,
  samplesOf,
  thresholdsIn,
  type Sample,
  type Threshold,
} from '../../command/policy/evidence.ts';
import { proposeThreshold } from '../../command/policy/proposal.ts';
import { proposeFrom } from '../../command/policy/propose-answer.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { LedgerKind, LedgerRow } from '../../contract/ledger.ts';
import { parsePolicy, type Policy, type PolicyWritten } from '../../contract/policy/policy.ts';
import { readPolicyFile } from '../../stores/index.ts';

const RULES = { least: 20, miss: 3 };

const unsure: PolicyWritten['rules'][number] = {
  id: 'unsure',
  on: 'turn',
  when: {
    all: [
      { input: 'owner', is: 'billing' },
      { input: 'confidence', below: 0.7 },
    ],
  },
  then: { do: 'review', pool: 'desk', question: 'Right?', expiresMs: 1_000 },
};

function policy(rules: PolicyWritten['rules'] = [unsure]): Policy {
  const parsed = parsePolicy({ version: '1.0.0', name: 'desk', policyVersion: '1.2.0', rules });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

function threshold(rules?: PolicyWritten['rules']): Threshold {
  const [only] = thresholdsIn(policy(rules));
  if (!only) throw new Error('no threshold');
  return only;
}

type Told = readonly [LedgerKind, JsonObject];

/** A case of these rows, opened and owned by billing. */
function pastCase(caseId: string, rows: readonly Told[], rating?: number): PastCase {
  const all: readonly Told[] = [['case-opened', { team: 'desk' }], ...rows];
  return {
    caseId,
    rows: all.map(
      ([kind, content], index) =>
        ({
          sequence: index + 1,
          at: '2026-01-01T00:00:00.000Z',
          owner: 'billing',
          kind,
          content,
        }) as LedgerRow,
    ),
    ...(rating === undefined
      ? {}
      : {
          feedback: {
            ...{ version: '1.0.0', at: '', team: 'desk', path: [], hops: 0, outcome: 'finished', rating },
          } as const,
        }),
  };
}

const turn = (confidence: number, acts: readonly string[] = [], more: JsonObject = {}): Told => [
  'policy-evaluated',
  {
    moment: 'turn',
    policyVersion: '1.2.0',
    values: { confidence, owner: 'billing', ...more },
    decisions: acts.map((rule) => ({ rule, action: rule === 'told' ? 'tell' : 'review' })),
  },
];
const opened: Told = ['review-opened', { reviewId: 'r1' }];
const decided = (decision: string): Told => ['review-decided', { reviewId: 'r1', decision, by: 'pam' }];
const closed = (kind: string): Told => ['case-closed', { outcome: { kind } }];
const edited: Told = ['review-edited', { reviewId: 'r1', by: 'pam' }];

const samples = (one: PastCase, of = threshold()): readonly Sample[] => samplesOf(of, one, accountOf(one));

test.each([
  [
    'an approval as it was shows that nobody was needed',
    [turn(0.6, ['unsure']), opened, decided('approve')],
    false,
  ],
  ['a rejection shows that somebody was', [turn(0.6, ['unsure']), opened, decided('reject')], true],
  ['so does an edit', [turn(0.6, ['unsure']), opened, edited, decided('approve')], true],
  ['a good end shows that nobody was needed', [turn(0.6), closed('finished')], false],
  ['a failed case that somebody was', [turn(0.6), closed('failed')], true],
  ['so does a user who asks for people later', [turn(0.6), ['human-asked', {}], closed('finished')], true],
] satisfies (readonly [string, Told[], boolean])[])('%s', (_, rows, needed) => {
  expect(samples(pastCase('c', rows))).toEqual([{ caseId: 'c', value: 0.6, needed }]);
});

test.each([
  ['a case that is open', [turn(0.6)]],
  ['one that was cancelled', [turn(0.6), closed('cancelled')]],
  ['a review that nobody decided', [turn(0.6, ['unsure']), opened, ['review-expired', { reviewId: 'r1' }]]],
  [
    'a moment at which the rule asks about another agent',
    [turn(0.6, [], { owner: 'legal' }), closed('finished')],
  ],
  ['a moment at which another rule came first', [turn(0.9, ['other']), closed('finished')]],
] satisfies (readonly [string, Told[]])[])('%s says nothing', (_, rows) => {
  expect(samples(pastCase('c', rows))).toEqual([]);
});

test('of moments without a rule the closest speaks, and a bad rating says that it was missed', () => {
  const rows = [turn(0.9), turn(0.75, ['told']), turn(0.8), closed('finished')];
  expect(samples(pastCase('c', rows, 5))).toEqual([{ caseId: 'c', value: 0.75, needed: false }]);
  expect(samples(pastCase('c', rows, 2))).toEqual([{ caseId: 'c', value: 0.75, needed: true }]);
});

test('people who give a case back without a word were not needed', () => {
  const toPeople: PolicyWritten['rules'][number] = { ...unsure, then: { do: 'escalate' } };
  const act: Told = turn(0.6, ['unsure']);
  const back: Told = ['handoff-accepted', { from: 'people:desk', to: 'billing' }];
  const spoke: Told = ['message-sent', { from: { kind: 'person', name: 'pam', pool: 'desk' } }];
  const of = threshold([toPeople]);
  expect(samples(pastCase('c', [act, back, closed('finished')]), of)[0]?.needed).toBe(false);
  expect(samples(pastCase('c', [act, spoke, back, closed('finished')]), of)[0]?.needed).toBe(true);
  expect(samples(pastCase('c', [act, closed('finished')]), of)[0]?.needed).toBe(true);
  expect(samples(pastCase('c', [act]), of)).toEqual([]);
});

test('only a rule that asks people, and by one number, has a threshold that outcomes speak to', () => {
  const either = {
    any: [
      { input: 'confidence', below: 0.7 },
      { input: 'legal', is: true },
    ],
  };
  const two = {
    all: [
      { input: 'confidence', below: 0.7 },
      { input: 'hops', above: 2 },
    ],
  };
  expect(thresholdsIn(policy([{ ...unsure, when: either }]))).toEqual([]);
  expect(thresholdsIn(policy([{ ...unsure, when: two }]))).toEqual([]);
  expect(thresholdsIn(policy([{ ...unsure, then: { do: 'tell' } }]))).toEqual([]);
  expect(threshold()).toMatchObject({ bound: 0.7, path: ['rules', 0, 'when', 'all', 1, 'below'] });
});

/** People were needed below a confidence of 0.5, and never above: the rule asks too often. */
const clear: readonly Sample[] = Array.from({ length: 60 }, (_, index) => {
  const value = Math.round(((index * 37) % 60) * 100 + 3_500) / 10_000;
  return { caseId: `c${String(index)}`, value, needed: value < 0.5 };
});

test('a threshold that asks too often moves to where fewest go wrong', () => {
  const proposal = proposeThreshold(threshold(), clear, RULES);
  expect(proposal).toMatchObject({ rule: 'unsure', from: 0.7, after: { missed: 0, needless: 0 } });
  expect(proposal?.before.needless).toBeGreaterThan(10);
  expect(proposal?.to).toBeGreaterThan(0.49);
  expect(proposal?.to).toBeLessThanOrEqual(0.5);
});

test('few outcomes, or none against it, propose nothing', () => {
  expect(proposeThreshold(threshold(), clear.slice(0, 19), RULES)).toBeUndefined();
  const right = clear.map((one) => ({ ...one, needed: one.value < 0.7 }));
  expect(proposeThreshold(threshold(), right, RULES)).toBeUndefined();
});

test('what is proposed costs less on both halves of the cases, whatever the outcomes were', () => {
  const sample = fc.record({
    caseId: fc.constant('c'),
    value: fc.integer({ min: 0, max: 20 }).map((step) => step / 20),
    needed: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(sample, { minLength: 20, maxLength: 60 }), (all) => {
      const of = threshold();
      const proposal = proposeThreshold(of, all, RULES);
      if (!proposal) return;
      const cost = (at: number, half: number): number =>
        all
          .filter((_, index) => index % 2 === half)
          .filter(({ value, needed }) => isCaught(of, at, value) !== needed)
          .reduce((sum, { needed }) => sum + (needed ? RULES.miss : 1), 0);
      for (const half of [0, 1]) expect(cost(proposal.to, half)).toBeLessThan(cost(0.7, half));
      expect(proposal.to).not.toBe(0.7);
    }),
  );
});

describe('baton policy propose', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'baton-propose-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('writes a draft that differs by what it proposes, comments and all, and publishes nothing', async () => {
    const file = path.join(folder, 'policy.yaml');
    const out = path.join(folder, 'draft.yaml');
    await writeFile(
      file,
      `version: 1.0.0
name: desk
policyVersion: 1.2.0 # a version
rules:
  # Ask people where billing is not sure.
  - id: unsure
    on: turn
    when: { all: [{ input: owner, is: billing }, { input: confidence, below: 0.7 }] }
    then: { do: review, pool: desk, question: Right?, expiresMs: 1000 }
`,
    );
    const cases = clear.map(({ caseId, value, needed }) => {
      const asked = [turn(value, ['unsure']), opened, decided(needed ? 'reject' : 'approve')];
      return pastCase(caseId, value < 0.7 ? asked : [turn(value), closed('finished')]);
    });
    const baton = { pastCases: () => Promise.resolve({ cases, erased: [] }) } as unknown as BatonClient;
    const { json, text } = await proposeFrom(baton, file, { ...RULES, limit: 200, out });
    expect(json).toMatchObject({
      heard: [{ rule: 'unsure', samples: 60 }],
      proposals: [{ rule: 'unsure', from: 0.7, after: { missed: 0, needless: 0 } }],
      draft: { policyVersion: '1.3.0' },
    });
    expect(text).toContain('unsure: confidence below 0.7 -> 0.495, 60 outcomes');
    const [before, after] = [await readFile(file, 'utf8'), await readFile(out, 'utf8')];
    expect(after).toBe(before.replace('below: 0.7', 'below: 0.495').replace('1.2.0', '1.3.0'));
    expect((await readPolicyFile(out)).policyVersion).toBe('1.3.0');
    const quiet = { pastCases: () => Promise.resolve({ cases: [], erased: [] }) } as unknown as BatonClient;
    expect((await proposeFrom(quiet, file, { ...RULES, limit: 200 })).text).toContain('nothing is proposed');
  });
});
