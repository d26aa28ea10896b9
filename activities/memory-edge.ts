import { z } from 'zod';
import type { TurnInput } from '../contract/activities.ts';
import type { Envelope } from '../contract/envelope.ts';
import { failure, type Failure } from '../contract/failures.ts';
import type { JsonObject } from '../contract/json.ts';
import { PARTIAL_RESULTS_BYTES, REASON_CHARACTERS, RECORDS_READ } from '../contract/limits.ts';
import { jsonBytes } from '../contract/json-bytes.ts';
import { referenceOf } from '../contract/reference-fact.ts';
import type { Masked } from '../contract/redaction.ts';
import { declares, selectFields } from '../contract/selective-fields.ts';
import { declarationsOfFacts, declarationsOfMember } from '../contract/tagged-fields.ts';
import type { AgentManifest } from '../contract/team.ts';
import type { AgentTurn } from '../contract/turn.ts';
import {
  crossingOf,
  cutMemory,
  joinDropped,
  joinResults,
  workingMemoryOf,
  type MemoryCrossing,
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
    joinDropped(dropped, lost.length > 0 ? { partialResults: lost } : {}),
  );
  return {
    ...(crossing.crossed || crossing.dropped ? { crossing } : {}),
    masked: redaction.masked,
    originals: redaction.originals,
  };
}

/**
 * Results as the first owner of a case reads them, where another house handed it over. In a private team the workflow
 * saw references alone, so that whoever reads them cuts what is within (I6); what the owner stated itself stays.
 */
export function asTakenUp(
  { handedOver, transfer }: Pick<Envelope, 'handedOver' | 'transfer'>,
  owner: Pick<AgentManifest, 'workingMemory'> | undefined,
  results: JsonObject,
): JsonObject {
  const schema = owner?.workingMemory?.partialResults;
  if (!handedOver || transfer || !schema) return results;
  const entries = Object.entries(results).map(
    ([name, value]) =>
      [name, declares(schema, name) ? selectFields(schema, { [name]: value }).facts[name] : value] as const,
  );
  return Object.fromEntries(entries);
}

/** Why an agent does not take up these results: its own schema is asked, one result at a time, for none is required. */
export function whyResultsRefused(
  agent: Pick<Agent, 'name'> & { readonly definition: Pick<Agent['definition'], 'workingMemory'> },
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
