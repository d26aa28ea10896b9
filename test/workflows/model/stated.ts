import type { TeamManifest } from '../../../contract/team.ts';
import type { AgentTurnInput } from '../../../contract/turn.ts';
import type { Chance } from './chance.ts';
import { RESULTS } from './teams.ts';

/** Working memory, in teams that hand it on. */
export function statedBy(chance: Chance, { agents }: TeamManifest): Pick<AgentTurnInput, 'workingMemory'> {
  if (!Object.values(agents).some((agent) => agent.workingMemory) || chance.maybe(40)) return {};
  const results = RESULTS.flatMap((name) =>
    chance.maybe(40) ? [[name, chance.maybe(10) ? null : chance.below(5)] as const] : [],
  );
  return {
    workingMemory: {
      ...(chance.maybe(50) ? { intent: `to find out ${String(chance.below(5))}` } : {}),
      ...(results.length > 0 ? { partialResults: Object.fromEntries(results) } : {}),
    },
  };
}
