import { millisecondsOf, numberOf } from '../../client/history/numbers.ts';
import type { PayloadLike } from '../../client/history/payloads.ts';
import { decodePayload, decodePayloadMap } from '../../client/history/payloads.ts';
import type { JsonValue } from '../../contract/json.ts';
import { describeFailure } from './failure-shape.ts';
import type { LocalActivity, ReplayedStep, Step } from './step.ts';

type PayloadMap = Readonly<Record<string, PayloadLike>>;
type FailureShape = Parameters<typeof describeFailure>[0];

/** A command of the SDK after structured cloning: known fields only, each as it is read here. */
interface CommandLike {
  readonly scheduleActivity?: Scheduled & {
    readonly activityId?: string;
    readonly activityType?: string;
    /** 2 is ABANDON: cancelling such an activity is no command to the server. */
    readonly cancellationType?: number;
  };
  readonly scheduleLocalActivity?: { readonly activityId?: string; readonly activityType?: string };
  readonly requestCancelActivity?: { readonly seq?: number };
  readonly startTimer?: {
    readonly seq?: number;
    readonly startToFireTimeout?: { readonly seconds?: unknown };
  };
  readonly cancelTimer?: { readonly seq?: number };
  readonly upsertWorkflowSearchAttributes?: {
    readonly searchAttributes?: { readonly indexedFields?: PayloadMap };
  };
  readonly modifyWorkflowProperties?: { readonly upsertedMemo?: { readonly fields?: PayloadMap } };
  readonly setPatchMarker?: { readonly patchId?: string };
  readonly startChildWorkflowExecution?: {
    readonly workflowId?: string;
    readonly workflowType?: string;
    readonly taskQueue?: string;
    readonly input?: readonly PayloadLike[];
  };
  readonly signalExternalWorkflowExecution?: {
    readonly workflowExecution?: { readonly workflowId?: string };
    readonly childWorkflowId?: string;
    readonly signalName?: string;
    readonly args?: readonly PayloadLike[];
  };
  readonly requestCancelExternalWorkflowExecution?: {
    readonly workflowExecution?: { readonly workflowId?: string };
  };
  readonly scheduleNexusOperation?: {
    readonly service?: string;
    readonly operation?: string;
    readonly input?: PayloadLike;
  };
  readonly updateResponse?: {
    readonly protocolInstanceId?: string;
    readonly accepted?: unknown;
    readonly rejected?: FailureShape;
    readonly completed?: PayloadLike;
  };
  readonly completeWorkflowExecution?: { readonly result?: PayloadLike };
  readonly failWorkflowExecution?: { readonly failure?: FailureShape };
  readonly cancelWorkflowExecution?: unknown;
  readonly continueAsNewWorkflowExecution?: Scheduled & { readonly workflowType?: string };
}
interface Scheduled {
  readonly seq?: number;
  readonly taskQueue?: string;
  readonly arguments?: readonly PayloadLike[];
}

/** What the replayed code did. */
export interface ReplayedWork {
  readonly steps: readonly ReplayedStep[];
  readonly localActivities: readonly LocalActivity[];
}

/** Gathers the commands of a replay, activation by activation. */
export function gatherReplayedWork(): {
  /** Takes the commands of one activation, as the sink of the strict replay got them. */
  take(historyLength: number, commands: readonly unknown[]): void;
  /** All of it so far. */
  work(): ReplayedWork;
} {
  let steps: ReplayedStep[] = [];
  const localActivities: LocalActivity[] = [];
  const activityIds = new Map<number, string>();
  const abandoned = new Set<string>();
  const take = (historyLength: number, commands: readonly unknown[]): void => {
    for (const command of commands as readonly CommandLike[]) {
      const scheduled = command.scheduleActivity;
      if (scheduled) {
        const id = scheduled.activityId ?? String(scheduled.seq);
        activityIds.set(numberOf(scheduled.seq), id);
        if (scheduled.cancellationType === 2) abandoned.add(id);
      }
      const local = command.scheduleLocalActivity;
      if (local) localActivities.push({ id: local.activityId ?? '', activityType: local.activityType ?? '' });
      const step = stepOf(command, activityIds);
      if (!step) continue;
      if (step.kind === 'cancel-activity' && abandoned.has(step.id)) continue;
      // What is started and cancelled within one workflow task is never sent.
      const began = steps.findIndex(
        (earlier) =>
          earlier.historyLength === historyLength &&
          `cancel-${earlier.kind}` === step.kind &&
          earlier.id === step.id,
      );
      if (began >= 0) steps = steps.filter((_, index) => index !== began);
      else steps.push({ ...step, historyLength });
    }
  };
  return { take, work: () => ({ steps, localActivities }) };
}

