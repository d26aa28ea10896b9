import { readPolicyText } from '../../stores/policy-file.ts';

const HEAD = 'version: 1.0.0\nname: desk\npolicyVersion: 1.0.0\n';

/** Every fault of a text as `line:column field: problem`. */
function faultsOf(text: string): readonly string[] {
  const reading = readPolicyText(text);
  return reading.ok
    ? []
    : reading.faults.map((one) => `${String(one.line)}:${String(one.column)} ${one.field}: ${one.problem}`);
}

test('YAML and JSON say the same policy', () => {
  const yaml = `${HEAD}rules:\n  - id: human\n    on: message\n    when: { input: asks-for-human, is: true }\n    then: { do: escalate }\n`;
  const read = readPolicyText(yaml);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  expect(readPolicyText(JSON.stringify(read.policy, null, 2))).toEqual(read);
});

test.each([
  ['a field that is missing', 'version: 1.0.0\nname: desk\nrules: []\n', '1:1 policy.policyVersion: '],
  ['another version of the contract', 'name: desk\nversion: 9.0.0\nrules: []\n', '2:1 policy.version: '],
  ['broken YAML', `${HEAD}rules: [\n`, '5:1 policy: '],
  ['a key twice', `${HEAD}name: again\nrules: []\n`, '4:1 policy: Map keys must be unique'],
  ['a field that nobody knows', `${HEAD}rulez: 3\nrules: []\n`, '4:1 policy.rulez: there is no such field'],
  [
    'an input that nobody knows',
    `${HEAD}rules:\n  - id: a\n    on: turn\n    when: { input: confidense, below: 1 }\n    then: { do: tell }\n`,
    '7:13 policy.rules.0.when.input: there is no input "confidense"; inputs: owner,',
  ],
  [
    'an input that the moment has not',
    `${HEAD}rules:\n  - id: a\n    on: message\n    when:\n      all:\n        - { input: hops, above: 1 }\n        - not: { input: confidence, below: 1 }\n    then: { do: tell }\n`,
    '10:18 policy.rules.0.when.all.1.not.input: confidence is not known on message; it is on turn, handoff',
  ],
  [
    'a comparison that makes no sense',
    `${HEAD}rules:\n  - id: a\n    on: turn\n    when: { input: owner, below: 1 }\n    then: { do: tell }\n`,
    '7:27 policy.rules.0.when.below: owner is a text; compare it by is, oneOf, known',
  ],
  [
    'two comparisons at once',
    `${HEAD}rules:\n  - id: a\n    on: turn\n    when: { input: hops, below: 1, above: 3 }\n    then: { do: tell }\n`,
    '7:5 policy.rules.0.when: give exactly one of above, atLeast, below, atMost, is, known for hops',
  ],
  [
    'an action of another moment',
    `${HEAD}rules:\n  - id: a\n    on: time\n    when: { input: hops, above: 1 }\n    then:\n      do: review\n      question: ok?\n      expiresMs: 5\n`,
    '9:7 policy.rules.0.then.do: there is nothing to review on time; use it on turn or handoff',
  ],
  [
    'an id twice',
    `${HEAD}rules:\n  - { id: a, on: turn, when: { input: hops, above: 1 }, then: { do: tell } }\n  - { id: a, on: turn, when: { input: hops, above: 1 }, then: { do: tell } }\n`,
    '6:7 policy.rules.1.id: another rule has the id a; give it its own',
  ],
  [
    'a keyword without phrases',
    `${HEAD}rules:\n  - { id: a, on: message, when: { input: keyword.cancel, is: true }, then: { do: tell } }\n`,
    '5:35 policy.rules.0.when.input: `keywords` has no cancel; it has none',
  ],
])('%s is told with its line and remedy', (_, text, expected) => {
  expect(faultsOf(text).join('\n')).toContain(expected);
});

test('faults come in the order of the text', () => {
  const text = `${HEAD}rules:\n  - { id: A, on: nowhere, when: { input: hops, above: 1 }, then: { do: tell } }\nextra: 1\n`;
  expect(faultsOf(text).map((one) => one.split(' ')[0])).toEqual(['5:7', '5:14', '6:1']);
});

test('aliases that multiply are a fault, not a bomb', () => {
  const lines = Array.from(
    { length: 12 },
    (_, level) =>
      `k${String(level + 1)}: &k${String(level + 1)} [${Array(9)
        .fill(`*k${String(level)}`)
        .join(', ')}]`,
  );
  expect(faultsOf(`k0: &k0 [1]\n${lines.join('\n')}\n`)[0]).toContain('Excessive alias count');
});
