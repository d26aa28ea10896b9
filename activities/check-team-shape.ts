import { isJsonObject } from '../contract/json.ts';

/**
 * What keeps a definition from being looked at as a team at all, as from plain JavaScript, where no compiler has seen
 * it: named before it would show as a property of undefined.
 */
export function faultOfShape(definition: unknown): string | undefined {
  if (!isJsonObject(definition)) return 'a team is an object with `name`, `start` and `edges`';
  const { start, edges } = definition;
  if (!isAgent(start)) return 'start: it must be an agent made by defineAgent';
  if (!Array.isArray(edges)) return 'edges: it must be a list of edge(from, to) and escalate(from, people)';
  const odd = edges.findIndex(
    (one: unknown) =>
      !isJsonObject(one) ||
      !isAgent(one['from']) ||
      !isJsonObject(one['to']) ||
      !isJsonObject(one['options']),
  );
  return odd < 0
    ? undefined
    : `edges.${String(odd)}: it must be made by edge(from, to) or escalate(from, people)`;
}

function isAgent(value: unknown): boolean {
  return isJsonObject(value) && isJsonObject(value['definition']);
}
