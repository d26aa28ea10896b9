import { getOwn } from '../contract/json.ts';
import { declares } from '../contract/selective-fields.ts';
import type { AgentManifest, EdgeManifest } from '../contract/team.ts';

/** The parts of a team that techniques of context refer to, before the whole has been checked. */
interface Parts {
  readonly agents: Readonly<Record<string, AgentManifest>>;
  readonly edges: readonly EdgeManifest[];
}

/**
 * What is wrong with how context crosses a team's edges: a technique on an edge to people, who see the whole case, a
 * summarised view without the summary, and a reference for a fact that the receiver does not accept (X4).
 * @returns faults, each with its place and what to do
 */
export function faultsOfContext({ agents, edges }: Parts): readonly string[] {
  return edges.flatMap(({ from, to, verb, context }) => {
    if (!context) return [];
    const place = `edges (${from} -> ${to}).context`;
    if (verb === 'escalate') return [`${place}: people see the whole case; leave it out`];
    const faults: string[] = [];
    if (context.conversation?.kind === 'summarised' && context.summary !== true)
      faults.push(`${place}.conversation: a summarised view needs \`summary: true\` on the same edge`);
    const accepts = getOwn(agents, to)?.accepts ?? {};
    for (const name of context.reference ?? []) {
      if (!declares(accepts, name))
        faults.push(`${place}.reference: ${to} does not accept a fact ${JSON.stringify(name)}`);
    }
    return faults;
  });
}
