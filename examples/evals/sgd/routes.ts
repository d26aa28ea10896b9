import type { Mapping, PassThrough, Routes } from '../../services/routes.ts';
import type { SlotName } from '../../services/vocabulary.ts';
import type { Dialogue } from './dialogue.ts';
import type { Leg } from './itinerary.ts';
import { itineraryOf } from './itinerary.ts';

/** A dialogue with its way. */
export interface Travelled {
  readonly dialogue: Dialogue;
  readonly legs: readonly Leg[];
}

/** The ways of dialogues. */
export function travel(dialogues: readonly Dialogue[]): readonly Travelled[] {
  return dialogues.map((dialogue) => ({ dialogue, legs: itineraryOf(dialogue) }));
}

/**
 * Compiles what crosses between services from the dialogues of a folder, before the first case: one source for each
 * (from, to, slot), and what services on the way must let through because a later one needs it. Values play no part.
 * Where dialogues disagree about a source, the one most often meant wins; the others cross under their own names, and
 * the receiver reads the one that is meant.
 */
export function compileRoutes(travelled: readonly Travelled[]): Routes {
  const starts = new Set<string>();
  const edges = new Map<string, Routes['edges'][number]>();
  const counts = new Map<string, { readonly mapping: Mapping; readonly times: number }>();
  for (const { legs } of travelled) {
    const [first] = legs;
    if (first) starts.add(first.owner);
    for (const { from, to, carried } of crossingsOf(legs)) {
      edges.set(`${from} ${to}`, { from, to });
      for (const { slot, source } of carried) {
        const key = keyOf(from, to, slot, source);
        const times = (counts.get(key)?.times ?? 0) + 1;
        counts.set(key, { mapping: { from, to, slot, source }, times });
      }
    }
  }
  const mappings = new Map<string, Mapping>();
  const ranked = [...counts.values()].sort(
    (one, other) =>
      other.times - one.times || compare(keyOfMapping(one.mapping), keyOfMapping(other.mapping)),
  );
  for (const { mapping } of ranked) {
    const { from, to, slot } = mapping;
    const key = `${from} ${to} ${slot}`;
    if (!mappings.has(key)) mappings.set(key, mapping);
  }
  const sorted = [...mappings.values()].sort((one, other) => compare(keyOfMapping(one), keyOfMapping(other)));
  return {
    starts: [...starts].sort(compare),
    edges: [...edges.values()].sort((one, other) =>
      compare(`${one.from} ${one.to}`, `${other.from} ${other.to}`),
    ),
    mappings: sorted,
    passing: passingOf(travelled, sorted),
  };
}

/** Whether a mapping is the one that was compiled for its (from, to, slot). */
export function isCompiled(mappings: readonly Mapping[], mapping: Mapping): boolean {
  return mappings.some((one) => keyOfMapping(one) === keyOfMapping(mapping));
}

interface Walked {
  readonly from: string;
  readonly to: string;
  readonly carried: readonly { readonly slot: string; readonly source: SlotName }[];
}

/** The crossings of a dialogue in order, with what each must carry. */
export function crossingsOf(legs: readonly Leg[]): readonly Walked[] {
  return legs.flatMap((leg) =>
    leg.crossings.map(({ to, handoff }, index): Walked => ({
      from: leg.crossings[index - 1]?.to ?? leg.owner,
      to,
      carried: (handoff?.carried ?? []).map(({ slot, fromService, fromSlot }) => ({
        slot,
        source: { service: fromService, slot: fromSlot },
      })),
    })),
  );
}

/** Who must let which facts through, from the last visit of a source's service to the receiver. */
function passingOf(travelled: readonly Travelled[], mappings: readonly Mapping[]): readonly PassThrough[] {
  const passing = new Map<string, PassThrough>();
  const pass = (service: string, source: SlotName): void => {
    if (service !== source.service)
      passing.set(`${service} ${source.service} ${source.slot}`, { service, source });
  };
  for (const { legs } of travelled) {
    const crossings = crossingsOf(legs);
    for (const [index, { from, to, carried }] of crossings.entries()) {
      for (const { slot, source } of carried) {
        if (!isCompiled(mappings, { from, to, slot, source })) pass(to, source);
        for (let at = index - 1; at >= 0 && crossings[at + 1]?.from !== source.service; at -= 1)
          pass(crossings[at]?.to ?? source.service, source);
      }
    }
  }
  return [...passing.entries()].sort(([one], [other]) => compare(one, other)).map(([, value]) => value);
}

function keyOfMapping({ from, to, slot, source }: Mapping): string {
  return keyOf(from, to, slot, source);
}

function keyOf(from: string, to: string, slot: string, source: SlotName): string {
  return [from, to, slot, source.service, source.slot].join(' ');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
