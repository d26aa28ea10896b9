import type { Turn } from '../activities/agent.ts';
import type { JsonObject } from '../contract/json.ts';
import type { Act } from './judge.ts';

/** Notes what only roles are told. */
export interface Watch {
  readonly see: (role: string, turn: Turn<JsonObject>) => void;
  /** Look-ups and refused calls of a role in a case, in order. */
  readonly actsOf: (role: string, caseId: string) => readonly Act[];
}

/** A watch over the turns of this process. A turn that is tried again is seen once. */
export function createWatch(): Watch {
  const seen = new Map<string, Act>();
  const place = (role: string, caseId: string): string => `${role} ${caseId} `;
  return {
    see: (role, { caseId, number, answers }) => {
      for (const { id, tool, answer } of answers) {
        const act: Act =
          answer.kind === 'done'
            ? { kind: 'looked-up', tool }
            : { kind: 'call-refused', tool, code: answer.failure.code };
        seen.set(`${place(role, caseId)}${String(number)} ${id}`, act);
      }
    },
    actsOf: (role, caseId) =>
      [...seen].filter(([key]) => key.startsWith(place(role, caseId))).map(([, act]) => act),
  };
}
