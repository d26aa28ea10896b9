import type { TurnOutput } from '../../contract/activities.ts';
import { jsonOf } from '../../contract/canonical-json.ts';
import { FINISHED_RECORDS, RECORDS_READ } from '../../contract/limits.ts';
import { cutText } from '../../contract/text.ts';
import type { AgentTurn } from '../../contract/turn.ts';
import { actorMemory, actorOf, withActorMemory } from '../asks.ts';
import type { Draft } from '../draft.ts';
import { writeRow } from '../draft.ts';
import { memoryInRow, statedIn } from './carry-memory.ts';
import { agentOf } from './compose.ts';
import { skillInRow } from './skills.ts';

/** Whoever takes the turns has taken one: what it noted is its own, and how it decided is on record (H5). */
export function learn(
  draft: Draft,
  turn: AgentTurn,
  {
    language,
    usage,
    forgotten,
    handsBack,
    skill,
  }: Pick<Extract<TurnOutput, { kind: 'turned' }>, 'language' | 'usage' | 'forgotten' | 'handsBack'> & {
    /** What it worked at, as what its model took is put down to. */
    readonly skill: string | undefined;
  },
): void {
  const { state } = draft;
  const { intent, provenance } = turn;
  const actor = actorOf(state);
  const memory = actorMemory(state);
  const recordsRead = [...new Set([...memory.recordsRead, ...(turn.recordsRead ?? [])])].slice(-RECORDS_READ);
  const facts = { ...memory.facts, ...turn.facts };
  const known = { ...memory, facts, recordsRead, ...statedIn(memory, turn.workingMemory) };
  Object.assign(state, withActorMemory(state, known));
  const target =
    intent.kind === 'transfer' || intent.kind === 'escalate' || intent.kind === 'ask' ? intent.to : undefined;
  const targets = intent.kind === 'fan-out' ? intent.asks.map((one) => one.to).join(', ') : target;
  const decision = targets === undefined ? intent.kind : `${intent.kind} ${targets}`;
  const entry = {
    step: state.steps,
    agent: actor,
    agentVersion: agentOf(state, actor).version,
    decision: cutText(decision, 200),
    ...provenance,
    ...(intent.kind === 'call'
      ? { toolCalls: intent.calls.map((call) => ({ tool: call.tool, callId: call.id })) }
      : {}),
  };
  state.provenance = [...state.provenance, entry].slice(-FINISHED_RECORDS);
  writeRow(draft, 'turn-completed', {
    turn: state.turns,
    agent: actor,
    agentVersion: entry.agentVersion,
    decision: entry.decision,
    ...(entry.toolCalls ? { toolCalls: entry.toolCalls } : {}),
    ...(language === undefined ? {} : { language }),
    ...(forgotten === undefined ? {} : { forgotten }),
    ...memoryInRow(handsBack),
    ...provenance,
    ...(usage ? { ...skillInRow(skill), usage: jsonOf(usage) } : {}),
  });
}
