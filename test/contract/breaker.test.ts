import fc from 'fast-check';
import {
  closedBreaker,
  moveBreaker,
  type BreakerEvent,
  type BreakerMove,
  type BreakerRules,
} from '../../contract/breaker.ts';
import { judgeReadiness } from '../../contract/readiness.ts';

const BEGAN = Date.UTC(2026, 0, 5);

/** One thing that happens, and how long after the one before. */
interface Happening {
  readonly kind: BreakerEvent['kind'];
  readonly later: number;
  readonly who: number;
}

const happenings = fc.array(
  fc.record<Happening>({
    kind: fc.constantFrom('asked', 'asked', 'failed', 'failed', 'answered', 'reset'),
    later: fc.constantFrom(0, 1, 100, 2_000, 9_000),
    who: fc.nat({ max: 5 }),
  }),
  { maxLength: 60, size: 'max' },
);
const someRules = fc.record<BreakerRules>({
  failures: fc.integer({ min: 1, max: 4 }),
  withinMs: fc.constantFrom(500, 5_000),
  openMs: fc.constantFrom(1_000, 5_000),
});

function eventOf(one: Happening, at: string, rules: BreakerRules, serial: number): BreakerEvent {
  const handoff = `h${String(one.who)}`;
  switch (one.kind) {
    case 'asked':
      return { kind: 'asked', at, handoff, caseId: 'c', rules };
    case 'failed':
      return { kind: 'failed', at, key: `t${String(serial)}`, handoff, caseId: 'c', code: 'X', rules };
    case 'answered':
      return { kind: 'answered', at, handoff };
    case 'reset':
      return { kind: 'reset', at };
  }
}

/** Plays a life and shows each step. */
function play(
  life: readonly Happening[],
  rules: BreakerRules,
  see: (before: BreakerMove['state'], event: BreakerEvent, move: BreakerMove, now: number) => void,
): void {
  let state = closedBreaker();
  let now = BEGAN;
  for (const [index, one] of life.entries()) {
    now += one.later;
    const event = eventOf(one, new Date(now).toISOString(), rules, index);
    const move = moveBreaker(state, event);
    see(state, event, move, now);
    // Nothing but JSON is kept.
    state = JSON.parse(JSON.stringify(move.state)) as BreakerMove['state'];
  }
}

test('one probe at a time, none before its time, and a breaker opens only for failures in a row', () => {
  fc.assert(
    fc.property(happenings, someRules, (life, rules) => {
      let inARow: number[] = [];
      let probeOf: { readonly handoff: string; readonly until: number } | undefined;
      let openUntil = 0;
      play(life, rules, (before, event, { state, answer }, now) => {
        if (event.kind === 'asked') {
          if (before.kind === 'closed') expect(answer).toBe('pass');
          if (before.kind === 'open') expect(answer).toBe(now < openUntil ? 'refuse' : 'probe');
          if (before.kind === 'half-open') {
            const mine = probeOf?.handoff === event.handoff || now >= (probeOf?.until ?? 0);
            expect(answer).toBe(mine ? 'probe' : 'refuse');
          }
          if (answer === 'probe' && probeOf?.handoff !== event.handoff)
            probeOf = { handoff: event.handoff, until: now + rules.openMs };
        }
        if (before.kind === 'closed') {
          if (event.kind === 'failed') inARow = [...inARow.filter((at) => at > now - rules.withinMs), now];
          if (event.kind === 'answered' || event.kind === 'reset') inARow = [];
          expect(state.kind === 'open').toBe(inARow.length >= rules.failures);
        }
        if (state.kind === 'open' && before !== state && event.kind === 'failed') {
          openUntil = Date.parse(state.until);
          if (before.kind !== 'open') expect(openUntil).toBe(now + rules.openMs);
        }
        if (before.kind === 'half-open' && 'handoff' in event && event.kind !== 'asked') {
          const decides = event.handoff === before.probe.handoff;
          const next = event.kind === 'failed' ? 'open' : 'closed';
          expect(state.kind).toBe(decides ? next : 'half-open');
        }
        if (event.kind === 'reset') expect(state).toEqual(closedBreaker());
        if (state.kind !== 'half-open') probeOf = undefined;
        if (state.kind !== 'closed') inARow = [];
        expect(state.failures.length).toBeLessThanOrEqual(rules.failures);
      });
    }),
  );
});

test('a report that comes twice changes nothing', () => {
  fc.assert(
    fc.property(happenings, someRules, (life, rules) => {
      play(life, rules, (_, event, { state }) => {
        if (event.kind === 'failed') expect(moveBreaker(state, event).state).toEqual(state);
      });
    }),
  );
});

test('an agent that fails for ever is probed for ever, once in a while', () => {
  const rules: BreakerRules = { failures: 2, withinMs: 60_000, openMs: 1_000 };
  let state = closedBreaker();
  let passed = 0;
  for (let second = 0; second < 100; second += 1) {
    const at = new Date(BEGAN + second * 500).toISOString();
    const handoff = `h${String(second)}`;
    const asked = moveBreaker(state, { kind: 'asked', at, handoff, caseId: 'c', rules });
    state = asked.state;
    if (asked.answer === 'refuse') continue;
    passed += 1;
    state = moveBreaker(state, {
      ...{ kind: 'failed', at, key: handoff, handoff, caseId: 'c', code: 'X', rules },
    }).state;
  }
  // Two that opened it, then one every second of the fifty.
  expect(passed).toBe(2 + 49);
});

test.each([
  [{ breaker: { answer: 'refuse' as const, state: 'open' as const, failures: 3 } }, false, 'isolated'],
  [{ breaker: { answer: 'probe' as const, state: 'half-open' as const, failures: 3 } }, true, 'probe'],
  [{ load: { backlog: 0, backlogAgeMs: 0, workers: 0, observedAt: 'now' } }, true, 'no-worker'],
  [{ load: { backlog: 0, backlogAgeMs: 0, workers: 0, observedAt: 'now' } }, false, 'ready'],
  [{ load: { backlog: 11, backlogAgeMs: 9, workers: 1, observedAt: 'now' } }, true, 'overloaded'],
  [{ load: { backlog: 10, backlogAgeMs: 9, workers: 1, observedAt: 'now' } }, true, 'ready'],
  [{ load: { backlog: 11, backlogAgeMs: 9, workers: 1, observedAt: 'now' } }, false, 'ready'],
  [{ load: { backlog: 11, backlogAgeMs: 9, workers: 1, observedAt: 'old' } }, true, 'ready'],
  [{}, true, 'ready'],
])('%j with a stand-in %s: %s', (readiness, standIn, verdict) => {
  const load = 'load' in readiness && {
    load: {
      ...readiness.load,
      observedAt: new Date(BEGAN - (readiness.load.observedAt === 'old' ? 5_001 : 5_000)).toISOString(),
    },
  };
  const rules = { failures: 1, withinMs: 1, openMs: 1, backlog: 10 };
  expect(judgeReadiness(rules, { ...readiness, ...load }, { now: BEGAN, standIn })).toBe(verdict);
});
