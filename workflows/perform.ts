import { ActivityCancellationType, CancellationScope, patched, sleep } from '@temporalio/workflow';
import type {
  CallInput,
  CaseActivities,
  CaseContext,
  ReadinessInput,
  Recorded,
  TurnInput,
  TurnOutput,
} from '../contract/activities.ts';
import { failure } from '../contract/failures.ts';
import { activitiesOf, activitiesOfCase, assessor, localAssessor } from './activity-calls.ts';
import { consult, fetchPolicy, lookAt, readDoorKeys, reportFailure } from './house-questions.ts';
import { createAlarms, type Alarms } from './alarms.ts';
import type { CaseEvent, Step, Trouble } from './events.ts';
import type { CaseState } from './state.ts';
import { composeRecord } from './decide/compose.ts';
import { rowsAlong } from './rows-along.ts';
import { troubleOf, undecodable } from './trouble.ts';
import { look, sealAndOffer } from './offer.ts';
import { tooLarge } from './too-large.ts';
import { PATCHES } from './patches.ts';
import { recordedOf } from './recorded.ts';
import { callInTurn, pauseOptions, turnOfRate } from './turn-of-rate.ts';
import { pauseUntilServed } from './until-served.ts';

/** Carries out what decisions ask for. What comes of it is reported as further events. */
export interface Performer {
  /** @returns whether the server is asked for something */
  perform(step: Step): boolean;
  /** Deadlines beside those that steps arm. */
  readonly deadlines: Pick<Alarms, 'expect' | 'settle' | 'spare'>;
  /** Whether nothing is under way but timers, which a continued case arms again. */
  isAtRest(): boolean;
  /** Whether a failure of an agent is being reported: a case that closes now would take the report with it. */
  isReporting(): boolean;
  /**
   * The case waits for somebody: nothing of what is left over needs to run on.
   * @returns whether the server is asked for something
   */
  rest(): boolean;
}

/** What a performer needs of the case it works for. */
interface PerformerHouse {
  /** The state as it stands when a step begins, for the ledger rows that travel along. */
  readonly current: () => CaseState;
  /** Takes what came of a step; answers whether the server is asked for something because of it. */
  readonly report: (event: CaseEvent) => boolean;
  /** Asks the server for something without consequence. */
  readonly leaveTrace: () => void;
}

/**
 * A performer over Temporal's commands. It decides nothing: which activity, when and with what is in the step.
 */
