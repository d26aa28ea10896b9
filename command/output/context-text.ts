import type { HandoffMemory, HandoffRecord } from '../../contract/case.ts';
import type { MemoryOutline } from '../../contract/working-memory.ts';
import { inert } from './inert.ts';
import { fields } from './table.ts';

/** The context manifest of one hop: what the sender had, what crossed and how, and what arrived (X3, X6). */
export interface ContextManifest {
  readonly handoff: string;
  readonly from: string;
  readonly to: string;
  readonly status: HandoffRecord['status'];
  /** Top-level names of facts that the sender had for this receiver. */
  readonly had: readonly string[];
  readonly crossed: readonly string[];
  readonly dropped: readonly string[];
  readonly adapted: readonly { readonly from: string; readonly to: string }[];
  /** What crossed of the sender's working memory, and what was left behind; absent where it had none. */
  readonly memory?: HandoffMemory;
  readonly referenced: readonly string[];
  readonly summaryTokens?: number;
  /** Digests of what crossed, at both ends; absent for what the workflow or a person passed on. */
  readonly digests?: { readonly crossed: string; readonly arrived?: string };
  /** Whether everything arrived: undefined where one end did not measure. */
  readonly complete?: boolean;
}

/** The context manifest of a handoff, from its record. */
export function contextManifestOf(handoff: HandoffRecord): ContextManifest {
  const { context, adapted = [] } = handoff;
  const renamed = new Map(adapted.map(({ from, to }) => [to, from]));
  const had = [
    ...handoff.declared.map((name) => renamed.get(name) ?? name),
    ...handoff.dropped.map((path) => path.split('.')[0] ?? path),
  ];
  return {
    handoff: handoff.id,
    from: handoff.from,
    to: handoff.to,
    status: handoff.status,
    had: [...new Set(had)].sort(),
    crossed: handoff.declared,
    dropped: handoff.dropped,
    adapted,
    ...(handoff.memory ? { memory: handoff.memory } : {}),
    referenced: context?.referenced ?? [],
    ...(context?.summaryTokens === undefined ? {} : { summaryTokens: context.summaryTokens }),
    ...(context ? { digests: digestsOf(context) } : {}),
    ...(context?.arrived === undefined ? {} : { complete: context.arrived === context.crossed }),
  };
}

function digestsOf({ crossed, arrived }: NonNullable<HandoffRecord['context']>): {
  readonly crossed: string;
  readonly arrived?: string;
} {
  return { crossed, ...(arrived === undefined ? {} : { arrived }) };
}

/** Parts of a working memory, as people read them. */
function partsOf({ intent, recordsRead, partialResults = [] }: MemoryOutline): readonly string[] {
  return [
    ...(intent ? ['intent'] : []),
    ...(recordsRead === undefined ? [] : [`records read (${String(recordsRead)})`]),
    ...partialResults,
  ];
}

function forgottenIn({ forgotten }: HandoffMemory): readonly string[] {
  return forgotten === undefined ? [] : [`older records of the receiver (${String(forgotten)})`];
}

/** A context manifest for people. */
export function contextText(manifest: ContextManifest): string {
  const { digests, complete, memory } = manifest;
  const names = (list: readonly string[]): string => (list.length === 0 ? 'nothing' : list.join(', '));
  return (
    `context of ${inert(manifest.handoff)}, ${inert(manifest.from)} -> ${inert(manifest.to)} (${manifest.status})\n` +
    fields([
      ['sender had', names(manifest.had)],
      ['crossed', names(manifest.crossed)],
      ['left behind', names(manifest.dropped)],
      ['renamed', names(manifest.adapted.map(({ from, to }) => `${from} as ${to}`))],
      ['memory crossed', memory && names(partsOf(memory.crossed))],
      ['memory left', memory && names([...partsOf(memory.dropped), ...forgottenIn(memory)])],
      ['by reference', names(manifest.referenced)],
      [
        'summary',
        manifest.summaryTokens === undefined ? undefined : `${String(manifest.summaryTokens)} tokens`,
      ],
      ['digest sent', digests?.crossed],
      ['digest read', digests?.arrived],
      ['complete', complete === undefined ? 'not measured' : complete ? 'yes' : 'NO: the digests differ'],
    ])
  );
}
