import { canonicalJson } from '../../../contract/canonical-json.ts';
import type { CaseView, HandoffRecord } from '../../../contract/case.ts';
import type { JsonObject } from '../../../contract/json.ts';
import { isJsonObject } from '../../../contract/json.ts';
import type { TeamManifest } from '../../../contract/team.ts';

/** What an agent tells of a turn: what it saw, and what it handed on, as it stood in its process. */
export interface TurnTold {
  readonly agent: string;
  /** Handoff that brought the case to this agent. */
  readonly handoffId?: string;
  readonly saw: JsonObject;
  readonly handedOn?: { readonly to: string; readonly facts: JsonObject };
}

/** What agents saw and handed on, told by the processes they ran in. */
export interface Observations {
  readonly add: (caseId: string, turn: TurnTold) => void;
  /**
   * Context slots over all handoffs between agents of a case: those that a receiver declares and the sender had,
   * and those that the receiving agent saw with the same value. Measured on both sides, apart from what Baton says.
   */
  readonly slots: (view: CaseView) => { readonly declared: number; readonly arrived: number };
  readonly forget: (caseId: string) => void;
}

/** Keeps observations by case. */
export function createObservations(manifest: TeamManifest): Observations {
  const turns = new Map<string, TurnTold[]>();
  return {
    add: (caseId, turn) => turns.set(caseId, [...(turns.get(caseId) ?? []), turn]),
    forget: (caseId) => turns.delete(caseId),
    slots: (view) => {
      const seen = turns.get(view.caseId) ?? [];
      let declared = 0;
      let arrived = 0;
      for (const handoff of view.handoffs) {
        if (handoff.verb !== 'transfer' || handoff.acceptedAt === undefined) continue;
        const { sent, received } = bothSides(seen, handoff);
        for (const slot of declaredSlots(manifest, handoff.to)) {
          if (sent?.[slot] === undefined) continue;
          declared += 1;
          if (received !== undefined && canonicalJson(received[slot] ?? null) === canonicalJson(sent[slot])) {
            arrived += 1;
          }
        }
      }
      return { declared, arrived };
    },
  };
}

/** What the sender had and what the receiver saw. A handoff's place in the script tells two of one pair apart. */
function bothSides(
  turns: readonly TurnTold[],
  handoff: HandoffRecord,
): { readonly sent: JsonObject | undefined; readonly received: JsonObject | undefined } {
  // Of several attempts the first is what the agent saw before it worked on.
  const received = turns.find((turn) => turn.handoffId === handoff.id && turn.agent === handoff.to)?.saw;
  const before = turns.filter((turn) => turn.agent === handoff.from && turn.handedOn?.to === handoff.to);
  const sent =
    before.find((turn) => turn.handedOn?.facts['cursor'] === received?.['cursor']) ?? before.at(-1);
  return { sent: sent?.handedOn?.facts, received };
}

function declaredSlots(manifest: TeamManifest, agent: string): readonly string[] {
  const properties = manifest.agents[agent]?.accepts['properties'];
  return isJsonObject(properties) ? Object.keys(properties) : [];
}