export function createPerformer(house: PerformerHouse): Performer {
  const { current, report } = house;
  // I4: messages and the cancel itself arrive in the root scope, which a cancelled case has shut: whatever began
  // there would be stopped at once, compensations too. So every step has its scope in here.
  const shelter = new CancellationScope({ cancellable: false });
  const alarms = createAlarms({ ...house, shelter });
  const running = new Map<string, CancellationScope>();
  // Every promise of a workflow costs a stack trace (the SDK keeps one for its stack trace query), and a scope is
  // three: a scope whose activity has ended unstopped serves the next one.
  const idle: CancellationScope[] = [];
  let recording = false;
  let flushesAsked = 0;
  let asking = 0;
  let reporting = 0;

  function withRows<Input extends Omit<CaseContext, 'rows'>>(
    input: Input,
  ): Input & Pick<CaseContext, 'rows'> {
    return { ...input, rows: rowsAlong(current().rows) };
  }

  /**
   * Reports what came of a step, and leaves a trace when nothing follows. A workflow task that completes without a
   * command and is followed at once by an update is merged with it by a worker that has to replay it (a new
   * process, an evicted case), and only then: the update would run before what the first task was about, and the
   * history could never be replayed again (I10).
   */
  function conclude(...events: readonly CaseEvent[]): void {
    const acted = events.map((event) => report(event));
    if (!acted.includes(true)) house.leaveTrace();
  }

  /** Runs an activity in a scope that no other running one has, so that one step can be stopped. */
  function run<Output extends Recorded>(
    id: string,
    activity: () => Promise<Output>,
    ended: (output: Output) => CaseEvent,
    failed: (thrown: unknown) => CaseEvent,
  ): void {
    const scope = idle.pop() ?? new CancellationScope({ cancellable: true, parent: shelter });
    running.set(id, scope);
    const leave = (): void => {
      if (running.get(id) === scope) running.delete(id);
      if (!scope.consideredCancelled) idle.push(scope);
    };
    const fail = (thrown: unknown): void => {
      leave();
      conclude(failed(thrown));
    };
    const attempt = (round: number): void => {
      void scope.run(activity).then(
        (output) => {
          leave();
          const damaged = undecodable(output);
          if (damaged) {
            conclude(failed(damaged));
            return;
          }
          conclude(recordedOf(output), ended(output));
        },
        (thrown: unknown) => {
          const turn = turnOfRate(thrown);
          const pause = turn ? turn.waitMs : pauseUntilServed(thrown, round);
          if (pause === undefined) fail(thrown);
          else void scope.run(() => sleep(pause, pauseOptions(turn))).then(() => attempt(round + 1), fail);
        },
      );
    };
    attempt(1);
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
    // A superseded turn has written nothing: nobody waits for its end, unless its model may have to be paid (G3).
    const { TRY_CANCEL, WAIT_CANCELLATION_COMPLETED } = ActivityCancellationType;
    const activities = activitiesOf(plan, plan.metered ? WAIT_CANCELLATION_COMPLETED : TRY_CANCEL);
    run(
      turnId,
      () => {
        if (step.kind === 'handoff' && step.readiness) return lookAndOffer(activities, step, step.readiness);
        if (step.kind === 'handoff' && step.seal) return sealAndOffer(activities, step.seal, input);
        return activities[step.kind](input);
      },
      (output) => ({ kind: 'turn-ended', turnId, output }),
      (thrown) => failed(troubleOf(thrown)),
    );
  }

  /** The receiver's pool hears of the offer if the case still wants that after a look at it. */
  async function lookAndOffer(
    activities: CaseActivities,
    { turnId, seal, input }: Extract<Step, { kind: 'handoff' }>,
    readiness: ReadinessInput,
  ): Promise<TurnOutput & Recorded> {
    report({ kind: 'readiness-read', turnId, readiness: await look(readiness) });
    const { work } = current();
    if (work.kind !== 'offer' || work.turnId !== turnId)
      return { kind: 'declined', failure: failure('OFFER_WITHDRAWN', turnId), recordedThrough: 0 };
    return seal ? sealAndOffer(activities, seal, withRows(input)) : activities.handoff(withRows(input));
  }

  function runCall(step: Extract<Step, { kind: 'look' | 'preview' | 'effect' }>): void {
    const { key } = step.input;
    const input: CallInput = withRows(step.input);
    // I4: unset, this would let an effect commit after its own undo.
    const waits = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
    const activities = activitiesOf(step.plan, waits);
    run(
      key,
      step.plan.limited
        ? callInTurn(step.plan, input, (plan, next) => activitiesOf(plan, waits)[step.kind](next))
        : () => activities[step.kind](input),
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

  async function resolveTeam(team: string): Promise<void> {
    const activities = activitiesOfCase(`resolve team ${team}`);
    const event = await activities['resolve-team']({ team }).then(
      (resolved): CaseEvent => {
        const damaged = undecodable(resolved);
        if (damaged) return { kind: 'team-failed', trouble: troubleOf(damaged) };
        // The keys are no part of the team: a rotation does not make another manifest of it.
        const { doorKeys, ...manifest } = resolved;
        return { kind: 'team-resolved', manifest, ...(doorKeys ? { doorKeys } : {}) };
      },
      (thrown: unknown): CaseEvent => ({ kind: 'team-failed', trouble: troubleOf(thrown) }),
    );
    conclude(event);
  }

  /** Flushes until nothing is left: the ledger must be whole before a case closes or waits. */
  async function record(): Promise<void> {
    recording = true;
    let served: number;
    do {
      served = flushesAsked;
      const activities = activitiesOfCase('record the ledger');
      try {
        const recorded = await activities.record(withRows(composeRecord(current())));
        const damaged = undecodable(recorded);
        if (damaged) throw damaged;
        report(recordedOf(recorded));
      } catch (thrown) {
        recording = false;
        conclude({ kind: 'record-failed', trouble: troubleOf(thrown) });
        return;
      }
    } while (current().rows.length > 0 && (served !== flushesAsked || current().work.kind === 'closing'));
    recording = false;
    house.leaveTrace();
  }

  /** A message is read before the turn that answers it. */
  async function assess(step: Extract<Step, { kind: 'assess' }>): Promise<void> {
    const { sequence, input } = step;
    // I10: a local activity may end beside something else that the same workflow task brought. First they are taken
    // one after the other, but a replay takes them at once, and what follows from them changes places.
    const reader = patched(PATCHES.readOutside) ? assessor() : localAssessor();
    const event = await reader
      .assess(input)
      .then((signals): CaseEvent =>
        undecodable(signals) ? { kind: 'assessed', sequence } : { kind: 'assessed', sequence, signals },
      )
      .catch((): CaseEvent => ({ kind: 'assessed', sequence }));
    conclude(event);
  }

  /** What the house itself is asked: no step of a case can be stopped by it, and none waits for it. */
  async function ask(question: () => Promise<CaseEvent | undefined>): Promise<void> {
    asking += 1;
    const event = await question();
    asking -= 1;
    conclude(...(event ? [event] : []));
  }

  async function tellBreaker(
    step: Extract<Step, { kind: 'report-failure' }>,
  ): Promise<CaseEvent | undefined> {
    reporting += 1;
    const event = await reportFailure(step);
    reporting -= 1;
    return event;
  }

  function perform(step: Step): boolean {
    switch (step.kind) {
      case 'resolve-team':
        void shelter.run(() => resolveTeam(step.team));
        return true;
      case 'assess':
        void shelter.run(() => assess(step));
        return true;
      case 'consult':
        void shelter.run(() => ask(() => consult(step)));
        return true;
      case 'read-door-keys':
        void shelter.run(() => ask(() => readDoorKeys(step)));
        return true;
      case 'fetch-policy':
        void shelter.run(() => ask(() => fetchPolicy(step)));
        return true;
      case 'report-failure':
        void shelter.run(() => ask(() => tellBreaker(step)));
        return true;
      case 'look-at':
        void shelter.run(() => ask(() => lookAt(step)));
        return true;
      case 'turn':
      case 'handoff':
        runTurn(step);
        return true;
      case 'look':
      case 'preview':
      case 'effect':
        runCall(step);
        return true;
      case 'undo':
        runUndo(step);
        return true;
      case 'stop':
        running.get(step.id)?.cancel();
        return running.has(step.id);
      case 'arm':
        return alarms.arm(step.id, step.at, step.event);
      case 'disarm':
        alarms.disarm(step.id);
        return false;
      case 'record':
        flushesAsked += 1;
        if (recording) return false;
        void shelter.run(record);
        return true;
    }
  }

  return {
    isAtRest: () => running.size === 0 && asking === 0 && !recording && !alarms.isRinging(),
    isReporting: () => reporting > 0,
    rest: alarms.rest,
    deadlines: alarms,
    perform,
  };
}
