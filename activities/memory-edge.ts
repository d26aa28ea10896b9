import { z } from 'zod';
import type { TurnInput } from '../contract/activities.ts';
import { failure, type Failure } from '../contract/failures.ts';
import type { JsonObject } from '../contract/json.ts';
import { PARTIAL_RESULTS_BYTES, REASON_CHARACTERS, RECORDS_READ } from '../contract/limits.ts';
import { jsonBytes } from '../contract/parse.ts';
import { referenceOf } from '../contract/reference-fact.ts';
import type { Masked } from '../contract/redaction.ts';
import { declarationsOfFacts, declarationsOfMember } from '../contract/tagged-fields.ts';
import type { AgentManifest } from '../contract/team.ts';
import type { AgentTurn } from '../contract/turn.ts';
import {
  crossingOf,
  cutMemory,
  joinResults,
  workingMemoryOf,
  type MemoryCrossing,
  type MemoryOutline,
  type WorkingMemory,
} from '../contract/working-memory.ts';
import type { Agent } from './agent.ts';
import type { Originals, Redaction } from './privacy/redact.ts';

/** Characters of one entry among records read. */
const RECORD_CHARACTERS = 500;

/** A working memory that has been cut and masked for one receiver. */
export interface MemoryLeft {
  readonly crossing?: MemoryCrossing;
  readonly masked: readonly Masked[];
  readonly originals: Originals;
}

/** What an agent works with once its turn has said what is new: everything of it that could cross. */
export function memoryToCut(received: WorkingMemory, turn: AgentTurn): WorkingMemory {
  const { recordsRead = [], workingMemory } = turn;
  return workingMemoryOf({
    intent: workingMemory?.intent ?? received.intent,
    recordsRead: [...(received.recordsRead ?? []), ...recordsRead],
    partialResults: joinResults(received.partialResults, workingMemory?.partialResults),
  });
}

/**
 * The exit edge of the working memory: cut to what the receiver takes up, and masked as the edge says (H8, I6, X5).
 * @param redaction of this crossing alone
 */
export function leaveMemory(
  memory: WorkingMemory,
  receiver: Pick<AgentManifest, 'workingMemory'> | undefined,
  sender: Pick<AgentManifest, 'workingMemory'> | undefined,
  redaction: Redaction,
): MemoryLeft {
  const { crossed = {}, dropped = {} } = cutMemory(receiver?.workingMemory, memory);
  const { intent, recordsRead = [], partialResults = {} } = crossed;
  // Either side may know that a result is personal.
  const ends = declarationsOfFacts([receiver, sender].map((one) => one?.workingMemory?.partialResults ?? {}));
  const results = redaction.facts(
    partialResults,
    (name) => declarationsOfMember(ends, name),
    'memory.partialResults',
  );
  const lost = redaction.dropped.map((path) => path.replace(/^memory\.partialResults\./, ''));
  const crossing = crossingOf(
    {
      ...(intent === undefined ? {} : { intent: redaction.text(intent, 'memory.intent', REASON_CHARACTERS) }),
      recordsRead: redaction.texts(recordsRead, 'memory.recordsRead', RECORD_CHARACTERS),
      partialResults: results,
    },
    joinDropped(dropped, lost),
  );
  return {
    ...(crossing.crossed || crossing.dropped ? { crossing } : {}),
    masked: redaction.masked,
    originals: redaction.originals,
  };
}

function joinDropped(dropped: MemoryOutline, lost: readonly string[]): MemoryOutline {
  const partialResults = [...(dropped.partialResults ?? []), ...lost];
  return { ...dropped, ...(partialResults.length > 0 ? { partialResults } : {}) };
}

/** Why an agent does not take up these results: its own schema is asked, one result at a time, for none is required. */
export function whyResultsRefused(
  agent: Agent,
  results: JsonObject | undefined,
  field: string,
): string | undefined {
  const shape = agent.definition.workingMemory?.partialResults?.shape ?? {};
  for (const [name, schema] of Object.entries(shape)) {
    const value = results && Object.hasOwn(results, name) ? results[name] : undefined;
    if (value === undefined || referenceOf(value)) continue;
    const read = (schema as z.ZodType).safeParse(value);
    if (!read.success)
      return `${agent.name} does not take up ${field}.${name}: ${z.prettifyError(read.error)}`;
  }
  return undefined;
}

/**
 * Whether what an agent stated can be kept beside what it stated before (X11), and reads as its own schema says.
 * @param turn as it leaves, with what is large by reference
 */
export function refuseStated(
  agent: Agent,
  envelope: TurnInput['envelope'],
  stated: AgentTurn,
  turn: AgentTurn,
): Failure | undefined {
  const field = 'workingMemory.partialResults';
  const own = stated.workingMemory?.partialResults;
  if (!own) return undefined;
  const why = whyResultsRefused(agent, own, field);
  if (why !== undefined) return failure('AGENT_OUTPUT_INVALID', why, field);
  const { partialResults: known } = workingMemoryOf(envelope.memory);
  const bytes = jsonBytes(joinResults(known, turn.workingMemory?.partialResults));
  if (bytes <= PARTIAL_RESULTS_BYTES) return undefined;
  const detail =
    `${field} has ${String(bytes)} bytes with what was stated before, the limit is ${String(PARTIAL_RESULTS_BYTES)}; ` +
    'replace a result under its name, or take it away with null';
  return failure('AGENT_OUTPUT_INVALID', detail, field);
}

/** How many records a turn makes its agent forget: the ledger counts them. */
export function countForgotten(envelope: TurnInput['envelope'], turn: AgentTurn): number {
  const read = new Set([...(envelope.memory.recordsRead ?? []), ...(turn.recordsRead ?? [])]);
  return Math.max(0, read.size - RECORDS_READ);
}
