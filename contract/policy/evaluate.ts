import type { PolicyValue } from './condition.ts';
import { comparisonsIn, holds } from './condition.ts';
import { policyInput, type PolicyMoment } from './inputs.ts';
import type { Policy, PolicyRule } from './policy.ts';
import { rulesOn } from './policy.ts';

/** What is known at a moment, by input. */
export type PolicyValues = Readonly<Record<string, PolicyValue>>;

/** Instants from which clock inputs are counted, in milliseconds of workflow time; absent where there is none. */
export type PolicyInstants = Readonly<Record<string, number>>;

/** Values of the clock inputs at an instant. */
export function clockValues(instants: PolicyInstants, now: number): PolicyValues {
  return Object.fromEntries(
    Object.entries(instants).map(([name, instant]) => [
      name,
      policyInput(name)?.clock === 'until' ? instant - now : now - instant,
    ]),
  );
}

/** The weighted sum of signals (P13): numbers as they are up to `most`, true as 1, all else as 0. */
export function scoreOf(policy: Pick<Policy, 'score'>, values: PolicyValues): number {
  const sum = policy.score.reduce((total, { input, weight, most = Number.POSITIVE_INFINITY }) => {
    const value = Object.hasOwn(values, input) ? values[input] : undefined;
    const amount = typeof value === 'number' ? value : value === true ? 1 : 0;
    return total + weight * Math.min(amount, most);
  }, 0);
  // What reaches ledgers and people is written alike on every machine.
  return Math.round(sum * 1_000_000) / 1_000_000;
}

/** What rules ask for at a moment. */
export interface PolicyVerdict {
  /** Rules that act: those that tell, and the first that disposes, as the last. */
  readonly acting: readonly PolicyRule[];
  /** Rules on `time` whose condition holds now: they act when they begin to. */
  readonly holding: readonly string[];
}

/**
 * Asks the rules of a moment, in order. Pure: the same policy and values give the same verdict on every machine.
 * @param values everything known, `score` included
 * @param acted how often each rule has acted in this case
 * @param held rules on `time` that held when they were last asked; they do not act again before they have not held
 */
export function evaluatePolicy(
  policy: Policy,
  moment: PolicyMoment,
  values: PolicyValues,
  acted: Readonly<Record<string, number>> = {},
  held: readonly string[] = [],
): PolicyVerdict {
  const holding = rulesOn(policy, moment).filter((rule) => holds(rule.when, values));
  const due = holding.filter(
    (rule) =>
      !(moment === 'time' && held.includes(rule.id)) &&
      (Object.hasOwn(acted, rule.id) ? (acted[rule.id] ?? 0) : 0) < (rule.times ?? Number.POSITIVE_INFINITY),
  );
  const disposes = due.findIndex((rule) => rule.then.do !== 'tell');
  return {
    acting:
      disposes < 0 ? due : [...due.slice(0, disposes).filter(tells), ...due.slice(disposes, disposes + 1)],
    holding: moment === 'time' ? holding.map((rule) => rule.id) : [],
  };
}

function tells(rule: PolicyRule): boolean {
  return rule.then.do === 'tell';
}

/** The inputs that a rule reads, with what they were: why it acted. */
export function inputsRead(rule: PolicyRule, values: PolicyValues): PolicyValues {
  const names = comparisonsIn(rule.when).map(({ comparison }) => comparison.input);
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

/**
 * The next instant at which time alone can change what a rule on `time` says, in milliseconds. Until then nothing
 * changes but by events, so one timer serves all rules.
 * @returns undefined when no rule waits for time
 */
export function wakeAt(policy: Policy, instants: PolicyInstants, now: number): number | undefined {
  const flips = rulesOn(policy, 'time')
    .flatMap((rule) => comparisonsIn(rule.when))
    .flatMap(({ comparison }) => {
      const clock = policyInput(comparison.input)?.clock;
      const instant = Object.hasOwn(instants, comparison.input) ? instants[comparison.input] : undefined;
      return clock === undefined || instant === undefined ? [] : flipsOf(comparison, clock, instant);
    })
    .filter((flip) => flip > now);
  return flips.length === 0 ? undefined : Math.min(...flips);
}

/** When a comparison of a clock changes its answer, as whole milliseconds. */
function flipsOf(
  comparison: Parameters<typeof comparisonsIn>[0] & { readonly input: string },
  clock: 'since' | 'until',
  instant: number,
): readonly number[] {
  const bound = boundOf(comparison);
  if (bound === undefined) return [];
  const at = clock === 'since' ? instant + bound : instant - bound;
  const [reached, passed] = [Math.ceil(at), Math.floor(at) + 1];
  // A clock that counts up reaches `atLeast` and leaves `below` at the bound, and passes the others behind it.
  const first = clock === 'since' ? ['atLeast', 'below'] : ['atMost', 'above'];
  if ('is' in comparison) return [reached, passed];
  return first.some((operator) => operator in comparison) ? [reached] : [passed];
}

function boundOf(comparison: object): number | undefined {
  for (const operator of ['above', 'atLeast', 'below', 'atMost', 'is']) {
    const value: unknown = Reflect.get(comparison, operator);
    if (typeof value === 'number') return value;
  }
  return undefined;
}
