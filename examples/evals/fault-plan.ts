import { createHash } from 'node:crypto';

const FAULTS = ['F01', 'F03', 'F07', 'F22'] as const;
/** A fault that can be rehearsed. */
export type Fault = (typeof FAULTS)[number];

/** Names of the faults that can be rehearsed. */
export function faultNames(): readonly Fault[] {
  return FAULTS;
}
/** Whether a word names one of them. */
export function isFault(word: string): word is Fault {
  return (FAULTS as readonly string[]).includes(word);
}

/** What is to be played, as far as faults care. */
export interface Plannable {
  readonly id: string;
  /** Calls in order. */
  readonly steps: readonly { readonly id: string; readonly changes: boolean }[];
}

/** What is done to one case. The same seed plans the same. */
export interface CaseFaults {
  /** F01: the worker dies once this step has changed its store, before anybody hears of it. */
  readonly killAfterStep?: string;
  /** F01 and F22 together: the worker also dies after the first compensation. */
  readonly killAfterUndo: boolean;
  /** F07: every request, message and decision comes five times. */
  readonly repeat: boolean;
  /** F22: cancelled at this moment, counted over turns and visits to the store. */
  readonly cancelAt?: number;
}

/** How often the server is killed (F03). */
const SERVER_KILLS = 3;

/** Numbers from 0 to 1 that depend on the seed and the labels alone. */
function seededRandom(seed: number, ...labels: readonly string[]): () => number {
  let state = createHash('sha256')
    .update(JSON.stringify([seed, ...labels]))
    .digest()
    .readUInt32BE(0);
  // Mulberry32: small, and good enough to choose among faults.
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Plans the faults of one case: a kill or a cancellation comes to every other case on average, repetition to all.
 * @param first whether this is the first case of the run, which always gets its faults
 */
export function planFaults(
  faults: readonly Fault[],
  seed: number,
  script: Plannable,
  first: boolean,
): CaseFaults {
  const random = seededRandom(seed, script.id);
  // Drawn in any case, so that one fault's plan does not depend on the others asked for.
  const [kill, which, undo, cancel, when] = [random(), random(), random(), random(), random()];
  const writes = script.steps.filter((step) => step.changes);
  const victim = writes[Math.floor(which * writes.length)];
  const kills = faults.includes('F01') && victim !== undefined && (first || kill < 0.5);
  const cancels = faults.includes('F22') && (first || cancel < 0.5);
  return {
    ...(kills ? { killAfterStep: victim.id } : {}),
    killAfterUndo: faults.includes('F01') && cancels && undo < 0.3,
    repeat: faults.includes('F07'),
    ...(cancels ? { cancelAt: 1 + Math.floor(when * momentsOf(script)) } : {}),
  };
}

/** Numbers of committed effects, over the whole run, after which the server is killed (F03). */
export function planServerKills(
  faults: readonly Fault[],
  seed: number,
  scripts: readonly Plannable[],
): readonly number[] {
  if (!faults.includes('F03')) return [];
  const random = seededRandom(seed, 'server');
  const writes = scripts.flatMap((script) => script.steps).filter((step) => step.changes).length;
  const part = Math.max(1, writes / SERVER_KILLS);
  const at = Array.from(
    { length: SERVER_KILLS },
    (_none, index) => 1 + Math.floor((index + random()) * part),
  );
  return [...new Set(at)].filter((ordinal) => ordinal <= writes);
}

/** Moments of a case at which it can be cancelled: each turn, and before and after each visit to the store. */
function momentsOf(script: Plannable): number {
  const perStep = script.steps.map((step) => (step.changes ? 4 : 3));
  return perStep.reduce((sum, moments) => sum + moments, 2);
}
