import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import type { Failure } from './failures.ts';
import { failure } from './failures.ts';
import type { JsonObject } from './json.ts';
import { getOwn } from './json.ts';
import type { Cut } from './selective-fields.ts';
import { selectFields } from './selective-fields.ts';

const FactName = z.string().min(1).max(200);
const Adapter = z.union([
  /** The fact `from` of the sender is the fact `to` of the receiver. */
  z.strictObject({ from: FactName, to: FactName }),
  /** The receiver has no place for the fact `from`: a handoff that carries it is refused, for this reason. */
  z.strictObject({ from: FactName, refuse: z.string().min(1).max(500) }),
]);
/**
 * What an edge does with one fact whose two ends know it by different names. Pure renames, as plain data: nothing is
 * computed, so what arrives is what was sent.
 */
export type Adapter = z.output<typeof Adapter>;

/** A fact that crossed under another name. */
export type Adapted = { readonly from: string; readonly to: string };

/** Facts adapted and cut for their receiver. */
export interface Crossed extends Cut {
  readonly adapted: readonly Adapted[];
  /** A fact that cannot be mapped: the handoff is refused, for nothing may be lost in silence (I6). */
  readonly failure?: Failure;
}

/** Schema of one rule. */
export function adapterSchema(): typeof Adapter {
  return Adapter;
}

/**
 * Takes facts across an edge: renames first, then the cut to what the receiver declares. A fact keeps its old name
 * too where the receiver declares that as well. A rule without its fact does nothing; `null` says that the sender
 * leaves the fact behind on purpose, which is how it goes on after a refusal.
 * @param accepts JSON Schema of the receiver's facts
 */
export function crossFacts(accepts: JsonObject, adapters: readonly Adapter[], facts: JsonObject): Crossed {
  // Entries, not assignments: a name such as `__proto__` is a name like any other.
  const entries = Object.entries(facts);
  const adapted: Adapted[] = [];
  let problem: Failure | undefined;
  for (const rule of adapters) {
    const value = getOwn(facts, rule.from);
    if (value === undefined) continue;
    if ('refuse' in rule) {
      if (value !== null) problem ??= unmappable(rule.from, rule.refuse);
      continue;
    }
    const rival = getOwn(facts, rule.to);
    if (rival !== undefined && canonicalJson(rival) !== canonicalJson(value)) {
      problem ??= unmappable(rule.from, `the sender also has facts.${rule.to}, with another value`);
      continue;
    }
    entries.push([rule.to, value]);
    adapted.push({ from: rule.from, to: rule.to });
  }
  const cut = selectFields(accepts, Object.fromEntries(entries));
  const moved = new Set(adapted.map((one) => one.from));
  return {
    ...cut,
    dropped: cut.dropped.filter((name) => !moved.has(name)),
    adapted,
    ...(problem ? { failure: problem } : {}),
  };
}

function unmappable(name: string, why: string): Failure {
  return failure('FACT_UNMAPPABLE', `facts.${name}: ${why}`, `facts.${name}`);
}
