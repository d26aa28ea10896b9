import type { ContextCase } from '../../contract/context.ts';
import { contextText } from '../../contract/context.ts';
import type { JsonObject } from '../../contract/json.ts';
import { REFERENCE_ABOVE_BYTES } from '../../contract/limits.ts';
import { jsonBytes } from '../../contract/parse.ts';
import type { ContextStore } from '../../contract/ports.ts';
import { referenceFact, referenceOf, referencesIn } from '../../contract/reference-fact.ts';
import type { TeamManifest } from '../../contract/team.ts';
import { withoutStore } from './converse.ts';
import { patiently } from './patience.ts';

/**
 * Replaces references by the values they stand for, those of the names asked for: a receiver reads what it declares
 * and nothing else (X2).
 * @throws `CONTEXT_MISSING`, `CONTEXT_CHANGED`, `PERSON_ERASED`, `STORE_UNAVAILABLE`
 */
export async function resolveFacts(
  store: ContextStore | undefined,
  trace: string,
  facts: JsonObject,
  wanted: (name: string) => boolean,
): Promise<JsonObject> {
  const references = [...referencesIn(facts)].filter(([name]) => wanted(name));
  if (references.length === 0) return facts;
  if (!store) throw withoutStore();
  const found = await patiently(() =>
    store.read({ trace, values: references.map(([, reference]) => ({ reference })) }),
  );
  const values = references.map(([name], index) => [name, found.values[index] ?? null] as const);
  return { ...facts, ...Object.fromEntries(values) };
}

/**
 * Moves facts into the store: those an edge names, and any above {@link REFERENCE_ABOVE_BYTES}. Keys hold the digest
 * of the value, so that the same fact on its way through many hands is kept once, and a retried turn keeps nothing
 * twice. Without a store everything stays in the payload (X4).
 * @param keep names that must stay, because the workflow decides by them
 */
export async function offloadFacts(
  store: ContextStore | undefined,
  owner: ContextCase,
  facts: JsonObject,
  which: { readonly named: readonly string[]; readonly keep: ReadonlySet<string> },
): Promise<JsonObject> {
  if (!store) return facts;
  const entries = Object.entries(facts).flatMap(([name, value]) => {
    if (value === undefined || value === null || which.keep.has(name) || referenceOf(value)) return [];
    if (!which.named.includes(name) && jsonBytes(value) <= REFERENCE_ABOVE_BYTES) return [];
    const { digest } = contextText({ key: name, value, expectedVersion: 0 }).reference;
    return [{ name, entry: { key: `fact:${digest}`, value, expectedVersion: 0 } }];
  });
  if (entries.length === 0) return facts;
  const references = await patiently(() =>
    store.write({ case: owner, values: entries.map(({ entry }) => entry) }),
  );
  const moved = entries.flatMap(({ name }, index) => {
    const reference = references[index];
    return reference ? [[name, referenceFact(reference)] as const] : [];
  });
  return { ...facts, ...Object.fromEntries(moved) };
}

/** Top-level names that approvals of a team look at: the workflow must see their values. */
export function namesDecidedBy(manifest: TeamManifest): ReadonlySet<string> {
  const rules = [
    ...manifest.edges.map((edge) => edge.approval),
    ...Object.values(manifest.agents).flatMap((agent) =>
      Object.values(agent.tools).map((tool) => tool.approval),
    ),
  ];
  return new Set(rules.flatMap((rule) => (rule?.when ? [rule.when.field.split('.')[0] ?? ''] : [])));
}
