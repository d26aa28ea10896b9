import assert from 'node:assert/strict';
import { checksOfFailures } from './checks-of-failures.ts';
import { checksOfPrivacy } from './checks-of-privacy.ts';
import { checksOfProposals } from './checks-of-proposals.ts';
import { checksOfTurns } from './checks-of-turns.ts';
import type { Check } from './check.ts';
import { openSitting } from './sitting.ts';
import type { AgentSubject } from './subject.ts';

/** One thing that every agent must do, to be run by any test runner. */
export interface ConformanceCheck {
  readonly name: string;
  /** @throws what is not as it has to be */
  readonly run: () => Promise<void>;
}

/**
 * What every adapter behind the agent port must pass: its turns in and out, proposals instead of deeds, transfers that
 * guards decide, retries that cost nothing, typed failures, cancellation, and nothing in clear that an edge masks.
 * Each check sets up the agent anew, over the activities of a worker and stores in memory; no server is needed.
 * Idea: one suite for all implementations of a port, as web routers have it.
 * @returns the checks, for `for (const check of agentConformance(subject)) test(check.name, check.run)`
 */
export function agentConformance(subject: AgentSubject): readonly ConformanceCheck[] {
  const checks = [...checksOfTurns(), ...checksOfProposals(), ...checksOfFailures(), ...checksOfPrivacy()];
  return checks
    .filter((one) => !(one.takesTime === true && subject.instant === true))
    .map((one) => ({ name: one.name, run: () => runCheck(subject, one) }));
}

async function runCheck(subject: AgentSubject, check: Check): Promise<void> {
  const sitting = await openSitting(subject, check.thoughts);
  try {
    await check.play(sitting, subject);
    assert.ok(sitting.done(), `the mind was asked ${String(sitting.told.length)} times, and has more to say`);
  } finally {
    await sitting.close();
  }
}
