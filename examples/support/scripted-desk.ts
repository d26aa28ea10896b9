import type { Agent } from '../../activities/agent.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { RecordStore } from '../../contract/ports.ts';
import { scriptedAgent } from '../../testing/scripted-agent.ts';
import { billingRole } from './agents/billing.ts';
import { legalRole } from './agents/legal.ts';
import { technicalRole } from './agents/technical.ts';
import { triageRole } from './agents/triage.ts';
import type { Role } from './role.ts';
import { filled, type ScriptedTurn } from './script.ts';
import type { DeskAgents } from './team.ts';

/** The desk's agents as a script has them: the same roles, tools and authority, and nobody who thinks. */
export function scriptedAgents(records: RecordStore, script: readonly ScriptedTurn[]): DeskAgents {
  const play = <Facts extends JsonObject>(role: Role<Facts>): Agent => {
    const steps = script.filter((turn) => turn.agent === role.name);
    return scriptedAgent(
      role.name,
      steps.map(
        ({ answer }) =>
          (turn) =>
            filled(answer, JSON.stringify([turn.memory, turn.answers])),
      ),
      role as unknown as Role<JsonObject>,
    ).agent;
  };
  return {
    triage: play(triageRole(records)),
    billing: play(billingRole(records)),
    technical: play(technicalRole(records)),
    legal: play(legalRole(records)),
  };
}
