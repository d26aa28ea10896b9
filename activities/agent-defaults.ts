import type { BreakerRules } from '../contract/breaker.ts';
import type { Retry } from '../contract/team.ts';

/** Two quick retries, then whoever the failure concerns (R2). */
export function agentRetry(): Retry {
  return { attempts: 3, initialMs: 200, backoff: 2, maximumMs: 5_000 };
}

/** Three failures in a row within five minutes, and a probe every half a minute (R7). */
export function breakerRules(): BreakerRules {
  return { failures: 3, withinMs: 300_000, openMs: 30_000 };
}
