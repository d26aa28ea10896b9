import fc from 'fast-check';
import { holds, type Condition, type PolicyValue } from '../../../contract/policy/condition.ts';
import { clockValues, evaluatePolicy, scoreOf, wakeAt } from '../../../contract/policy/evaluate.ts';
import { parsePolicy, type Policy, type PolicyWritten } from '../../../contract/policy/policy.ts';

function policyOf(written: Partial<PolicyWritten>): Policy {
  const parsed = parsePolicy({
    version: '1.0.0',
    name: 'desk',
    policyVersion: '1.0.0',
    rules: [],
    ...written,
  });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

const number = fc.constantFrom('hops', 'frustration', 'repeats');
const bound = fc.integer({ min: -3, max: 3 });
const comparison: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ input: number, above: bound }),
  fc.record({ input: number, atLeast: bound }),
  fc.record({ input: number, below: bound }),
  fc.record({ input: number, atMost: bound }),
  fc.record({ input: number, is: bound }),
  fc.record({
    input: fc.constant('owner'),
    oneOf: fc.array(fc.constantFrom('ann', 'bob'), { minLength: 1 }),
  }),
  fc.record({ input: fc.constantFrom('legal', 'claimed'), is: fc.boolean() }),
  fc.record({ input: fc.constantFrom('owner', 'hops', 'legal'), known: fc.boolean() }),
);
const condition: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('node') }),
  ),
})).node;
const values: fc.Arbitrary<Record<string, PolicyValue>> = fc.record(
  {
    hops: bound,
    frustration: bound,
    repeats: bound,
    owner: fc.constantFrom('ann', 'bob', 'cid'),
    legal: fc.boolean(),
    claimed: fc.boolean(),
  },
  { requiredKeys: [] },
);

describe('the condition language', () => {
  test('every condition that can be written is accepted, and kept as it was', () => {
    fc.assert(
      fc.property(condition, (when) => {
        const policy = policyOf({ rules: [{ id: 'one', on: 'message', when, then: { do: 'tell' } }] });
        expect(policy.rules[0]?.when).toEqual(when);
      }),
    );
  });

  test('obeys the laws of logic, whatever is unknown', () => {
    fc.assert(
      fc.property(condition, condition, values, (one, two, known) => {
        expect(holds({ not: one }, known)).toBe(!holds(one, known));
        expect(holds({ all: [one, two] }, known)).toBe(holds(one, known) && holds(two, known));
        expect(holds({ not: { any: [one, two] } }, known)).toBe(
          holds({ all: [{ not: one }, { not: two }] }, known),
        );
      }),
    );
  });

  test.each<[Condition, boolean]>([
    [{ input: 'hops', above: 2 }, false],
    [{ input: 'hops', atLeast: 2 }, true],
    [{ input: 'hops', below: 2 }, false],
    [{ input: 'hops', atMost: 2 }, true],
    [{ input: 'hops', is: 2 }, true],
    [{ input: 'frustration', atMost: 99 }, false],
    [{ input: 'frustration', known: false }, true],
    [{ input: 'owner', oneOf: ['ann'] }, true],
    [{ input: 'constructor', known: true }, false],
  ])('%j of hops 2, owner ann: %s', (one, expected) => {
    expect(holds(one, { hops: 2, owner: 'ann' })).toBe(expected);
  });
});

