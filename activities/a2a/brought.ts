import type { A2aReport } from '../../contract/a2a.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { PARTIAL_RESULTS_BYTES } from '../../contract/limits.ts';
import { jsonBytes } from '../../contract/json-bytes.ts';
import type { Parsed } from '../../contract/parse.ts';
import {
  cutMemory,
  workingMemoryOf,
  type MemoryAccepted,
  type WorkingMemory,
} from '../../contract/working-memory.ts';
import type { AgentDefinition, Answer } from '../agent.ts';
import { whyResultsRefused } from '../memory-edge.ts';

/** What an author says of the working memory that an agent elsewhere may bring, and the same as it cuts. */
export interface ReturnsMemory {
  readonly definition: NonNullable<AgentDefinition<never>['workingMemory']>;
  readonly accepted: MemoryAccepted;
}

/** What another house's answer brings beside words and facts (H8). */
export type Brought = Pick<Answer, 'recordsRead' | 'workingMemory'> & {
  readonly elsewhere?: NonNullable<NonNullable<Answer['provenance']>['elsewhere']>;
};

/**
 * What goes of a working memory to an agent elsewhere: what it takes up, and nothing else. It goes by value, for the other
 * house has another store.
 * @throws BatonError `INPUT_TOO_LARGE` naming `memory.partialResults`
 */
export function memoryToSend(
  accepted: MemoryAccepted | undefined,
  memory: WorkingMemory,
): WorkingMemory | undefined {
  const { crossed } = cutMemory(accepted, memory);
  const bytes = jsonBytes(crossed?.partialResults ?? {});
  if (bytes <= PARTIAL_RESULTS_BYTES) return crossed;
  const field = 'memory.partialResults';
  const detail = `${field} has ${String(bytes)} bytes on its way to another house, the limit is ${String(PARTIAL_RESULTS_BYTES)}`;
  throw new BatonError(failure('INPUT_TOO_LARGE', detail, field));
}

/**
 * What a report brings, cut to what the author said and read by the author's own schema: an answer is believed no more
 * than that of any agent. Of a house that says nothing of it, nothing. Failures: `AGENT_OUTPUT_INVALID` naming the result.
 */
export function readBrought(
  agent: string,
  returns: ReturnsMemory | undefined,
  report: A2aReport | undefined,
): Parsed<Brought> {
  const { memory, effects, provenance } = report ?? {};
  const elsewhere =
    effects || provenance ? { elsewhere: { effects: effects ?? [], provenance: provenance ?? [] } } : {};
  const { crossed } = memory ? cutMemory(returns?.accepted, workingMemoryOf(memory)) : {};
  const { intent, recordsRead, partialResults } = crossed ?? {};
  const field = 'workingMemory.partialResults';
  const reader = { name: agent, definition: returns ? { workingMemory: returns.definition } : {} };
  const why = whyResultsRefused(reader, partialResults, field);
  if (why !== undefined) return { ok: false, failure: failure('AGENT_OUTPUT_INVALID', why, field) };
  const stated = {
    ...(intent === undefined ? {} : { intent }),
    ...(partialResults
      ? { partialResults: partialResults as NonNullable<Brought['workingMemory']>['partialResults'] & object }
      : {}),
  };
  return {
    ok: true,
    value: {
      ...(recordsRead ? { recordsRead: [...recordsRead] } : {}),
      ...(Object.keys(stated).length > 0 ? { workingMemory: stated } : {}),
      ...elsewhere,
    },
  };
}

/** An answer with what was brought: the agent here states it as its own, and says where the decision was made. */
export function withBrought(answer: Answer, { elsewhere, ...stated }: Brought): Answer {
  return {
    ...answer,
    ...stated,
    ...(elsewhere ? { provenance: { ...answer.provenance, elsewhere } } : {}),
  };
}
