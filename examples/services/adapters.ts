import type { Adapter } from '../../activities/index.ts';
import type { Routes } from './routes.ts';
import type { SlotName, Vocabulary } from './vocabulary.ts';

/**
 * The adapters of one edge: each mapping from where the sender holds its source to the receiver's own slot, and the
 * renames of what the receiver only lets through. What has no name at the receiver is refused by name, so that
 * nothing is lost in silence.
 */
export function adaptersOf(
  routes: Pick<Routes, 'mappings' | 'passing'>,
  vocabulary: Vocabulary,
  edge: { readonly from: string; readonly to: string },
): readonly Adapter[] {
  const rules = new Map<string, Adapter>();
  const refusals = new Map<string, Adapter>();
  const add = (source: SlotName, to: string | undefined): void => {
    const from = heldAs(vocabulary, edge.from, source);
    // The sender itself was not able to take it; that was refused then.
    if (from === undefined || from === to) return;
    if (to === undefined) {
      const refuse = `${edge.to} has no counterpart of ${source.service} ${source.slot}`;
      refusals.set(from, { from, refuse });
    } else rules.set(to, { from, to });
  };
  for (const { from, to, slot, source } of routes.mappings) {
    if (from === edge.from && to === edge.to) add(source, vocabulary.given(to, slot));
  }
  for (const { service, source } of routes.passing) {
    if (service === edge.to) add(source, vocabulary.passed(source.service, source.slot));
  }
  const mapped = [...rules.values()].filter((rule) => !refusals.has(rule.from));
  return [...mapped, ...refusals.values()];
}

/** The name under which a service holds a fact: its own as it publishes it, another's as it was passed. */
export function heldAs(vocabulary: Vocabulary, holder: string, source: SlotName): string | undefined {
  return holder === source.service
    ? vocabulary.known(source.service, source.slot)
    : vocabulary.passed(source.service, source.slot);
}
