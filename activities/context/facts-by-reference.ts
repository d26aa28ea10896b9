import type { ContextCase, ContextReference } from '../../contract/context.ts';
import { contextText } from '../../contract/context.ts';
import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { keptTextOf } from '../../contract/kept-text.ts';
import { REFERENCE_ABOVE_BYTES } from '../../contract/limits.ts';
import { isWithinBytes } from '../../contract/json-bytes.ts';
import type { ContextStore } from '../../contract/ports.ts';
import { referenceFact, referenceOf, referencesIn } from '../../contract/reference-fact.ts';
import type { TeamManifest } from '../../contract/team.ts';
import { withoutStore } from './converse.ts';
import { readKeptTexts } from './kept-texts.ts';
import { patiently } from './patience.ts';

/**
 * Replaces references by the values they stand for, those of the names asked for: a receiver reads what it declares
 * and nothing else (X2).
 * @throws `CONTEXT_MISSING`, `CONTEXT_CHANGED`, `PERSON_ERASED`, `STORE_UNAVAILABLE`
 */
export async function resolveFacts(
  store: ContextStore | undefined,
  { trace, caseId }: Pick<ContextCase, 'trace' | 'caseId'>,
  facts: JsonObject,
  wanted: (name: string) => boolean,
): Promise<JsonObject> {
  const references = [...referencesIn(facts)].filter(([name]) => wanted(name));
  // In a private team they stand with its words.
  const kept = Object.entries(facts).filter(
    ([name, value]) => keptTextOf(value) !== undefined && wanted(name),
  );
  if (references.length === 0 && kept.length === 0) return { ...facts };
  const [values, texts] = await Promise.all([
    readReferences(store, trace, references),
    readKeptTexts(store, caseId, Object.fromEntries(kept)),
  ]);
  return { ...facts, ...values, ...texts };
}

async function readReferences(
  store: ContextStore | undefined,
  trace: string,
  references: readonly (readonly [string, ContextReference])[],
): Promise<JsonObject> {
  if (references.length === 0) return {};
  if (!store) throw withoutStore();
  const found = await patiently(() =>
    store.read({ trace, values: references.map(([, reference]) => ({ reference })) }),
  );
  return Object.fromEntries(references.map(([name], index) => [name, found.values[index] ?? null] as const));
}

/**
 * Moves facts into the store: those an edge names, and any above {@link REFERENCE_ABOVE_BYTES}. Keys hold the digest
 * of the value, so that the same fact on its way through many hands is kept once, and a retried turn keeps nothing
 * twice. Without a store everything stays in the payload (X4).
 * @param which facts that go whatever their size, and the team by whose approvals some must stay
 */
export async function offloadFacts(
  store: ContextStore | undefined,
  owner: ContextCase,
  facts: JsonObject,
  which: { readonly manifest: TeamManifest; readonly named?: readonly string[] },
): Promise<JsonObject> {
  // In a private team every fact goes, whatever its size, on the last step out.
  if (!store || which.manifest.private === 'all') return facts;
  const light = (name: string, value: JsonValue): boolean =>
    which.named?.includes(name) !== true && isWithinBytes(value, REFERENCE_ABOVE_BYTES);
  const heavy = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined || value === null || referenceOf(value) || light(name, value)
      ? []
      : [{ name, value }],
  );
  if (heavy.length === 0) return facts;
  const decided = namesDecidedBy(which.manifest);
  const entries = heavy.flatMap(({ name, value }) => {
    if (decided.has(name)) return [];
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
