import type { BreakerReport, BreakerReported, ReadinessInput, TurnInput } from '../../contract/activities.ts';
import { closedBreaker, type BreakerState } from '../../contract/breaker.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import type { BreakerName, BreakerStore } from '../../contract/ports.ts';
import type { Readiness } from '../../contract/readiness.ts';
import type { TeamManifest } from '../../contract/team.ts';
import type { Team } from '../define-team.ts';
import type { ReadLoad } from './load.ts';

/** @throws BatonError `CONFIGURATION_INVALID` where an agent has a breaker, and there is no store to keep it in */
export function requireBreakers(teams: readonly Team[], breakers: BreakerStore | undefined): void {
  if (breakers) return;
  for (const { name, manifest } of teams) {
    const guarded = Object.values(manifest.agents).find((agent) => agent.breaker);
    if (!guarded) continue;
    const detail = `team ${name}: the agent ${guarded.name} has a breaker, and there is no store of breakers`;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'breakers'));
  }
}

/**
 * Reads what is known of a receiver. Half-open, the breaker lets this handoff through as its probe. A store or
 * server that does not answer leaves its part out: not knowing is no reason to isolate anybody.
 */
export async function readReadiness(
  breakers: BreakerStore | undefined,
  readLoad: ReadLoad,
  input: ReadinessInput,
): Promise<Readiness> {
  const [breaker, load] = await Promise.all([askBreaker(breakers, input), readLoad(input.queue)]);
  return { ...(breaker ? { breaker } : {}), ...(load ? { load } : {}) };
}

async function askBreaker(
  breakers: BreakerStore | undefined,
  input: ReadinessInput,
): Promise<Readiness['breaker']> {
  if (!breakers || !input.breaker) return undefined;
  const { handoff, rules } = input.breaker;
  const at = new Date().toISOString();
  const moved = await breakers
    .move(nameOf(input), { kind: 'asked', at, handoff, caseId: input.caseId, rules })
    .catch(() => undefined);
  return moved && { answer: moved.answer, ...toldOf(moved.state) };
}

/**
 * Counts a failure.
 * @throws BatonError `STORE_UNAVAILABLE` (retryable)
 */
export async function reportFailure(
  breakers: BreakerStore | undefined,
  report: BreakerReport,
): Promise<BreakerReported> {
  const { rules, key, handoff, code, caseId } = report;
  const at = new Date().toISOString();
  const moved = await breakers?.move(nameOf(report), {
    ...{ kind: 'failed', at, key, caseId, code, rules },
    ...(handoff === undefined ? {} : { handoff }),
  });
  const { state, before } = moved ?? { state: closedBreaker(), before: closedBreaker() };
  return { ...toldOf(state), opened: state.kind === 'open' && before.kind !== 'open' };
}

/** An agent with a breaker has answered: failures before it no longer count, and a probe has gone well. */
export async function tellAnswered(
  breakers: BreakerStore | undefined,
  manifest: TeamManifest,
  input: TurnInput,
): Promise<void> {
  if (!breakers || !getOwn(manifest.agents, input.agent)?.breaker) return;
  const at = new Date().toISOString();
  const handoff = input.offer && { handoff: input.envelope.idempotencyKey };
  // A store that is away costs nobody their answer; the probe's time runs out.
  await breakers.move(nameOf(input), { kind: 'answered', at, ...handoff }).catch(() => undefined);
}

function nameOf({ team, agent, agentVersion }: BreakerName): BreakerName {
  return { team, agent, agentVersion };
}

function toldOf(state: BreakerState): Pick<BreakerReported, 'state' | 'failures' | 'until'> {
  const until =
    state.kind === 'open' ? state.until : state.kind === 'half-open' ? state.probe.until : undefined;
  return {
    state: state.kind,
    failures: state.failures.length,
    ...(until === undefined ? {} : { until }),
  };
}
