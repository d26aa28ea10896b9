import type { EdgeManifest, TeamManifest } from './team.ts';

/** The edge of an ordered pair, if the team has it. */
export function edgeBetween(
  manifest: Pick<TeamManifest, 'edges'>,
  from: string,
  to: string,
): EdgeManifest | undefined {
  return manifest.edges.find((edge) => edge.from === from && edge.to === to);
}

/** The edge whose rules hold for a way: a return without an edge of its own goes back along the one it came by. */
export function edgeBehind(
  manifest: Pick<TeamManifest, 'edges'>,
  from: string,
  to: string,
  verb: string,
): EdgeManifest | undefined {
  return edgeBetween(manifest, from, to) ?? (verb === 'return' ? edgeBetween(manifest, to, from) : undefined);
}
