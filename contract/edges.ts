import type { EdgeManifest, TeamManifest } from './team.ts';

/** The edge of an ordered pair, if the team has it. */
export function edgeBetween(
  manifest: Pick<TeamManifest, 'edges'>,
  from: string,
  to: string,
): EdgeManifest | undefined {
  return manifest.edges.find((edge) => edge.from === from && edge.to === to);
}
