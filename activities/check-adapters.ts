import type { Adapter } from '../contract/adapters.ts';
import { selectFields } from '../contract/selective-fields.ts';
import type { Agent } from './agent.ts';
import { jsonSchemaOf } from './define-tool.ts';

/**
 * What is wrong with the adapters of an edge: a name the receiver does not declare, two sources for one name, a fact
 * both mapped and refused, a rename to the same name, adapters on the way to people, who get everything as it is.
 * What a sender knows cannot be listed beforehand (it notes facts of its own), so sources are not checked.
 * @param receiver undefined where the edge leads to people
 */
export function findAdapterFaults(
  adapters: readonly Adapter[],
  place: string,
  receiver: Agent | undefined,
): readonly string[] {
  if (!receiver) return adapters.length === 0 ? [] : [`${place}.adapt: people get the facts as they are`];
  const faults: string[] = [];
  const sources = new Map<string, string>();
  const refused = new Set(adapters.flatMap((rule) => ('refuse' in rule ? [rule.from] : [])));
  for (const [index, rule] of adapters.entries()) {
    if ('refuse' in rule) continue;
    const here = `${place}.adapt.${String(index)}`;
    const { from, to } = rule;
    const other = sources.get(to);
    if (from === to) faults.push(`${here}: ${from} is mapped to itself`);
    if (refused.has(from)) faults.push(`${here}: ${from} is both mapped and refused`);
    if (other !== undefined)
      faults.push(`${here}: ${to} has two sources, ${other} and ${from}; one must be left out`);
    if (!acceptsFact(receiver, to)) faults.push(`${here}: ${receiver.name} does not accept ${to}`);
    sources.set(to, from);
  }
  return faults;
}

/** Whether an agent has a place for a fact of this name. */
export function acceptsFact(receiver: Agent, name: string): boolean {
  try {
    return selectFields(jsonSchemaOf(receiver.accepts), { [name]: true }).dropped.length === 0;
  } catch {
    // A schema that cannot be said in JSON is a fault of the agent, and is reported there.
    return true;
  }
}
