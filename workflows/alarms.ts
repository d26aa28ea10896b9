import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import { workflowNow } from './clock.ts';
import type { CaseEvent } from './events.ts';

/** Deadlines of a case. The functions answer whether the server is asked for something. */
export interface Alarms {
  /** Reports the event at an absolute time, ISO 8601. Arming an id again replaces it. */
  readonly arm: (id: string, at: string, event: CaseEvent) => boolean;
  readonly disarm: (id: string) => void;
  /** Arms without a timer of its own: the next arming sets it, or {@link settle}. So two deadlines begin with one timer. */
  readonly expect: (id: string, at: string, event: CaseEvent) => void;
  readonly settle: () => boolean;
  /** Disarms, and stops the timer where it ran for this deadline: most cases are done long before it. */
  readonly spare: (id: string) => void;
  /** Stops a timer that nothing waits for any more: called when the case comes to rest. */
  readonly rest: () => boolean;
  /** Whether a deadline has passed whose event is not taken yet. */
  readonly isRinging: () => boolean;
}

/** What alarms need of the case. */
interface AlarmHouse {
  /** Scope of the timers, which a cancelled case does not cancel. */
  readonly shelter: CancellationScope;
  /** Takes the event of a deadline that has passed; answers whether the server is asked for something. */
  readonly report: (event: CaseEvent) => boolean;
  /** Asks the server for something without consequence: no workflow task may complete without a command. */
  readonly leaveTrace: () => void;
}

interface Deadline {
  readonly at: number;
  readonly event: CaseEvent;
}

/**
 * All deadlines of a case on one timer, that of the earliest. A deadline that is disarmed leaves the timer running:
 * most offers are answered in milliseconds, and the timer of the first then serves the ones after it, where a timer
 * for each would cost two events and a cancellation a handoff. When it fires with nothing due, it is set anew.
 */
export function createAlarms(house: AlarmHouse): Alarms {
  const deadlines = new Map<string, Deadline>();
  let timer: { readonly at: number; readonly scope: CancellationScope } | undefined;
  let ringing = false;

  function setTimer(): boolean {
    const [first] = inOrder(deadlines);
    if (!first) return false;
    const [id, { at }] = first;
    if (timer && timer.at <= at) return false;
    timer?.scope.cancel();
    const scope = new CancellationScope({ cancellable: true, parent: house.shelter });
    const mine = { at, scope };
    timer = mine;
    void scope
      .run(() => sleep(Math.max(1, at - workflowNow()), { summary: `deadline of ${id}` }))
      .then(
        async () => {
          if (timer === mine) timer = undefined;
          ringing = true;
          await house.shelter.run(restOfTheTask);
          ringing = false;
          ring();
        },
        (thrown: unknown) => {
          if (!isCancellation(thrown)) throw thrown;
        },
      );
    return true;
  }

  function ring(): void {
    const now = workflowNow();
    let acted = false;
    for (const [id, deadline] of inOrder(deadlines)) {
      // An event reported before may have disarmed this one, or armed it again.
      if (deadline.at > now || deadlines.get(id) !== deadline) continue;
      deadlines.delete(id);
      acted = house.report(deadline.event) || acted;
    }
    acted = setTimer() || acted;
    if (!acted) house.leaveTrace();
  }

  return {
    arm: (id, at, event) => {
      deadlines.set(id, { at: Date.parse(at), event });
      return setTimer();
    },
    disarm: (id) => {
      deadlines.delete(id);
    },
    expect: (id, at, event) => {
      deadlines.set(id, { at: Date.parse(at), event });
    },
    settle: setTimer,
    spare: (id) => {
      const spared = deadlines.get(id);
      deadlines.delete(id);
      if (!timer || timer.at !== spared?.at) return;
      timer.scope.cancel();
      timer = undefined;
      setTimer();
    },
    rest: () => {
      if (deadlines.size > 0 || !timer) return false;
      timer.scope.cancel();
      timer = undefined;
      return true;
    },
    isRinging: () => ringing,
  };
}

/**
 * Resolves when everything else that came with this workflow task has been taken. An answer that has arrived beats
 * the deadline it was to keep, whichever was written first: nobody has acted on the deadline yet (T4).
 */
function restOfTheTask(): Promise<void> {
  // Conditions are looked at again once all that the task brought has run.
  let registered = false;
  const rest = condition(() => registered);
  registered = true;
  return rest;
}

function inOrder(deadlines: ReadonlyMap<string, Deadline>): readonly (readonly [string, Deadline])[] {
  return [...deadlines].sort(([, left], [, right]) => left.at - right.at);
}
