import type { SlotName } from './vocabulary.ts';

/** A slot that a receiver gets from what another service knows. */
export interface Mapping {
  readonly from: string;
  readonly to: string;
  readonly slot: string;
  readonly source: SlotName;
}

/** What a service lets through for others: a fact of somebody else's that a later service needs. */
export interface PassThrough {
  readonly service: string;
  readonly source: SlotName;
}

/** Who hands over to whom, and what crosses. */
export interface Routes {
  /** Services that cases start at. */
  readonly starts: readonly string[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  /** At most one for each (from, to, slot). */
  readonly mappings: readonly Mapping[];
  readonly passing: readonly PassThrough[];
}
