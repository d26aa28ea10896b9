import type { EdgeManifest, PoolManifest } from '../contract/team.ts';

/** Roles that may see what is masked, and that nobody has, or where nothing is masked: a right that is never any. */
export function faultsOfUnmasking(manifest: {
  readonly pools: Readonly<Record<string, PoolManifest>>;
  readonly edges: readonly EdgeManifest[];
}): readonly string[] {
  const pools = Object.values(manifest.pools);
  const unheld = (place: string, roles: readonly string[], among: readonly PoolManifest[]): string[] => {
    const held = among.flatMap((pool) => Object.values(pool.members).flatMap((member) => member.roles));
    if (among.some((pool) => pool.staffing)) return [];
    return roles
      .filter((role) => !held.includes(role))
      .map((role) => `${place}.unmask: nobody has the role ${JSON.stringify(role)}`);
  };
  return [
    ...pools.flatMap((pool) => unheld(`pools.${pool.name}`, pool.unmask ?? [], [pool])),
    ...manifest.edges.flatMap(({ from, to, redact, unmask }) => {
      if (!unmask) return [];
      const place = `edges (${from} -> ${to})`;
      const idle = redact ? [] : [`${place}.unmask: the edge masks nothing`];
      return [...idle, ...unheld(place, unmask, pools)];
    }),
  ];
}
