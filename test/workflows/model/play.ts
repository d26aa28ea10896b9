import { parseCaseInput, type CaseInput } from '../../../contract/case.ts';
import { failure } from '../../../contract/failures.ts';
import type { LedgerRow } from '../../../contract/ledger.ts';
import { ROWS_PER_ACTIVITY } from '../../../contract/limits.ts';
import type { Receipt } from '../../../contract/message-shapes.ts';
import type { TeamManifest } from '../../../contract/team.ts';
import { carriedInput, startingState } from '../../../workflows/carry.ts';
import { decide } from '../../../workflows/decide/decide.ts';
import { isQuiet } from '../../../workflows/decide/quiet.ts';
import type { CaseEvent, Step } from '../../../workflows/events.ts';
import type { CaseState } from '../../../workflows/state.ts';
import { acknowledgementOf, answer, type Temper } from './answers.ts';
import { carried } from './carried.ts';
import { chanceFrom, type Chance } from './chance.ts';
import { knock, refusedMessage, type DoorMove } from './door-events.ts';
import { readinessBy } from './breakers.ts';
import { createWorld, endRecord, takeSteps, type Outstanding, type World } from './world.ts';

/** One thing that happens to a case. What exactly is drawn from `how`. */
export interface Move {
  readonly kind:
    'answer' | 'acknowledge' | 'timer' | 'again' | 'cancel' | 'continue' | 'store' | 'refused' | DoorMove;
  readonly how: number;
}

/** A team and everything that happens to one of its cases. */
export interface Scenario {
  readonly team: TeamManifest;
  readonly opening: {
    readonly message: boolean;
    readonly facts: boolean;
    readonly humanOnly?: true;
    /** Who opens it; nobody is named when absent. */
    readonly openedBy?: string;
    /** The case of another house that it is a part of; of this house alone when absent. */
    readonly handedOver?: CaseInput['handedOver'];
    /** What the case may not go beyond; nothing when absent. */
    readonly constraints?: { readonly budgetUsd?: number; readonly allowedActions?: readonly string[] };
  };
  readonly moves: readonly Move[];
}

/** One decision, as those who check it see it. */
export interface Observed {
  readonly before: CaseState;
  readonly event: CaseEvent;
  readonly now: number;
  readonly after: CaseState;
  readonly steps: readonly Step[];
  readonly rows: readonly LedgerRow[];
  readonly receipt: Receipt | undefined;
  readonly world: World;
}

/** Looks at a decision and throws when it breaks an invariant. A check may remember what it saw. */
export type Check = (observed: Observed) => void;

/** A case being played. */
export interface Play {
  readonly world: World;
  readonly state: () => CaseState;
  /** Every row the case ever wrote. */
  readonly rows: readonly LedgerRow[];
  /** Events so far, for whoever has to understand a failure. */
  readonly story: () => readonly string[];
  readonly move: (move: Move) => void;
  /** Carries the state to a new execution, as it goes there; false where the case is not at rest. */
  readonly continueAsNew: () => boolean;
  /** Answers everything that is under way, sensibly, until nothing is. */
  readonly settle: () => void;
  readonly dispatch: (event: CaseEvent) => void;
  /** Lets time pass. */
  readonly advanceTo: (instant: number) => void;
  readonly input: CaseInput;
}

const TRACE = '8d5c5c1e-7f3a-4f5e-9c39-0f6f5e7b2a11';
const BEGAN = Date.UTC(2026, 0, 5, 9);

