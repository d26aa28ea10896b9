import { activitiesOfCase, failureReporter, policyFetcher } from './activity-calls.ts';
import type { CaseEvent, Step } from './events.ts';
import { look } from './offer.ts';
import { troubleOf, undecodable } from './trouble.ts';

/** Asks who is of a pool. Tried for as long as the case lives: a directory that is down keeps everybody out. */
export function consult({ input }: Extract<Step, { kind: 'consult' }>): Promise<CaseEvent> {
  const { pool, occasion } = input;
  return activitiesOfCase(`who is of ${pool}: ${occasion.kind}`)
    .consult(input)
    .then((answer): CaseEvent => {
      const damaged = undecodable(answer);
      return damaged
        ? { kind: 'consult-failed', pool, trouble: troubleOf(damaged) }
        : { kind: 'consulted', pool, occasion, answer };
    })
    .catch((thrown: unknown): CaseEvent => ({ kind: 'consult-failed', pool, trouble: troubleOf(thrown) }));
}

/** Asks for the keys of doors. */
export function readDoorKeys({ input }: Extract<Step, { kind: 'read-door-keys' }>): Promise<CaseEvent> {
  return activitiesOfCase('the keys of doors')
    ['door-keys'](input)
    .then((answer): CaseEvent => {
      const damaged = undecodable(answer);
      return damaged
        ? { kind: 'door-keys-failed', trouble: troubleOf(damaged) }
        : { kind: 'door-keys-read', keys: answer.keys };
    })
    .catch((thrown: unknown): CaseEvent => ({ kind: 'door-keys-failed', trouble: troubleOf(thrown) }));
}

/** Asks for a version of the policy. */
export function fetchPolicy({ input }: Extract<Step, { kind: 'fetch-policy' }>): Promise<CaseEvent> {
  const { digest, policyVersion } = input;
  return policyFetcher(`fetch policy ${policyVersion}`)
    ['fetch-policy'](input)
    .then((fetched): CaseEvent => {
      const damaged = undecodable(fetched);
      return damaged
        ? { kind: 'policy-fetched', digest, failure: troubleOf(damaged).failure }
        : { kind: 'policy-fetched', digest, policy: fetched.policy };
    })
    .catch((thrown: unknown): CaseEvent => {
      return { kind: 'policy-fetched', digest, failure: troubleOf(thrown).failure };
    });
}

/** Tells the breaker of a failure; undefined where nobody could be told, which changes nothing for the case. */
export async function reportFailure({
  input,
}: Extract<Step, { kind: 'report-failure' }>): Promise<CaseEvent | undefined> {
  const reported = await failureReporter(`${input.agent} failed: ${input.code}`)
    ['report-failure'](input)
    .catch(() => undefined);
  if (reported === undefined || undecodable(reported)) return undefined;
  return { kind: 'failure-reported', report: input, reported };
}

/** Looks at a receiver for the policy. */
export async function lookAt({ lookId, input }: Extract<Step, { kind: 'look-at' }>): Promise<CaseEvent> {
  return { kind: 'looked-at', lookId, readiness: await look(input) };
}
