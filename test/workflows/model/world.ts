import { ROWS_PER_ACTIVITY } from '../../../contract/limits.ts';
import type { LedgerRow } from '../../../contract/ledger.ts';
import type { CaseEvent, Step } from '../../../workflows/events.ts';
import type { Message } from '../../../contract/conversation.ts';
import { composeRecord } from '../../../workflows/decide/compose.ts';
import type { CaseState } from '../../../workflows/state.ts';

/** An activity that has not come to an end yet. */
export interface Outstanding {
  readonly step: Exclude<Step, { kind: 'stop' | 'arm' | 'disarm' }>;
  /** The rows that travelled along. */
  rows: readonly LedgerRow[];
  /** The messages that travelled along. */
  readonly messages: readonly Message[];
  /** The case asked it to stop. */
  stopped: boolean;
  /** The receiver has sent its acknowledgement ahead. */
  acknowledged: boolean;
  /** The receiver has been looked at, and its pool hears of the offer. */
  looked?: boolean;
}

/** A timer that has not fired. */
export interface Timer {
  readonly id: string;
  readonly at: string;
  readonly event: CaseEvent;
}

/** What a key amounts to at the outside world. */
export interface OutsideEffect {
  state: 'unseen' | 'committed' | 'undone' | 'tombstoned';
  commits: number;
}

/**
 * Everything around a decision core: activities under way, timers, the ledger store and the outside world. It does
 * what the performer and Temporal do, and nothing by itself.
 */
export interface World {
  outstanding: Outstanding[];
  readonly timers: Map<string, Timer>;
  readonly outside: Map<string, OutsideEffect>;
  /** Keys that their tool refused. */
  readonly refused: Set<string>;
  /** Keys of `undo` steps in the order they were asked for. */
  readonly undone: string[];
  readonly store: LedgerRow[];
  /** The conversation in the context store; undefined in a world that has none. */
  readonly kept: Message[] | undefined;
  /** Events that were dispatched and could come again. */
  readonly past: CaseEvent[];
  flushAgain: boolean;
  storeDown: boolean;
  /** The store has refused rows for good. */
  ledgerRefused: boolean;
}

/** A world in which nothing has happened. */
export function createWorld(options: { readonly keeps?: boolean } = {}): World {
  return {
    outstanding: [],
    timers: new Map(),
    outside: new Map(),
    refused: new Set(),
    undone: [],
    store: [],
    kept: options.keeps === true ? [] : undefined,
    past: [],
    flushAgain: false,
    storeDown: false,
    ledgerRefused: false,
  };
}

/** Takes the steps of a decision, as the performer would. */
export function takeSteps(world: World, steps: readonly Step[], state: CaseState): void {
  for (const step of steps) {
    switch (step.kind) {
      case 'stop':
        for (const one of world.outstanding) if (idOf(one.step) === step.id) one.stopped = true;
        break;
      case 'arm':
        world.timers.set(step.id, { id: step.id, at: step.at, event: step.event });
        break;
      case 'disarm':
        world.timers.delete(step.id);
        break;
      case 'record':
        if (world.outstanding.some((one) => one.step.kind === 'record')) world.flushAgain = true;
        else start(world, step, state);
        break;
      case 'resolve-team':
      case 'assess':
      case 'consult':
      case 'read-door-keys':
      case 'fetch-policy':
      case 'report-failure':
      case 'look-at':
      case 'turn':
      case 'handoff':
      case 'look':
      case 'preview':
      case 'effect':
      case 'undo':
        if (step.kind === 'effect') world.outside.set(step.input.key, { state: 'unseen', commits: 0 });
        if (step.kind === 'undo') world.undone.push(step.input.key);
        if (step.kind === 'turn' || step.kind === 'handoff') tryRemote(world, step.input.remote?.key, state);
        start(world, step, state);
        break;
    }
  }
}

