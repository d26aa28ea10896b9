import { REMOTE_TASK } from '../../../contract/remote-task.ts';
import type { TeamManifest, ToolManifest } from '../../../contract/team.ts';

type Effects = NonNullable<TeamManifest['agents'][string]['remote']>['effects'];

/** The same team with some of its agents elsewhere. */
export function withRemote(
  team: TeamManifest,
  names: readonly string[],
  effects: Effects = 'cancellable',
): TeamManifest {
  const tool: ToolManifest = {
    name: REMOTE_TASK,
    description: 'A task elsewhere',
    effect: 'write',
    reversible: effects === 'cancellable',
    onFailure: 'unwind',
    timeoutMs: 1_000,
    retry: { attempts: 1, initialMs: 1, backoff: 1, maximumMs: 1 },
    input: {},
  };
  const agents = Object.entries(team.agents).map(([name, agent]) => [
    name,
    names.includes(name)
      ? { ...agent, remote: { protocol: 'a2a', effects }, tools: { [REMOTE_TASK]: tool } }
      : agent,
  ]);
  return { ...team, agents: Object.fromEntries(agents) as TeamManifest['agents'] };
}