function stepOf(command: CommandLike, activityIds: ReadonlyMap<number, string>): Step | undefined {
  const activity = command.scheduleActivity;
  if (activity) {
    return {
      kind: 'activity',
      id: activity.activityId ?? String(activity.seq),
      fields: {
        type: activity.activityType ?? '',
        queue: activity.taskQueue ?? '',
        arguments: decodeList(activity.arguments),
      },
    };
  }
  if (command.requestCancelActivity) {
    const id = activityIds.get(numberOf(command.requestCancelActivity.seq)) ?? '';
    return { kind: 'cancel-activity', id, fields: {} };
  }
  if (command.startTimer) {
    const milliseconds = millisecondsOf(command.startTimer.startToFireTimeout) ?? 0;
    return { kind: 'timer', id: String(command.startTimer.seq), fields: { milliseconds } };
  }
  if (command.cancelTimer) return { kind: 'cancel-timer', id: String(command.cancelTimer.seq), fields: {} };
  return recordStep(command) ?? outsideStep(command) ?? endStep(command);
}

function recordStep(command: CommandLike): Step | undefined {
  const upsert = command.upsertWorkflowSearchAttributes;
  if (upsert) {
    const attributes = decodePayloadMap(upsert.searchAttributes?.indexedFields);
    return { kind: 'upsert-search-attributes', id: '', fields: { attributes } };
  }
  const memo = command.modifyWorkflowProperties;
  if (memo) {
    return { kind: 'upsert-memo', id: '', fields: { memo: decodePayloadMap(memo.upsertedMemo?.fields) } };
  }
  if (command.setPatchMarker) return { kind: 'patch', id: command.setPatchMarker.patchId ?? '', fields: {} };
  const update = command.updateResponse;
  if (!update) return undefined;
  const id = update.protocolInstanceId ?? '';
  if (update.accepted) return { kind: 'update-accepted', id, fields: {} };
  const fields: Step['fields'] = update.rejected
    ? { failure: describeFailure(update.rejected) }
    : { result: update.completed ? [decodePayload(update.completed)] : [] };
  return { kind: 'update-completed', id, fields };
}

function outsideStep(command: CommandLike): Step | undefined {
  const child = command.startChildWorkflowExecution;
  if (child) {
    return {
      kind: 'child-workflow',
      id: child.workflowId ?? '',
      fields: {
        type: child.workflowType ?? '',
        queue: child.taskQueue ?? '',
        arguments: decodeList(child.input),
      },
    };
  }
  const signal = command.signalExternalWorkflowExecution;
  if (signal) {
    return {
      kind: 'signal-external',
      id: signal.workflowExecution?.workflowId ?? signal.childWorkflowId ?? '',
      fields: { signal: signal.signalName ?? '', arguments: decodeList(signal.args) },
    };
  }
  const cancel = command.requestCancelExternalWorkflowExecution;
  if (cancel) return { kind: 'cancel-external', id: cancel.workflowExecution?.workflowId ?? '', fields: {} };
  const nexus = command.scheduleNexusOperation;
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

function endStep(command: CommandLike): Step | undefined {
  const completed = command.completeWorkflowExecution;
  if (completed) return { kind: 'complete', id: '', fields: { result: decodePayload(completed.result) } };
  const failed = command.failWorkflowExecution;
  if (failed) return { kind: 'fail', id: '', fields: { failure: describeFailure(failed.failure) } };
  if (command.cancelWorkflowExecution) return { kind: 'cancelled', id: '', fields: {} };
  const continued = command.continueAsNewWorkflowExecution;
  if (!continued) return undefined;
  const fields: Record<string, JsonValue> = { arguments: decodeList(continued.arguments) };
  // Left out, both stay as they were; the server writes them into the event.
  if (continued.workflowType) fields['type'] = continued.workflowType;
  if (continued.taskQueue) fields['queue'] = continued.taskQueue;
  return { kind: 'continue-as-new', id: '', fields };
}

function decodeList(payloads: readonly PayloadLike[] | undefined): readonly JsonValue[] {
  return (payloads ?? []).map(decodePayload);
}
