import type { ReadinessInput } from '../../contract/activities.ts';
import type { CaseState } from '../state.ts';
import { agentOf } from './compose.ts';

/** What has to be read of an agent before it is offered a case; nothing of one without a breaker. */
export function readinessOf(state: CaseState, name: string, handoff: string): ReadinessInput | undefined {
  const { version: agentVersion, queue, breaker } = agentOf(state, name);
  if (!breaker) return undefined;
  const { caseId, trace, team } = state;
  const identity = { version: '1.0.0', caseId, trace, team } as const;
  return { ...identity, agent: name, agentVersion, queue, breaker: { handoff, rules: breaker } };
}
