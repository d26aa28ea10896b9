import { applicationFailure } from '../contract/application-failure.ts';
import type { CallInput } from '../contract/activities.ts';
import { BatonError, failure } from '../contract/failures.ts';
import { getOwn } from '../contract/json.ts';
import type { ToolRates } from '../contract/rates.ts';
import type { TeamManifest } from '../contract/team.ts';
import { tenantOfCase } from '../contract/tenant.ts';
import type { Team } from './define-team.ts';

/** @throws BatonError `CONFIGURATION_INVALID` where a tool has a rate, and there is no store to count in */
export function requireRates(teams: readonly Team[], rates: ToolRates | undefined): void {
  if (rates) return;
  for (const { name, manifest } of teams) {
    const tools = Object.values(manifest.agents).flatMap((agent) => Object.values(agent.tools));
    const limited = tools.find((tool) => tool.rate);
    if (!limited) continue;
    const detail = `team ${name}: the tool ${limited.name} has a rate, and there is no store of rates`;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'rates'));
  }
}

/**
 * Lets a call go to its tool, as the rate allows that the case is pinned to. Every attempt is a call, for the outside
 * system counts them all.
 * @param attempt of the call, over all activities that it has had; 1 for the first
 * @throws a failure `TOOL_RATE_LIMITED` that tells the case how long to wait: nothing was sent
 */
export async function awaitRate(
  rates: ToolRates | undefined,
  manifest: TeamManifest,
  input: CallInput,
  attempt: number,
): Promise<void> {
  const rate = getOwn(getOwn(manifest.agents, input.agent)?.tools ?? {}, input.tool)?.rate;
  if (!rate || !rates) return;
  const bucket = rate.bucket ?? `${input.team}/${input.tool}`;
  const key = `${input.key} ${String(attempt)}`;
  const name = { tenant: tenantOfCase(input.caseId), bucket };
  const waitMs = await rates.take(name, rate, key, Date.now());
  if (waitMs === 0) return;
  const detail = `${bucket}, ${String(rate.calls)} calls in ${String(rate.perMs)} ms; its turn is in ${String(waitMs)} ms`;
  // Not by Temporal's retry: to wait must cost the call none of its attempts.
  throw applicationFailure(failure('TOOL_RATE_LIMITED', detail), {
    beside: { waitMs, attempts: attempt - 1 },
  });
}