describe('what is asked at a moment', () => {
  const always: Condition = { input: 'hops', atLeast: 0 };
  const rules: PolicyWritten['rules'] = [
    { id: 'first', on: 'message', when: always, then: { do: 'tell' }, times: 1 },
    { id: 'second', on: 'message', when: always, then: { do: 'escalate' } },
    { id: 'third', on: 'message', when: always, then: { do: 'tell' } },
    { id: 'late', on: 'time', when: { input: 'elapsed-ms', atLeast: 1_000 }, then: { do: 'tell' } },
  ];
  const ids = (...asked: Parameters<typeof evaluatePolicy>): string[] =>
    evaluatePolicy(...asked).acting.map((rule) => rule.id);

  test('those that tell act besides the first that disposes, and nothing after it', () => {
    expect(ids(policyOf({ rules }), 'message', { hops: 1 })).toEqual(['first', 'second']);
  });

  test('a rule acts as often as it may', () => {
    expect(ids(policyOf({ rules }), 'message', { hops: 1 }, { first: 1 })).toEqual(['second']);
  });

  test('a rule on time acts when it begins to hold, not as long as it holds', () => {
    const verdict = evaluatePolicy(policyOf({ rules }), 'time', { 'elapsed-ms': 1_000 });
    expect(verdict).toMatchObject({ acting: [{ id: 'late' }], holding: ['late'] });
    expect(ids(policyOf({ rules }), 'time', { 'elapsed-ms': 2_000 }, {}, verdict.holding)).toEqual([]);
  });

  test('the score weighs numbers up to their most, and truth as 1', () => {
    const policy = policyOf({
      score: [
        { input: 'frustration', weight: 0.5 },
        { input: 'repeats', weight: 0.25, most: 2 },
        { input: 'legal', weight: 0.1 },
        { input: 'clarifies', weight: 9 },
      ],
    });
    expect(scoreOf(policy, { frustration: 0.8, repeats: 7, legal: true, clarifies: false })).toBe(1);
    expect(scoreOf(policy, {})).toBe(0);
  });
});

describe('the one timer', () => {
  const clocks = fc.constantFrom('elapsed-ms', 'waiting-ms', 'deadline-in-ms');
  const ms = fc.integer({ min: -50, max: 50 }).map((half) => half / 2);
  const overTime: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.record({ input: clocks, above: ms }),
      fc.record({ input: clocks, atLeast: ms }),
      fc.record({ input: clocks, below: ms }),
      fc.record({ input: clocks, atMost: ms }),
      fc.record({ input: clocks, is: ms }),
      fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie('node') }),
    ),
  })).node;

  test('no rule on time changes its answer before the instant at which the case wakes', () => {
    const instants = fc.record(
      { 'elapsed-ms': fc.constant(1_000), 'waiting-ms': fc.nat(2_000), 'deadline-in-ms': fc.nat(2_000) },
      { requiredKeys: ['elapsed-ms'] },
    );
    fc.assert(
      fc.property(overTime, instants, fc.nat(60), (when, from, passed) => {
        const policy = policyOf({ rules: [{ id: 'one', on: 'time', when, then: { do: 'tell' } }] });
        const now = 1_000 + passed;
        const wake = wakeAt(policy, from, now);
        const says = (at: number): boolean => holds(when, clockValues(from, at));
        for (let at = now + 1; at < (wake ?? now + 200) && at < now + 200; at += 1)
          if (says(at) !== says(now)) throw new Error(`it changed at ${String(at)}`);
      }),
      { numRuns: 5_000 },
    );
  });

  test('wakes exactly when a bound is reached, and not at all without a clock', () => {
    const policy = (when: Condition): Policy =>
      policyOf({ rules: [{ id: 'one', on: 'time', when, then: { do: 'tell' } }] });
    expect(wakeAt(policy({ input: 'elapsed-ms', atLeast: 500 }), { 'elapsed-ms': 1_000 }, 1_200)).toBe(1_500);
    expect(wakeAt(policy({ input: 'elapsed-ms', above: 500 }), { 'elapsed-ms': 1_000 }, 1_200)).toBe(1_501);
    expect(wakeAt(policy({ input: 'deadline-in-ms', atMost: 500 }), { 'deadline-in-ms': 9_000 }, 0)).toBe(
      8_500,
    );
    expect(
      wakeAt(policy({ input: 'waiting-ms', atLeast: 5 }), { 'elapsed-ms': 1_000 }, 1_200),
    ).toBeUndefined();
  });
});
