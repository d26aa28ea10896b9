import { z } from 'zod';
import { digestOf } from '../digest.ts';
import { JSON_DEPTH, POLICY_BYTES } from '../limits.ts';
import type { Parsed } from '../parse.ts';
import { parseWith } from '../parse.ts';
import { textsSchema } from '../texts.ts';
import { refuseVersion } from '../versions.ts';
import { nameSchema, semverSchema, versionSchema } from '../words.ts';
import { comparisonsIn, conditionSchema } from './condition.ts';
import { isKnownAt, KEYWORD_INPUT, policyInput, policyMoments, type PolicyMoment } from './inputs.ts';

const reason = z.string().min(1).max(100).optional();

const Action = z.discriminatedUnion('do', [
  /** The case goes to people at once, whatever runs. */
  z.strictObject({ do: z.literal('escalate'), pool: nameSchema().optional(), reason }),
  /** The case goes to another agent, if an edge leads there and the guards let it. */
  z.strictObject({ do: z.literal('transfer'), to: nameSchema(), reason }),
  /** What the agent wants is held until a person says yes. Expiry refuses. */
  z.strictObject({
    do: z.literal('review'),
    pool: nameSchema().optional(),
    question: z.string().min(1).max(500),
    expiresMs: z.int().positive().max(2_592_000_000),
  }),
  /** What the agent wants is put aside, and the user is asked the rule's `explain`. */
  z.strictObject({ do: z.literal('clarify') }),
  /** The user is told the rule's `explain`; the case goes on. */
  z.strictObject({ do: z.literal('tell') }),
]);
/** What a rule does. */
export type PolicyAction = z.output<typeof Action>;

const Rule = z.strictObject({
  id: nameSchema(),
  on: z.enum(policyMoments()),
  when: conditionSchema(),
  then: Action,
  /** Said to the user in plain words, and recorded; Baton's own words for the action when absent. */
  explain: textsSchema().optional(),
  /** How often it may act in one case; as often as it holds when absent. */
  times: z.int().positive().max(1_000).optional(),
});
/** One rule: at a moment, when a condition holds, something is done. */
export type PolicyRule = z.output<typeof Rule>;

const Weight = z.strictObject({
  input: z.string().max(100),
  /** Multiplies the input; true counts 1, false and unknown 0. */
  weight: z.number().min(-100).max(100),
  /** The input counts for this much at most, before it is multiplied. */
  most: z.number().positive().optional(),
});

const Policy = z
  .strictObject({
    version: versionSchema(),
    name: nameSchema(),
    /** The policy's own version. A version is never changed: another text is another version. */
    policyVersion: semverSchema(),
    /** Phrases by name, looked for in every message of the user: they make the inputs `keyword.<name>`. */
    keywords: z.record(nameSchema(), z.array(z.string().min(2).max(100)).min(1).max(200)).default({}),
    /** Weighted signals that make the input `score` (P13). */
    score: z.array(Weight).max(50).default([]),
    /** In this order: the first rule of a moment that disposes wins; those that only tell are told besides. */
    rules: z.array(Rule).max(200),
  })
  .superRefine((policy, context) => {
    for (const { path, message } of faultsOf(policy)) context.addIssue({ code: 'custom', path, message });
  });
/** When a case is handed on, held or taken to people, as data. Plain JSON: it stands in manifests and histories. */
export type Policy = z.output<typeof Policy>;
/** The same as its author may write it, defaults left out. */
export type PolicyWritten = z.input<typeof Policy>;

interface Fault {
  readonly path: (string | number)[];
  readonly message: string;
}

/** What no single field can know: ids twice, inputs that a moment has not, actions that make no sense at it. */
function faultsOf(policy: {
  readonly rules: readonly PolicyRule[];
  readonly keywords: Readonly<Record<string, unknown>>;
  readonly score: readonly { readonly input: string }[];
}): readonly Fault[] {
  const ids = policy.rules.map((rule) => rule.id);
  return [
    ...policy.rules.flatMap((rule, index): Fault[] => [
      ...(ids.indexOf(rule.id) < index
        ? [{ path: ['rules', index, 'id'], message: `another rule has the id ${rule.id}; give it its own` }]
        : []),
      ...faultsOfCondition(rule, index, policy.keywords),
      ...faultsOfAction(rule).map(({ path, message }) => ({ path: ['rules', index, ...path], message })),
    ]),
    ...policy.score.flatMap(({ input }, index): Fault[] => {
      const known = policyInput(input);
      const good = known && known.type !== 'text' && known.clock === undefined && input !== 'score';
      return good
        ? []
        : [
            {
              path: ['score', index, 'input'],
              message: `${input} is no number or yes-or-no signal that can be weighed`,
            },
          ];
    }),
  ];
}

function faultsOfCondition(
  rule: PolicyRule,
  index: number,
  keywords: Readonly<Record<string, unknown>>,
): readonly Fault[] {
  return comparisonsIn(rule.when).flatMap(({ comparison: { input }, path }): Fault[] => {
    const known = policyInput(input);
    const at = ['rules', index, 'when', ...path, 'input'];
    if (known && !isKnownAt(known, rule.on))
      return [
        {
          path: at,
          message: `${input} is not known on ${rule.on}; it is on ${(known.only ?? []).join(', ')}`,
        },
      ];
    const keyword = input.startsWith(KEYWORD_INPUT) ? input.slice(KEYWORD_INPUT.length) : undefined;
    if (keyword !== undefined && !Object.hasOwn(keywords, keyword))
      return [
        {
          path: at,
          message: `\`keywords\` has no ${keyword}; it has ${Object.keys(keywords).join(', ') || 'none'}`,
        },
      ];
    return [];
  });
}

function faultsOfAction(rule: PolicyRule): readonly Fault[] {
  const action = rule.then;
  switch (action.do) {
    case 'escalate':
    case 'transfer':
    case 'tell':
      return [];
    case 'review':
      return rule.on === 'turn' || rule.on === 'handoff'
        ? []
        : [
            {
              path: ['then', 'do'],
              message: `there is nothing to review on ${rule.on}; use it on turn or handoff`,
            },
          ];
    case 'clarify':
      return rule.on === 'time'
        ? [{ path: ['then', 'do'], message: 'nothing can be put aside on time; use `tell`' }]
        : [];
  }
}

/** Validates a policy. Failures: `VERSION_UNSUPPORTED`, `INPUT_TOO_LARGE`, `POLICY_INVALID`. */
export function parsePolicy(value: unknown): Parsed<Policy> {
  const version = refuseVersion(value, 'policy');
  if (version) return { ok: false, failure: version };
  return parseWith(Policy, value, 'policy', {
    bytes: POLICY_BYTES,
    code: 'POLICY_INVALID',
    depth: JSON_DEPTH,
  });
}
/** The policy's schema, for manifests, files with positions, and JSON Schema outside the sandbox. */
export function policySchema(): typeof Policy {
  return Policy;
}
/** Digest that names a policy's content. */
export function policyDigest(policy: Policy): string {
  return digestOf(policy);
}
/** Rules of one moment, in order. */
export function rulesOn(policy: Policy, moment: PolicyMoment): readonly PolicyRule[] {
  return policy.rules.filter((rule) => rule.on === moment);
}
/** Names of the inputs that a policy reads at a moment, its score included. */
export function inputsReadOn(policy: Policy, moment: PolicyMoment): ReadonlySet<string> {
  const compared = rulesOn(policy, moment).flatMap((rule) => comparisonsIn(rule.when));
  const names = compared.map(({ comparison }) => comparison.input);
  return new Set([...names, ...policy.score.map((one) => one.input)]);
}
