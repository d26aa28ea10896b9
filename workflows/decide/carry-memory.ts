import type { JsonObject } from '../../contract/json.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import { kindsRedactedBetween } from '../../contract/redaction.ts';
import {
  cutMemory,
  isEmptyMemory,
  joinMemory,
  joinResults,
  outlineOf,
  workingMemoryOf,
  type MemoryCrossing,
  type WorkingMemory,
} from '../../contract/working-memory.ts';
import { RECORDS_READ } from '../../contract/limits.ts';
import type { HandoffMemory } from '../../contract/case.ts';
import type { CaseState, OwnerMemory } from '../state.ts';
import { manifestOf, memoryOf } from '../state.ts';
import { agentOf } from './compose.ts';

/**
 * What an owner works with, as far as its team hands such things on: where no agent takes up anything, records read
 * stay with whoever read them, as in every case that began before they crossed (I10).
 */
export function carriedBy(state: CaseState, memory: OwnerMemory): WorkingMemory {
  const { intent, partialResults, recordsRead } = memory;
  const known = Object.values(manifestOf(state).agents).some((agent) => agent.workingMemory !== undefined);
  return workingMemoryOf({ intent, partialResults, recordsRead: known ? recordsRead : [] });
}

/**
 * The working memory of the owner on a way that the workflow or a person chose (H8). Nothing is detected in a workflow:
 * over a way that redacts it is left behind (X5). People get all of it.
 * @param verb whose edge says what is masked
 */
export function carryMemory(
  state: CaseState,
  to: string,
  verb: 'transfer' | 'return' | 'give-back',
): MemoryCrossing | undefined {
  const memory = carriedBy(state, memoryOf(state, state.owner));
  if (isEmptyMemory(memory)) return undefined;
  if (poolOfOwner(to) !== undefined) return { crossed: memory };
  const masks = verb === 'give-back' ? [] : kindsRedactedBetween(manifestOf(state), state.owner, to, verb);
  return cutMemory(masks.length > 0 ? undefined : agentOf(state, to).workingMemory, memory);
}

/** The working memory of a handoff by name and number, and what its receiver forgets for it. */
export function memoryInRecord(
  state: CaseState,
  to: string,
  { crossed = {}, dropped = {} }: MemoryCrossing,
): HandoffMemory {
  const own = memoryOf(state, to).recordsRead;
  const forgotten = new Set([...own, ...(crossed.recordsRead ?? [])]).size - RECORDS_READ;
  return { crossed: outlineOf(crossed), dropped, ...(forgotten > 0 ? { forgotten } : {}) };
}

/** A crossing in a row of the ledger, by name and number; nothing where there was nothing to cross. */
export function memoryInRow(memory: MemoryCrossing | undefined): JsonObject {
  if (!memory) return {};
  return { memory: { crossed: outlineOf(memory.crossed ?? {}), dropped: memory.dropped ?? {} } };
}

/** An owner's memory once a working memory has reached it; the same where none has. */
export function withCrossed(memory: OwnerMemory, crossed: WorkingMemory | undefined): OwnerMemory {
  if (!crossed) return memory;
  const { recordsRead = [], ...joined } = joinMemory(workingMemoryOf(memory), crossed);
  return { ...memory, ...joined, recordsRead };
}

/** What an owner may say anew, whatever else it says with it. */
interface Stated {
  readonly intent?: string | undefined;
  readonly partialResults?: JsonObject | undefined;
}

/** What an owner works with once it has said what is new of it (H8). */
export function statedIn(
  memory: OwnerMemory,
  stated: Stated | undefined,
): Pick<OwnerMemory, 'intent' | 'partialResults'> {
  if (!stated) return {};
  const { intent, partialResults } = stated;
  return {
    ...(intent === undefined ? {} : { intent }),
    ...(partialResults ? { partialResults: joinResults(memory.partialResults, partialResults) } : {}),
  };
}
