import { userInfo } from 'node:os';
import type { BreakerState } from '../../contract/breaker.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import type { BreakerChange, BreakerStore } from '../../contract/ports.ts';
import { table } from '../output/table.ts';
import type { Answer } from '../run-command.ts';

/** Breakers that have heard of something. */
export async function listBreakers(breakers: BreakerStore, team: string | undefined): Promise<Answer> {
  const listed = await breakers.list(team);
  return {
    json: { agents: listed },
    text:
      listed.length === 0
        ? 'no agent with a breaker has failed\n'
        : table(
            ['team', 'agent', 'version', 'breaker', 'failures', 'last', 'what next'],
            listed.map(({ team: ofTeam, agent, agentVersion, state }) => [
              ofTeam,
              agent,
              agentVersion,
              state.kind,
              String(state.failures.length),
              state.failures.at(-1)?.code ?? '',
              nextOf(state),
            ]),
          ),
  };
}

function nextOf(state: BreakerState): string {
  switch (state.kind) {
    case 'closed':
      return '';
    case 'open':
      return `one offer probes it from ${state.until}`;
    case 'half-open':
      return `case ${state.probe.caseId} probes it`;
  }
}

/** What became of breakers, and by whom. */
export async function logOfBreakers(breakers: BreakerStore, team: string | undefined): Promise<Answer> {
  const changes = await breakers.log(team === undefined ? {} : { team });
  return {
    json: { changes },
    text:
      changes.length === 0
        ? 'no breaker has changed\n'
        : table(
            ['at', 'team', 'agent', 'version', 'from', 'to', 'because'],
            changes.map((one) => [
              one.at,
              one.team,
              one.agent,
              one.agentVersion,
              one.from,
              one.to,
              becauseOf(one),
            ]),
          ),
  };
}

function becauseOf({ by, reason, caseId }: BreakerChange): string {
  if (by !== undefined) return `${by}: ${reason ?? ''}`;
  return caseId === undefined ? '' : `case ${caseId}`;
}

/**
 * Resets the breakers of an agent.
 * @throws BatonError `INPUT_INVALID` for an agent and version of which no breaker has heard
 */
export async function resetBreakers(
  breakers: BreakerStore,
  agent: string,
  options: {
    readonly team: string;
    readonly reason: string;
    readonly version?: string;
    readonly by?: string;
  },
): Promise<Answer> {
  const { team, version, reason, by = userInfo().username } = options;
  const there = await breakers.list(team);
  const meant = there.filter(
    (one) => one.agent === agent && (version === undefined || one.agentVersion === version),
  );
  if (meant.length === 0) {
    const names = there.map((one) => `${one.agent}@${one.agentVersion}`).join(', ');
    const detail = `${team} has no breaker of ${agent}${version === undefined ? '' : `@${version}`}`;
    throw new BatonError(failure('INPUT_INVALID', `${detail}; it has ${names || 'none'}`, 'agent'));
  }
  const at = new Date().toISOString();
  const reset = await Promise.all(
    meant.map(async ({ agentVersion }) => {
      const { before } = await breakers.move(
        { team, agent, agentVersion },
        { kind: 'reset', at },
        { by, reason },
      );
      return { agentVersion, before: before.kind };
    }),
  );
  return {
    json: { team, agent, reset, by, reason },
    text: reset.map((one) => `${agent} ${one.agentVersion}: was ${one.before}, is closed\n`).join(''),
  };
}
