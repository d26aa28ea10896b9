import { z } from 'zod';
import { defineAgent } from '../../activities/define-agent.ts';
import {
  defineTeam,
  escalate,
  people,
  type Team,
  type TeamDefinition,
} from '../../activities/define-team.ts';
import type { AgentDefinition } from '../../activities/agent.ts';
import { parseTeamManifest } from '../../contract/team.ts';
import { HOSTILE, tryDoor, toldBy, type Cell, type Told } from './row.ts';

const desk = people('desk', { ann: { roles: [] } });

function team(
  agent: Partial<AgentDefinition<{ order?: string | undefined }>> = {},
  more: Partial<TeamDefinition> = {},
): Team {
  const only = defineAgent<{ order?: string | undefined }>({
    name: 'only',
    version: '1.0.0',
    domain: 'test',
    scope: 'everything',
    accepts: z.object({ order: z.string().optional() }),
    run: () => ({ intent: { kind: 'finish', outcome: 'done' } }),
    ...agent,
  });
  return defineTeam({ name: 'team', start: only, edges: [escalate(only, desk)], ...more });
}

/** What is no value of the type that a definition takes: as from JavaScript. */
const untyped = (value: unknown): never => value as never;
const scope = (megabytes: number): Cell => ({
  knock: () => toldBy(() => team({ scope: 'x'.repeat(megabytes * 1_000_000) })),
  code: 'TEAM_INVALID',
  names: /team has \d+ bytes, the limit is \d+/,
});

tryDoor(
  'team definition',
  {
    missing: {
      knock: () => toldBy(() => team({}, { edges: untyped(undefined) })),
      code: 'TEAM_INVALID',
      names: 'edges',
    },
    'wrong type': {
      knock: () => toldBy(() => team({}, { limits: { hops: untyped('many') } })),
      code: 'TEAM_INVALID',
      names: 'team.limits.hops',
    },
    'unknown version': {
      knock: (): Promise<Told> => {
        const parsed = parseTeamManifest({ ...team().manifest, version: '9.0.0' });
        if (parsed.ok) throw new Error('it was let in');
        return Promise.resolve(parsed.failure);
      },
      code: 'VERSION_UNSUPPORTED',
      names: /supported: 1\.0\.0.*team\.version/s,
    },
    '2.5 MB': scope(2.5),
    '5 MB': scope(5),
    undecodable: {
      knock: () => toldBy(() => team({ accepts: untyped(z.object({ at: z.date() })) })),
      code: 'TEAM_INVALID',
      names: 'agents.only.accepts',
    },
    'hostile text': {
      knock: () => toldBy(() => team({ name: HOSTILE })),
      code: 'TEAM_INVALID',
      names: 'team.start',
    },
  },
  () => {
    expect(team().manifest.start).toBe('only');
    return Promise.resolve();
  },
);
