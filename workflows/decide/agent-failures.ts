import type { Failure, FailureCode } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import type { Draft } from '../draft.ts';
import { handoffOf, writeRow } from '../draft.ts';
import type { CaseEvent } from '../events.ts';
import { manifestOf } from '../state.ts';

const ONLY_PEOPLE: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'AGENT_NEEDS_PERSON',
  'BUDGET_SPENT',
  'TENANT_BUDGET_SPENT',
]);

/** Whether no other agent can mend a failure either: people take the case. */
export function needsPeople({ code }: Failure): boolean {
  return ONLY_PEOPLE.has(code);
}

/** Failures that say nothing of the agent: a person is needed, the case has spent its budget, or others are at fault. */
const NOT_ITS_OWN: ReadonlySet<FailureCode> = new Set<FailureCode>([
  ...ONLY_PEOPLE,
  'INPUT_TOO_LARGE',
  'PAYLOAD_UNDECODABLE',
  'STORE_UNAVAILABLE',
  'OFFER_WITHDRAWN',
]);

/**
 * An agent with a breaker has failed for good: all attempts of a turn, every repair of its output, or an offer that
 * nobody answered. Reported by the case, for whoever failed may be gone (R7).
 * @param failed the turn, and the handoff whose first turn it was
 */
export function reportFailure(
  draft: Draft,
  agentName: string,
  problem: Failure,
  failed: { readonly turnId: string; readonly handoffId?: string | undefined },
): void {
  const { state } = draft;
  const agent = getOwn(manifestOf(state).agents, agentName);
  if (!agent?.breaker || NOT_ITS_OWN.has(problem.code)) return;
  const { handoffId, turnId } = failed;
  draft.steps.push({
    kind: 'report-failure',
    input: {
      version: '1.0.0',
      caseId: state.caseId,
      trace: state.trace,
      team: state.team,
      agent: agent.name,
      agentVersion: agent.version,
      rules: agent.breaker,
      key: `${state.trace} ${turnId}`,
      ...(handoffId === undefined ? {} : { handoff: handoffOf(state, handoffId).key }),
      code: problem.code,
    },
  });
}

/** The failure of this case was the last that its agent was allowed. */
export function onFailureReported(
  draft: Draft,
  { report, reported }: Extract<CaseEvent, { kind: 'failure-reported' }>,
): void {
  const { kind } = draft.state.work;
  // Nothing is written behind the closing row (I9).
  if (!reported.opened || kind === 'closing' || kind === 'closed') return;
  const { agent, agentVersion, code } = report;
  const { failures, until } = reported;
  writeRow(draft, 'agent-isolated', {
    agent,
    agentVersion,
    code,
    failures,
    ...(until === undefined ? {} : { until }),
  });
}
