import type { HistoryEvent } from '../../client/history/history.ts';
import { millisecondsOf, numberOf } from '../../client/history/numbers.ts';
import { decodePayload, decodePayloadMap, decodePayloads } from '../../client/history/payloads.ts';
import { describeFailure } from './failure-shape.ts';
import { retakesIn, type Retake } from './retakes.ts';
import type { LocalActivity, RecordedStep, Step } from './step.ts';

/** What a history says that its workflow did. */
export interface RecordedWork {
  readonly steps: readonly RecordedStep[];
  readonly localActivities: readonly (LocalActivity & { readonly eventId: number })[];
  /** Event id at which the last completed workflow task began: later commands were never recorded. */
  readonly lastCompletedTask: number;
  /** Timers and activities that came to an end by themselves: a cancel of theirs leaves no event. */
  readonly resolved: ReadonlySet<string>;
  /** Workflow tasks that were taken twice. */
  readonly retakes: readonly Retake[];
}

/** Reads the commands of a workflow back out of its history, in order. */
export function recordedWork(events: readonly HistoryEvent[]): RecordedWork {
  const steps: RecordedStep[] = [];
  const localActivities: (LocalActivity & { eventId: number })[] = [];
  const resolved = new Set<string>();
  const activityIds = new Map<number, string>();
  let lastCompletedTask = 0;
  for (const event of events) {
    const eventId = numberOf(event.eventId);
    const completed = event.workflowTaskCompletedEventAttributes;
    if (completed) lastCompletedTask = numberOf(completed.startedEventId);
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) activityIds.set(eventId, scheduled.activityId ?? '');
    const ended = endOfSomething(event, activityIds);
    if (ended !== undefined) resolved.add(ended);
    const local = localActivity(event);
    if (local) localActivities.push({ ...local, eventId });
    const step = stepOf(event, activityIds);
    if (step) steps.push({ ...step, eventId });
  }
  return { steps, localActivities, lastCompletedTask, resolved, retakes: retakesIn(events) };
}

/** `timer:3` or `activity:7` when the event ends one. */
function endOfSomething(event: HistoryEvent, activityIds: ReadonlyMap<number, string>): string | undefined {
  if (event.timerFiredEventAttributes) return `timer:${event.timerFiredEventAttributes.timerId ?? ''}`;
  const activity =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  return activity ? `activity:${activityIds.get(numberOf(activity.scheduledEventId)) ?? ''}` : undefined;
}

function localActivity(event: HistoryEvent): LocalActivity | undefined {
  const marker = event.markerRecordedEventAttributes;
  if (marker?.markerName !== 'core_local_activity') return undefined;
  const [data] = decodePayloads(marker.details?.['data']);
  const { activity_id: id, activity_type: activityType } = { ...(data as Record<string, unknown> | null) };
  return { id: String(id), activityType: String(activityType) };
}

function stepOf(event: HistoryEvent, activityIds: ReadonlyMap<number, string>): Step | undefined {
  return (
    activityStep(event, activityIds) ??
    timerStep(event) ??
    recordStep(event) ??
    outsideStep(event) ??
    endStep(event)
  );
}

function activityStep(event: HistoryEvent, activityIds: ReadonlyMap<number, string>): Step | undefined {
  const scheduled = event.activityTaskScheduledEventAttributes;
  if (scheduled) {
    return {
      kind: 'activity',
      id: scheduled.activityId ?? '',
      fields: {
        type: scheduled.activityType?.name ?? '',
        queue: scheduled.taskQueue?.name ?? '',
        arguments: decodePayloads(scheduled.input),
      },
    };
  }
  const cancelled = event.activityTaskCancelRequestedEventAttributes;
  return cancelled
    ? { kind: 'cancel-activity', id: activityIds.get(numberOf(cancelled.scheduledEventId)) ?? '', fields: {} }
    : undefined;
}

