import type { PersonalDataKind } from '../../contract/personal-data.ts';
import type { JsonObject } from '../../contract/json.ts';
import { getOwn } from '../../contract/json.ts';
import type { Wall } from '../../contract/redaction.ts';
import { isMask, kindsRedactedAnywhere, kindsRedactedBetween } from '../../contract/redaction.ts';
import { workingMemoryOf, type WorkingMemory } from '../../contract/working-memory.ts';
import type { CaseState } from '../state.ts';
import { manifestOf, memoryOf } from '../state.ts';

/** Walls kept per owner: far more than a case of bounded hops needs. */
const MOST = 200;

/**
 * What the next owner sees only as redacted (X5). Whoever had the case before keeps seeing what it saw then. Of what
 * came after, it inherits the walls of the one it takes over from, so that a wall cannot be walked around through a
 * third agent, and the edge between the two adds its own.
 */
export function wallsFor(
  state: CaseState,
  to: string,
  verb: 'transfer' | 'return' | 'escalate' | 'give-back',
): readonly Wall[] {
  const manifest = manifestOf(state);
  if (kindsRedactedAnywhere(manifest).length === 0) return [];
  const { transfer, leftAt = -1 } = memoryOf(state, to);
  const before = transfer?.walls ?? [];
  const inherited = (memoryOf(state, state.owner).transfer?.walls ?? [])
    .map((wall) => ({ ...wall, after: Math.max(wall.after, leftAt) }))
    .filter((wall) => wall.after < wall.through || (wall.after < 0 && wall.through === 0));
  const own = edgeKinds(state, to, verb);
  const added: Wall[] =
    own.length > 0 && leftAt < state.messages
      ? [{ after: leftAt, through: state.messages, kinds: [...own] }]
      : [];
  return joined([...before, ...inherited, ...added]).slice(-MOST);
}

function edgeKinds(
  state: CaseState,
  to: string,
  verb: 'transfer' | 'return' | 'escalate' | 'give-back',
): readonly PersonalDataKind[] {
  if (verb !== 'transfer' && verb !== 'return') return [];
  return kindsRedactedBetween(manifestOf(state), state.owner, to, verb);
}

/** Walls of the same kinds at the same place are one. */
function joined(walls: readonly Wall[]): readonly Wall[] {
  const byPlace = new Map<string, Wall>();
  for (const wall of walls) {
    const key = `${String(wall.after)} ${wall.kinds.join(' ')}`;
    const known = byPlace.get(key);
    byPlace.set(key, known && known.through >= wall.through ? known : wall);
  }
  return [...byPlace.values()];
}

/**
 * Facts that reach an owner which had the case before: a mask does not take the place of the value that the owner
 * gave away itself.
 */
export function withoutMasksOfOwn(state: CaseState, to: string, facts: JsonObject): JsonObject {
  if (kindsRedactedAnywhere(manifestOf(state)).length === 0) return facts;
  return withoutMasks(facts, memoryOf(state, to).facts);
}

/** The same of partial results. */
export function withoutMaskedResults(state: CaseState, to: string, memory: WorkingMemory): WorkingMemory {
  if (!memory.partialResults || kindsRedactedAnywhere(manifestOf(state)).length === 0) return memory;
  const partialResults = withoutMasks(memory.partialResults, memoryOf(state, to).partialResults ?? {});
  return workingMemoryOf({ ...memory, partialResults });
}

function withoutMasks(values: JsonObject, own: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => {
      const known = getOwn(own, name);
      return known === undefined || !isMask(value) || isMask(known);
    }),
  );
}