/** A turn of an agent elsewhere is what tries the effect that stands for its task. */
function tryRemote(world: World, key: string | undefined, { effects }: CaseState): void {
  if (key === undefined || world.outside.has(key) || !effects.some((one) => one.key === key)) return;
  world.outside.set(key, { state: 'unseen', commits: 0 });
}

function start(world: World, step: Outstanding['step'], state: CaseState): void {
  const rows =
    step.kind === 'resolve-team' ||
    step.kind === 'assess' ||
    step.kind === 'consult' ||
    step.kind === 'fetch-policy' ||
    step.kind === 'report-failure' ||
    step.kind === 'read-door-keys' ||
    step.kind === 'look-at'
      ? []
      : state.rows.slice(0, ROWS_PER_ACTIVITY);
  const messages = messagesAlong(step, state);
  world.outstanding.push({ step, rows, messages, stopped: false, acknowledged: false });
}

function messagesAlong(step: Outstanding['step'], state: CaseState): readonly Message[] {
  if (step.kind === 'turn' || step.kind === 'handoff') return step.input.conversation;
  return step.kind === 'record' ? (composeRecord(state).conversation ?? []) : [];
}

/** The id under which a step can be stopped. */
export function idOf(step: Outstanding['step']): string {
  switch (step.kind) {
    case 'turn':
    case 'handoff':
      return step.turnId;
    case 'look':
    case 'preview':
    case 'effect':
      return step.input.key;
    case 'undo':
      return `undo ${step.input.key}`;
    case 'assess':
      return `assess ${String(step.sequence)}`;
    case 'consult':
      return `consult ${step.input.pool}`;
    case 'look-at':
      return step.lookId;
    case 'resolve-team':
    case 'record':
    case 'fetch-policy':
    case 'report-failure':
    case 'read-door-keys':
      return step.kind;
  }
}

/**
 * The ledger store takes rows as every store does: the same row again is a no-op.
 * @returns the last sequence that is safe, 0 when the store cannot be reached
 */
export function storeRows(world: World, rows: readonly LedgerRow[]): number {
  if (world.storeDown) return 0;
  for (const row of rows) {
    const known = world.store[row.sequence - 1];
    if (known) {
      if (known.hash !== row.hash) throw new Error(`I9: row ${String(row.sequence)} was written twice`);
      continue;
    }
    if (row.sequence !== world.store.length + 1)
      throw new Error(`I9: row ${String(row.sequence)} leaves a gap`);
    world.store.push(row);
  }
  return rows.at(-1)?.sequence ?? 0;
}

/** What an activity says of the stores once it has taken what came along. */
export function recordedBy(world: World, one: Outstanding): CaseEvent {
  const through = storeRows(world, one.rows);
  const keptThrough = storeMessages(world, one);
  return { kind: 'recorded', through, ...(keptThrough === undefined ? {} : { keptThrough }) };
}

/** The context store takes messages as every store does: each under its sequence, once, without gaps. */
function storeMessages(world: World, one: Outstanding): number | undefined {
  const { kept } = world;
  const keeping = one.step.kind === 'turn' || one.step.kind === 'handoff' || one.messages.length > 0;
  if (!kept || world.storeDown || !keeping) return undefined;
  for (const message of one.messages) {
    const known = kept.find((other) => other.sequence === message.sequence);
    if (known && known.text !== message.text) throw new Error(`X9: message ${message.id} was written twice`);
    if (known) continue;
    if (message.sequence !== kept.length + 1) throw new Error(`X9: message ${message.id} leaves a gap`);
    kept.push(message);
  }
  return one.messages.at(-1)?.sequence ?? kept.length;
}

/** Ends the flush under way, and begins another where the performer would. */
export function endRecord(world: World, one: Outstanding, state: CaseState): void {
  world.outstanding = world.outstanding.filter((other) => other !== one);
  if (state.rows.length > 0 && (world.flushAgain || state.work.kind === 'closing')) {
    world.flushAgain = false;
    start(world, { kind: 'record' }, state);
  } else world.flushAgain = false;
}