function timerStep(event: HistoryEvent): Step | undefined {
  const started = event.timerStartedEventAttributes;
  if (started) {
    const milliseconds = millisecondsOf(started.startToFireTimeout) ?? 0;
    return { kind: 'timer', id: started.timerId ?? '', fields: { milliseconds } };
  }
  const cancelled = event.timerCanceledEventAttributes;
  return cancelled ? { kind: 'cancel-timer', id: cancelled.timerId ?? '', fields: {} } : undefined;
}

/** What a workflow writes about itself: search attributes, memo, patches, answers to updates. */
function recordStep(event: HistoryEvent): Step | undefined {
  const upsert = event.upsertWorkflowSearchAttributesEventAttributes;
  if (upsert) {
    const attributes = decodePayloadMap(upsert.searchAttributes?.indexedFields);
    // Written by the SDK itself beside a patch marker, not by a command of the workflow.
    if (Object.keys(attributes).join() === 'TemporalChangeVersion') return undefined;
    return { kind: 'upsert-search-attributes', id: '', fields: { attributes } };
  }
  const memo = event.workflowPropertiesModifiedEventAttributes;
  if (memo) {
    return { kind: 'upsert-memo', id: '', fields: { memo: decodePayloadMap(memo.upsertedMemo?.fields) } };
  }
  const marker = event.markerRecordedEventAttributes;
  if (marker?.markerName === 'core_patch') {
    const [data] = decodePayloads(marker.details?.['patch-data']);
    return {
      kind: 'patch',
      id: String((data as Record<string, unknown> | null | undefined)?.['id']),
      fields: {},
    };
  }
  const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
  if (accepted) return { kind: 'update-accepted', id: accepted.protocolInstanceId ?? '', fields: {} };
  const completed = event.workflowExecutionUpdateCompletedEventAttributes;
  if (!completed) return undefined;
  const { success, failure } = completed.outcome ?? {};
  return {
    kind: 'update-completed',
    id: completed.meta?.updateId ?? '',
    fields: failure ? { failure: describeFailure(failure) } : { result: decodePayloads(success) },
  };
}

/** What a workflow asks of others: children, signals, operations. */
function outsideStep(event: HistoryEvent): Step | undefined {
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  if (child) {
    return {
      kind: 'child-workflow',
      id: child.workflowId ?? '',
      fields: {
        type: child.workflowType?.name ?? '',
        queue: child.taskQueue?.name ?? '',
        arguments: decodePayloads(child.input),
      },
    };
  }
  const signal = event.signalExternalWorkflowExecutionInitiatedEventAttributes;
  if (signal) {
    return {
      kind: 'signal-external',
      id: signal.workflowExecution?.workflowId ?? '',
      fields: { signal: signal.signalName ?? '', arguments: decodePayloads(signal.input) },
    };
  }
  const cancel = event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes;
  if (cancel) return { kind: 'cancel-external', id: cancel.workflowExecution?.workflowId ?? '', fields: {} };
  const nexus = event.nexusOperationScheduledEventAttributes;
  return nexus
    ? {
        kind: 'nexus-operation',
        id: '',
        fields: {
          operation: `${nexus.service ?? ''}/${nexus.operation ?? ''}`,
          input: decodePayload(nexus.input),
        },
      }
    : undefined;
}

function endStep(event: HistoryEvent): Step | undefined {
  const completed = event.workflowExecutionCompletedEventAttributes;
  if (completed)
    return { kind: 'complete', id: '', fields: { result: decodePayloads(completed.result)[0] ?? null } };
  const failed = event.workflowExecutionFailedEventAttributes;
  if (failed) return { kind: 'fail', id: '', fields: { failure: describeFailure(failed.failure) } };
  if (event.workflowExecutionCanceledEventAttributes) return { kind: 'cancelled', id: '', fields: {} };
  const continued = event.workflowExecutionContinuedAsNewEventAttributes;
  return continued
    ? {
        kind: 'continue-as-new',
        id: '',
        fields: {
          type: continued.workflowType?.name ?? '',
          queue: continued.taskQueue?.name ?? '',
          arguments: decodePayloads(continued.input),
        },
      }
    : undefined;
}
