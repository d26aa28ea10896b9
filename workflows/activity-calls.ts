import {
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
  type ActivityCancellationType,
} from '@temporalio/workflow';
import type { CaseActivities } from '../contract/activities.ts';
import { HEARTBEAT_TIMEOUT_MS } from '../contract/limits.ts';
import { cutText } from '../contract/text.ts';
import type { ActivityPlan } from './events.ts';

/** Activities on the pool of an agent, as a step plans them; a dead worker is noticed by its missing heartbeat. */
export function activitiesOf(plan: ActivityPlan, cancellationType: ActivityCancellationType): CaseActivities {
  const { attempts, initialMs, backoff, maximumMs } = plan.retry;
  return proxyActivities<CaseActivities>({
    taskQueue: plan.queue,
    summary: cutText(plan.summary, 200),
    startToCloseTimeout: plan.timeoutMs,
    scheduleToStartTimeout: plan.patienceMs,
    heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
    cancellationType,
    retry: {
      maximumAttempts: attempts,
      initialInterval: initialMs,
      backoffCoefficient: backoff,
      maximumInterval: maximumMs,
    },
  });
}

/** Short work of the house itself, on the case's own queue: tried again for as long as the case lives. */
export function activitiesOfCase(summary: string): CaseActivities {
  return proxyActivities<CaseActivities>({
    taskQueue: workflowInfo().taskQueue,
    startToCloseTimeout: '10 seconds',
    retry: { initialInterval: '100 milliseconds', maximumInterval: '5 seconds' },
    summary,
  });
}

/** A version of the policy for a running case: not to be had within minutes, the case keeps the one it has. */
export function policyFetcher(summary: string): Pick<CaseActivities, 'fetch-policy'> {
  return proxyActivities<Pick<CaseActivities, 'fetch-policy'>>({
    taskQueue: workflowInfo().taskQueue,
    startToCloseTimeout: '10 seconds',
    scheduleToCloseTimeout: '5 minutes',
    retry: { initialInterval: '100 milliseconds', maximumInterval: '5 seconds' },
    summary,
  });
}

/** A look at a receiver, which must not hold up an offer: where it cannot be had soon, the offer goes out without. */
export function readinessReader(summary: string): Pick<CaseActivities, 'readiness'> {
  return proxyActivities<Pick<CaseActivities, 'readiness'>>({
    taskQueue: workflowInfo().taskQueue,
    startToCloseTimeout: '2 seconds',
    scheduleToCloseTimeout: '4 seconds',
    retry: { maximumAttempts: 2, initialInterval: '100 milliseconds' },
    summary,
  });
}

/** Counting a failure: its case closes no sooner, so it must not take long. */
export function failureReporter(summary: string): Pick<CaseActivities, 'report-failure'> {
  return proxyActivities<Pick<CaseActivities, 'report-failure'>>({
    taskQueue: workflowInfo().taskQueue,
    startToCloseTimeout: '5 seconds',
    scheduleToCloseTimeout: '10 seconds',
    retry: { initialInterval: '100 milliseconds', maximumInterval: '2 seconds' },
    summary,
  });
}

/**
 * Reading a message. It waits for a worker as the case itself does; a case that cannot read what was said goes on
 * without, but not sooner than a slow store or a killed worker is back: somebody may have asked for a human.
 */
export function assessor(): Pick<CaseActivities, 'assess'> {
  return proxyActivities<Pick<CaseActivities, 'assess'>>({
    taskQueue: workflowInfo().taskQueue,
    startToCloseTimeout: '5 seconds',
    retry: { maximumAttempts: 4, initialInterval: '100 milliseconds' },
    summary: 'read what the user said',
  });
}

/** Reading a message within the workflow task, as cases did before the patch `read-outside`. */
export function localAssessor(): Pick<CaseActivities, 'assess'> {
  return proxyLocalActivities<Pick<CaseActivities, 'assess'>>({
    startToCloseTimeout: '1 second',
    scheduleToCloseTimeout: '1500 milliseconds',
    retry: { maximumAttempts: 2, initialInterval: '20 milliseconds' },
  });
}
