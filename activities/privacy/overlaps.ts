import { detectedKinds } from '../../contract/personal-data.ts';
import type { Finding } from './finding.ts';

/**
 * One finding per character: the kind that comes first in the list of kinds wins, then the longer, then the
 * earlier. So a key inside which digits look like a phone stays one secret, and the PAN inside a GSTIN is not
 * reported twice. Pure; the answer is in order of the text.
 */
export function resolveOverlaps(findings: readonly Finding[]): readonly Finding[] {
  const ranks = new Map(detectedKinds().map((kind, rank) => [kind, rank]));
  const rank = (one: Finding): number => ranks.get(one.kind) ?? ranks.size;
  const best = [...findings].sort(
    (a, b) => rank(a) - rank(b) || b.end - b.start - (a.end - a.start) || a.start - b.start,
  );
  const taken = new Intervals();
  return best.filter((one) => taken.takeIfFree(one)).sort((a, b) => a.start - b.start);
}

/** Disjoint intervals in order of their starts, searched by halving. */
class Intervals {
  readonly #taken: Finding[] = [];

  takeIfFree(one: Finding): boolean {
    let low = 0;
    let high = this.#taken.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#taken[middle]?.start ?? 0) < one.end) low = middle + 1;
      else high = middle;
    }
    const before = this.#taken[low - 1];
    if (before && before.end > one.start) return false;
    this.#taken.splice(low, 0, one);
    return true;
  }
}
