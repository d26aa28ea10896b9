import { patched } from '@temporalio/workflow';
import { troubleOf } from './trouble.ts';

/** Rounds after which the operator hears of it: with pauses of up to ten seconds, longer than a rolling deploy. */
const ROUNDS = 60;

/**
 * How long to wait before an activity is scheduled again because only workers that are too old for the case picked it
 * up (F21). Nothing has happened then, so it costs the agent none of its attempts and is no fallback; an offer still
 * ends at its deadline.
 * @param round 1 for the first time
 * @returns milliseconds, or undefined for every other failure, and when it has gone on for too long
 */
export function pauseUntilServed(thrown: unknown, round: number): number | undefined {
  if (round > ROUNDS || troubleOf(thrown).failure.code !== 'WORKER_TOO_OLD') return undefined;
  // Histories of releases that gave up at once know nothing of further rounds.
  return patched('until-served') ? Math.min(round * 1_000, 10_000) : undefined;
}
