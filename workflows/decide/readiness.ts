import { failure } from '../../contract/failures.ts';
import { freshLoad, judgeReadiness, type Readiness } from '../../contract/readiness.ts';
import type { Draft } from '../draft.ts';
import { handoffOf, parcelOf, writeRow } from '../draft.ts';
import type { CaseEvent } from '../events.ts';
import { agentOf } from './compose.ts';
import { canStandIn, notTaken } from './withdrawals.ts';

/** What was read of a receiver is judged before its pool hears of the offer (T10): a backup stands in, or it goes out. */
export function onReadinessRead(draft: Draft, event: Extract<CaseEvent, { kind: 'readiness-read' }>): void {
  const { state } = draft;
  if (state.work.kind !== 'offer' || state.work.turnId !== event.turnId) return;
  const record = handoffOf(state, state.work.handoffId);
  const { name: agent, version: agentVersion, breaker } = agentOf(state, record.to);
  if (!breaker) return;
  const standIn = canStandIn(state, record, parcelOf(draft, record.id));
  const verdict = judgeReadiness(breaker, event.readiness, { now: draft.now, standIn });
  writeRow(draft, 'readiness-read', {
    handoffId: record.id,
    agent,
    agentVersion,
    verdict,
    ...readInRow(event.readiness, draft.now),
  });
  if (verdict === 'ready' || verdict === 'probe') return;
  // Nothing of it has gone out, and nothing shall.
  draft.steps.push({ kind: 'stop', id: event.turnId });
  const detail = `${agent}@${agentVersion} is ${WORDS[verdict]}`;
  notTaken(draft, 'declined', failure('AGENT_NOT_READY', detail));
}

const WORDS = {
  isolated: 'isolated after failures',
  'no-worker': 'served by no worker',
  overloaded: 'overloaded',
} as const;

/** What was read, as ledger rows say it: what could not be read, and load that is too old, is absent. */
export function readInRow(readiness: Readiness, now: number): Record<string, string | number> {
  const { breaker } = readiness;
  const load = freshLoad(readiness, now);
  return {
    ...(breaker ? { breaker: breaker.state, failures: breaker.failures } : {}),
    ...(breaker?.until === undefined ? {} : { until: breaker.until }),
    ...(load
      ? {
          backlog: load.backlog,
          backlogAgeMs: load.backlogAgeMs,
          workers: load.workers,
          observedAt: load.observedAt,
        }
      : {}),
  };
}
