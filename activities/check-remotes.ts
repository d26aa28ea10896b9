import { getOwn } from '../contract/json.ts';
import { REMOTE_TASK } from '../contract/remote-task.ts';
import type { TeamManifest } from '../contract/team.ts';

/**
 * What is wrong with how a team reaches agents elsewhere: where nobody here can take back what they do, a person must
 * say yes before they are asked, as for a tool of one's own (A5).
 */
export function faultsOfRemotes(
  manifest: Pick<TeamManifest, 'start' | 'agents' | 'edges' | 'asks'>,
): readonly string[] {
  const { agents, edges, asks = [], start } = manifest;
  const isIrreversible = (name: string): boolean => getOwn(agents, name)?.remote?.effects === 'irreversible';
  const remedy =
    "say `effects: 'none'` of an agent that changes nothing, or 'cancellable' of a team of Baton that takes back what it has written";
  return [
    ...Object.values(agents)
      .filter((agent) => agent.remote === undefined && Object.hasOwn(agent.tools, REMOTE_TASK))
      .map(({ name }) => `agents.${name}.tools.${REMOTE_TASK}: this name is reserved for agents elsewhere`),
    ...(isIrreversible(start)
      ? [`start: nobody can approve of what ${start} does elsewhere and cannot be undone; ${remedy}`]
      : []),
    ...edges
      .filter(
        (one) => isIrreversible(one.to) && (one.approval === undefined || one.approval.when !== undefined),
      )
      .map(
        ({ from, to }) =>
          `edges (${from} -> ${to}): ${to} works elsewhere, and what it does cannot be undone; give the edge an \`approval\` without \`when\`, or ${remedy}`,
      ),
    ...asks
      .filter((one) => isIrreversible(one.to))
      .map(
        ({ from, to }) =>
          `asks (${from} asks ${to}): nobody approves of a question, and what ${to} does elsewhere cannot be undone; ${remedy}`,
      ),
  ];
}
