import { isDeepStrictEqual } from 'node:util';
import type { HandoffMemory } from '../../../contract/case.ts';
import { getOwn } from '../../../contract/json.ts';
import { poolOfOwner } from '../../../contract/queues.ts';
import type { TeamManifest } from '../../../contract/team.ts';
import { workingMemoryOf, type MemoryOutline, type WorkingMemory } from '../../../contract/working-memory.ts';
import { actorOf } from '../../../workflows/asks.ts';
import { memoryOf } from '../../../workflows/state.ts';
import { seenBy } from './at-work.ts';
import { holds } from './holds.ts';
import type { Check, Observed } from './play.ts';

/**
 * H8: what was stated upstream arrives downstream, all of it, or is recorded as left behind; and nobody is told what it
 * neither takes up nor stated itself.
 */
export function createMemoryCheck(): Check {
  const stated = new Map<string, WorkingMemory[]>();
  return (observed) => {
    const { before, event, after, steps, rows } = observed;
    const { manifest } = after;
    if (!manifest || !usesMemory(manifest)) return;
    if (event.kind === 'turn-ended' && event.output.kind === 'turned') {
      const said = workingMemoryOf({
        ...event.output.turn.workingMemory,
        recordsRead: event.output.turn.recordsRead,
      });
      for (const who of new Set([actorOf(seenBy(before, event)), before.owner, receiverIn(observed)]))
        if (who !== undefined) stated.set(who, [...(stated.get(who) ?? []), said]);
      const learnt = rows.find((row) => row.kind === 'turn-completed')?.content['agent'];
      if (
        typeof learnt === 'string' &&
        learnt === (receiverIn(observed) ?? before.owner) &&
        !before.asks?.length
      )
        arrives(said, workingMemoryOf(memoryOf(after, learnt)), {}, `${learnt} forgot what it stated`);
    }
    // One event may hand a case on twice: whoever gave it to people is who brought it there.
    const brought = after.handoffs.find((one) => one.id === after.broughtBy);
    if (brought && before.broughtBy !== brought.id && poolOfOwner(after.owner) !== undefined) {
      const where = `people were not told all that ${brought.from} had`;
      arrives(memoryIn(after, brought.from), memoryIn(after, after.owner), {}, where);
    }
    for (const step of steps) {
      if (step.kind !== 'turn' && step.kind !== 'handoff') continue;
      const { agent, envelope, offer } = step.input;
      const told = workingMemoryOf(envelope.memory);
      wasGiven(told, manifest.agents[agent], stated.get(agent) ?? [], agent);
      const record = offer && after.handoffs.find((one) => one.id === offer.handoffId);
      if (!record) continue;
      const { dropped }: Pick<HandoffMemory, 'dropped'> = record.memory ?? { dropped: {} };
      arrives(memoryIn(after, record.from), told, dropped, `${record.id}, ${record.from} -> ${record.to}`);
    }
  };
}

function usesMemory({ agents }: TeamManifest): boolean {
  return Object.values(agents).some((agent) => agent.workingMemory !== undefined);
}

function memoryIn(state: Observed['after'], owner: string): WorkingMemory {
  return workingMemoryOf(memoryOf(state, owner));
}

function receiverIn({ before }: Observed): string | undefined {
  const { work } = before;
  return work.kind === 'offer' ? before.handoffs.find((one) => one.id === work.handoffId)?.to : undefined;
}

function arrives(sent: WorkingMemory, told: WorkingMemory, dropped: MemoryOutline, where: string): void {
  const { intent, recordsRead = [], partialResults = {} } = sent;
  holds(
    intent === undefined || told.intent === intent || dropped.intent === true,
    `H8: an intent was lost (${where})`,
  );
  const lost = recordsRead.filter((record) => told.recordsRead?.includes(record) !== true);
  holds(
    lost.length <= (dropped.recordsRead ?? 0),
    `H8: records read were lost: ${lost.join(', ')} (${where})`,
  );
  for (const [name, value] of Object.entries(partialResults)) {
    if (value === null) continue;
    const there = isDeepStrictEqual(getOwn(told.partialResults ?? {}, name), value);
    holds(there || dropped.partialResults?.includes(name) === true, `H8: ${name} was lost (${where})`);
  }
}

/** I6 of the working memory. */
function wasGiven(
  told: WorkingMemory,
  agent: TeamManifest['agents'][string] | undefined,
  own: readonly WorkingMemory[],
  name: string,
): void {
  const accepted = agent?.workingMemory ?? {};
  holds(
    told.intent === undefined || accepted.intent === true || own.some((one) => one.intent === told.intent),
    `I6: ${name} is told an intent that it does not take up`,
  );
  for (const record of told.recordsRead ?? [])
    holds(
      accepted.recordsRead === true || own.some((one) => one.recordsRead?.includes(record)),
      `I6: ${name} is told of a record that it does not take up`,
    );
  const declared = accepted.partialResults?.['properties'] ?? {};
  for (const result of Object.keys(told.partialResults ?? {}))
    holds(
      Object.hasOwn(declared as object, result) ||
        own.some((one) => Object.hasOwn(one.partialResults ?? {}, result)),
      `I6: ${name} is told ${result}, which it does not take up`,
    );
}
