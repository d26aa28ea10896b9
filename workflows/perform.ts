import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { CaseActivities, CallInput, CaseContext, Recorded, TurnInput } from '../contract/activities.ts';
import { failure } from '../contract/failures.ts';
import { HEARTBEAT_TIMEOUT_MS, PAYLOAD_BYTES, ROWS_PER_ACTIVITY } from '../contract/limits.ts';
import { jsonBytes } from '../contract/parse.ts';
import { workflowNow } from './clock.ts';
import type { ActivityPlan, CaseEvent, Step, Trouble } from './events.ts';
import type { CaseState } from './state.ts';
import { composeContext } from './decide/compose.ts';
import { troubleOf } from './trouble.ts';

/** Carries out what decisions ask for. What comes of it is reported as further events. */
export interface Performer {
  perform(step: Step): void;
  /** Whether nothing is under way but timers, which a continued case arms again. */
  isAtRest(): boolean;
}

/**
 * A performer over Temporal's commands. It decides nothing: which activity, when and with what is in the step.
 * @param current the state as it stands when a step begins, for the ledger rows that travel along
 * @param report takes what came of a step
 */
export function createPerformer(current: () => CaseState, report: (event: CaseEvent) => void): Performer {
  // I4: messages and the cancel itself arrive in the root scope, which a cancelled case has shut: whatever began
  // there would be stopped at once, compensations too. So every step begins in here.
  const shelter = new CancellationScope({ cancellable: false });
  const running = new Map<string, CancellationScope>();
  const timers = new Map<string, CancellationScope>();
  let recording = false;
  let flushesAsked = 0;

  function withRows<Input extends Omit<CaseContext, 'rows'>>(
    input: Input,
  ): Input & Pick<CaseContext, 'rows'> {
    return { ...input, rows: current().rows.slice(0, ROWS_PER_ACTIVITY) };
  }

  /** Runs an activity in a scope of its own, so that one step can be stopped and a cancelled case goes on. */
  function run<Output extends Recorded>(
    id: string,
    activity: () => Promise<Output>,
    ended: (output: Output) => CaseEvent,
    failed: (thrown: unknown) => CaseEvent,
  ): void {
    const scope = new CancellationScope({ cancellable: true });
    running.set(id, scope);
    void scope
      .run(activity)
      .then((output) => {
        report({ kind: 'recorded', through: output.recordedThrough });
        return ended(output);
      }, failed)
      .then((event) => {
        if (running.get(id) === scope) running.delete(id);
        report(event);
      });
  }

  function tooLarge(input: unknown): Trouble | undefined {
    // X11: an oversized input would terminate the workflow; a dead letter is something a person can mend.
    const bytes = jsonBytes(input);
    if (bytes <= PAYLOAD_BYTES) return undefined;
    const detail = `the activity's input has ${String(bytes)} bytes, the limit is ${String(PAYLOAD_BYTES)}`;
    return { stopped: false, failure: failure('INPUT_TOO_LARGE', detail) };
  }

  function runTurn(step: Extract<Step, { kind: 'turn' | 'handoff' }>): void {
    const { turnId, plan } = step;
    const input: TurnInput = withRows(step.input);
    const failed = (trouble: Trouble): CaseEvent => ({ kind: 'turn-failed', turnId, trouble });
    const problem = tooLarge(input);
    if (problem) {
      void Promise.resolve().then(() => {
        report(failed(problem));
      });
      return;
    }
    // A superseded turn has written nothing, so nobody waits for its end.
    const activities = activitiesOf(plan, ActivityCancellationType.TRY_CANCEL);
    run(
      turnId,
      () => activities[step.kind](input),
      (output) => ({ kind: 'turn-ended', turnId, output }),
      (thrown) => failed(troubleOf(thrown)),
    );
  }

  function runCall(step: Extract<Step, { kind: 'look' | 'effect' }>): void {
    const { key } = step.input;
    const input: CallInput = withRows(step.input);
    // I4: unset, this would let an effect commit after its own undo.
    const activities = activitiesOf(step.plan, ActivityCancellationType.WAIT_CANCELLATION_COMPLETED);
    run(
      key,
      () => activities[step.kind](input),
      (output) => ({ kind: 'call-ended', key, output }),
      (thrown) => ({ kind: 'call-failed', key, trouble: troubleOf(thrown, 'EFFECT_FAILED') }),
    );
  }

  function runUndo(step: Extract<Step, { kind: 'undo' }>): void {
    const { key } = step.input;
    const activities = activitiesOf(step.plan, ActivityCancellationType.WAIT_CANCELLATION_COMPLETED);
    run(
      `undo ${key}`,
      () => activities.undo(withRows(step.input)),
      (output) => ({ kind: 'undo-ended', key, output }),
      (thrown) => ({ kind: 'undo-failed', key, trouble: troubleOf(thrown, 'UNDO_FAILED') }),
    );
  }

  function resolveTeam(team: string): void {
    const activities = proxyActivities<CaseActivities>({
      taskQueue: workflowInfo().taskQueue,
      startToCloseTimeout: '10 seconds',
      retry: { initialInterval: '200 milliseconds', maximumInterval: '10 seconds' },
      summary: `resolve team ${team}`,
    });
    void activities['resolve-team']({ team }).then(
      (manifest) => {
        report({ kind: 'team-resolved', manifest });
      },
      (thrown: unknown) => {
        report({ kind: 'team-failed', trouble: troubleOf(thrown) });
      },
    );
  }

  /** Flushes until nothing is left: the ledger must be whole before a case closes or waits. */
  async function record(): Promise<void> {
    flushesAsked += 1;
    if (recording) return;
    recording = true;
    let served: number;
    do {
      served = flushesAsked;
      const activities = proxyActivities<CaseActivities>({
        taskQueue: workflowInfo().taskQueue,
        startToCloseTimeout: '10 seconds',
        retry: { initialInterval: '100 milliseconds', maximumInterval: '5 seconds' },
        summary: 'record the ledger',
      });
      try {
        const { recordedThrough } = await activities.record(withRows(composeContext(current())));
        report({ kind: 'recorded', through: recordedThrough });
      } catch (thrown) {
        recording = false;
        report({ kind: 'record-failed', trouble: troubleOf(thrown) });
        return;
      }
    } while (current().rows.length > 0 && (served !== flushesAsked || current().work.kind === 'closing'));
    recording = false;
  }

  function arm(id: string, at: string, event: CaseEvent): void {
    timers.get(id)?.cancel();
    const scope = new CancellationScope({ cancellable: true });
    timers.set(id, scope);
    const wait = Math.max(1, Date.parse(at) - workflowNow());
    void scope
      .run(() => sleep(wait, { summary: id }))
      .then(
        () => {
          if (timers.get(id) === scope) timers.delete(id);
          report(event);
        },
        (thrown: unknown) => {
          if (!isCancellation(thrown)) throw thrown;
        },
      );
  }

  function begin(step: Step): void {
    switch (step.kind) {
      case 'resolve-team':
        resolveTeam(step.team);
        return;
      case 'turn':
      case 'handoff':
        runTurn(step);
        return;
      case 'look':
      case 'effect':
        runCall(step);
        return;
      case 'undo':
        runUndo(step);
        return;
      case 'stop':
        running.get(step.id)?.cancel();
        return;
      case 'arm':
        arm(step.id, step.at, step.event);
        return;
      case 'disarm':
        timers.get(step.id)?.cancel();
        timers.delete(step.id);
        return;
      case 'record':
        void record();
        return;
    }
  }

  return {
    isAtRest: () => running.size === 0 && !recording,
    perform: (step) => {
      void shelter.run(async () => {
        begin(step);
      });
    },
  };
}

function activitiesOf(plan: ActivityPlan, cancellationType: ActivityCancellationType): CaseActivities {
  const { attempts, initialMs, backoff, maximumMs } = plan.retry;
  return proxyActivities<CaseActivities>({
    taskQueue: plan.queue,
    summary: plan.summary.slice(0, 200),
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
