import type { TurnInput } from '../contract/activities.ts';
import { failure, type Failure } from '../contract/failures.ts';
import { getOwn } from '../contract/json.ts';
import { PARTIAL_RESULTS_BYTES } from '../contract/limits.ts';
import { jsonBytes } from '../contract/json-bytes.ts';
import type { TeamManifest } from '../contract/team.ts';
import type { AgentTurn } from '../contract/turn.ts';
import {
  acceptedByNames,
  crossingOf,
  cutMemory,
  joinDropped,
  type MemoryCrossing,
  type WorkingMemory,
} from '../contract/working-memory.ts';
import { leaveMemory } from './memory-edge.ts';
import { Redaction } from './privacy/redact.ts';

/** What goes back of a working memory, or why the turn cannot end the case like this. */
export type HandsBack =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'crossing'; readonly crossing: MemoryCrossing }
  | { readonly kind: 'refused'; readonly failure: Failure };

/**
 * The edge out of the team: whoever finishes a case that another house has handed over hands back what that house takes
 * up and the team lets out, masked as the team says (H8, I6, X5). It goes by value, for the other house has another store.
 * @param memory all that the finishing agent works with, references resolved
 */
export function handBack(
  { intent }: AgentTurn,
  { agent, envelope, asked }: Pick<TurnInput, 'agent' | 'envelope' | 'asked'>,
  memory: WorkingMemory,
  { handsBack, agents }: TeamManifest,
): HandsBack {
  const { handedOver } = envelope;
  if (intent.kind !== 'finish' || asked || !handedOver || !handsBack) return { kind: 'nothing' };
  const wanted = cutMemory(handedOver.takes && acceptedByNames(handedOver.takes), memory);
  const { crossing = {} } = leaveMemory(
    wanted.crossed ?? {},
    handsBack,
    getOwn(agents, agent),
    new Redaction(handsBack.redact ?? []),
  );
  const bytes = jsonBytes(crossing.crossed?.partialResults ?? {});
  if (bytes > PARTIAL_RESULTS_BYTES) {
    const field = 'workingMemory.partialResults';
    const detail =
      `${field} has ${String(bytes)} bytes on its way to another house, the limit is ${String(PARTIAL_RESULTS_BYTES)}; ` +
      'replace a result under its name, or take it away with null';
    return { kind: 'refused', failure: failure('AGENT_OUTPUT_INVALID', detail, field) };
  }
  const dropped = joinDropped(wanted.dropped ?? {}, crossing.dropped ?? {});
  const whole = crossingOf(crossing.crossed ?? {}, dropped);
  return Object.keys(whole).length > 0 ? { kind: 'crossing', crossing: whole } : { kind: 'nothing' };
}