/** Begins a case. Every decision is shown to the checks. */
export function beginPlay(
  scenario: Omit<Scenario, 'moves'>,
  checks: readonly Check[],
  options: { readonly continues?: boolean; readonly keeps?: boolean } = {},
): Play {
  const world = createWorld(options);
  const rows: LedgerRow[] = [];
  const story: (() => string)[] = [];
  let now = BEGAN;
  const input = inputOf(scenario);
  let state: CaseState = frozen(startingState(input, { caseId: 'case-1', trace: TRACE }));

  function dispatch(event: CaseEvent): void {
    now += 1;
    const instant = now - BEGAN;
    story.push(() => `${String(instant)} ${JSON.stringify(event).slice(0, 400)}`);
    const before = state;
    const decided = decide(before, frozen(event), now);
    // What continue-as-new would carry is what the next decision gets: nothing but JSON can matter.
    const after = carried(decided.state);
    const added = after.rows.filter((row) => row.sequence > before.ledger.sequence);
    rows.push(...added);
    state = after;
    takeSteps(world, decided.steps, state);
    const kinds = decided.steps.map((step) => step.kind);
    story.push(() => `    -> ${after.work.kind}, ${after.owner}, steps ${kinds.join(' ')}`);
    for (const check of checks)
      check({
        before,
        event,
        now,
        after,
        steps: decided.steps,
        rows: added,
        receipt: decided.receipt,
        world,
      });
  }

  /** The receiver is looked at, where it has a breaker: the performer makes the offer only if the case wants it then. */
  function lookAt(one: Outstanding, chance: Chance, temper: Temper): boolean {
    if (one.step.kind !== 'handoff' || !one.step.readiness || one.looked === true) return false;
    const { turnId } = one.step;
    one.looked = true;
    const event: CaseEvent = { kind: 'readiness-read', turnId, readiness: readinessBy(chance, temper, now) };
    dispatch(event);
    world.past.push(event);
    one.rows = state.rows.slice(0, ROWS_PER_ACTIVITY);
    if (state.work.kind === 'offer' && state.work.turnId === turnId) return true;
    world.outstanding = world.outstanding.filter((other) => other !== one);
    const output = { kind: 'declined', failure: failure('OFFER_WITHDRAWN') } as const;
    dispatch({ kind: 'turn-ended', turnId, output });
    return true;
  }

  function answerOne(chance: Chance, temper: Temper): void {
    const one = chance.pick(world.outstanding);
    if (lookAt(one, chance, temper)) return;
    const events = answer(world, one, scenario.team, chance, temper, now);
    for (const event of events.slice(0, -1)) dispatch(event);
    if (one.step.kind !== 'record') world.outstanding = world.outstanding.filter((other) => other !== one);
    for (const event of events.slice(-1)) dispatch(event);
    if (one.step.kind === 'record') endRecord(world, one, state);
    world.past.push(...events);
  }

  function fire(chance: Chance): void {
    const timer = chance.pick([...world.timers.values()]);
    world.timers.delete(timer.id);
    now = Math.max(now, Date.parse(timer.at));
    dispatch(timer.event);
    world.past.push(timer.event);
  }

  function acknowledge(chance: Chance): void {
    const offers = world.outstanding.filter(
      (one) => one.step.kind === 'handoff' && (!one.step.readiness || one.looked),
    );
    if (offers.length === 0) return;
    const one = chance.pick(offers);
    const offer = one.step.kind === 'handoff' ? one.step.input.offer : undefined;
    if (!offer) return;
    one.acknowledged = true;
    const right = acknowledgementOf(offer);
    const acknowledgement = chance.weighted([
      [8, right],
      [1, { ...right, offerEpoch: right.offerEpoch + 1 }],
      [1, { ...right, digest: 'f'.repeat(64) }],
      [1, { ...right, handoffId: 'h99' }],
    ]);
    const event: CaseEvent = { kind: 'acknowledged', acknowledgement };
    dispatch(event);
    world.past.push(event);
  }

  function again(chance: Chance): void {
    // An activity ends once; signals and what they carry may come late and twice.
    const repeatable = world.past.filter(
      (event) =>
        event.kind === 'acknowledged' ||
        event.kind === 'readiness-read' ||
        event.kind === 'turn-ended' ||
        event.kind === 'offer-expired' ||
        event.kind === 'review-expired' ||
        event.kind === 'team-resolved' ||
        event.kind === 'recorded',
    );
    if (repeatable.length > 0) dispatch(chance.pick(repeatable));
  }

  function continueAsNew(): boolean {
    if (world.outstanding.length > 0 || !isQuiet(state) || state.rows.length > 0) return false;
    const parsed = parseCaseInput(JSON.parse(JSON.stringify(carriedInput(input, state))));
    if (!parsed.ok) throw new Error(`a continued case is refused: ${parsed.failure.message}`);
    state = frozen(
      JSON.parse(
        JSON.stringify(startingState(parsed.value, { caseId: 'wrong', trace: 'wrong' })),
      ) as CaseState,
    );
    world.timers.clear();
    dispatch({ kind: 'continued' });
    return true;
  }

  function move(made: Move): void {
    const chance = chanceFrom(made.how);
    switch (made.kind) {
      case 'answer':
        if (world.outstanding.length > 0) answerOne(chance, 'wild');
        return;
      case 'acknowledge':
        acknowledge(chance);
        return;
      case 'timer':
        if (world.timers.size > 0) fire(chance);
        return;
      case 'again':
        again(chance);
        return;
      case 'cancel':
        dispatch({ kind: 'cancel-requested' });
        return;
      case 'continue':
        if (options.continues !== false) continueAsNew();
        return;
      case 'store':
        world.storeDown = !world.storeDown;
        return;
      case 'refused':
        dispatch(refusedMessage());
        return;
      case 'say':
      case 'ask-human':
      case 'decide':
      case 'claim':
      case 'reply':
      case 'give-back':
      case 'resolve':
      case 'redrive':
      case 'discard':
      case 'release':
      case 'reassign':
      case 'take-over':
      case 'whisper':
      case 'switch-policy':
      case 'decide-otherwise':
      case 'ask-agent':
      case 'opt-out':
      case 'give-back-agreed':
        dispatch(knock(made.kind, state, chance));
        return;
    }
  }

  function settle(): void {
    world.storeDown = false;
    for (let round = 0; world.outstanding.length > 0; round += 1) {
      if (round > 500) throw new Error('a sensible world does not bring the case to rest');
      answerOne(chanceFrom(round), 'kind');
    }
  }

  dispatch({ kind: 'opened', input });
  const advanceTo = (instant: number): void => {
    now = Math.max(now, instant);
  };
  return {
    ...{ world, state: () => state, rows, story: () => story.map((told) => told()) },
    ...{ move, continueAsNew, settle, dispatch, advanceTo, input },
  };
}

function inputOf(scenario: Omit<Scenario, 'moves'>): CaseInput {
  const parsed = parseCaseInput({
    version: '1.0.0',
    team: scenario.team.name,
    task: {
      ...{ definition: 'whatever the user needs', remaining: ['pay back'] },
      ...(scenario.opening.constraints ? { constraints: scenario.opening.constraints } : {}),
    },
    ...(scenario.opening.facts ? { facts: { order: 'order-0', secret: 'secret-0' } } : {}),
    ...(scenario.opening.humanOnly === true ? { humanOnly: true } : {}),
    ...(scenario.opening.handedOver ? { handedOver: scenario.opening.handedOver } : {}),
    ...(scenario.opening.openedBy === undefined ? {} : { openedBy: scenario.opening.openedBy }),
    ...(scenario.opening.message ? { message: { id: 'u0', text: 'hello' } } : {}),
  });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

/** Freezes a value whole, so that a decision that writes on its input throws. */
export function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}
