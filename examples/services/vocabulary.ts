import type { Service } from './schema.ts';

/**
 * Names of facts. What a service knows is published under its own name, so that two services' `location` never meet
 * by accident; what is given to it arrives under another, so that it never overwrites what the service learnt itself.
 */
export interface Vocabulary {
  /** A fact as the service that knows it publishes it. */
  readonly known: (service: string, slot: string) => string;
  /** A fact as the receiver declares it; undefined where its build has no such slot. */
  readonly given: (service: string, slot: string) => string | undefined;
  /** Another service's fact as a receiver passes it through; undefined where its build has no such slot. */
  readonly passed: (service: string, slot: string) => string | undefined;
}

/** A slot of a service. */
export interface SlotName {
  readonly service: string;
  readonly slot: string;
}

/** The vocabulary of services that all speak alike. */
export function plainVocabulary(): Vocabulary {
  return skewedVocabulary((name) => name);
}

/**
 * The vocabulary of a rolling deploy: senders still publish under the names of build N, receivers already declare
 * those of build N+1, so that every handoff is one from old to new.
 * @param pair the name in build N+1; undefined where it has none
 */
export function skewedVocabulary(pair: (name: SlotName) => SlotName | undefined): Vocabulary {
  const inNext = (name: SlotName, join: (next: SlotName) => string): string | undefined => {
    const next = pair(name);
    return next && join(next);
  };
  return {
    known: (service, slot) => `${service}/${slot}`,
    given: (service, slot) => inNext({ service, slot }, (next) => `${next.service}/given/${next.slot}`),
    passed: (service, slot) => inNext({ service, slot }, (next) => `${next.service}/${next.slot}`),
  };
}

/**
 * Pairs the slots of two builds of the same services by position. A slot has no counterpart where the other build
 * has fewer services or slots, or where it takes fewer values: that would be no mere rename.
 */
export function pairByPosition(
  services: readonly Service[],
  next: readonly Service[],
): (name: SlotName) => SlotName | undefined {
  const pairs = new Map<string, SlotName>();
  for (const [index, service] of services.entries()) {
    const other = next[index];
    if (!other) continue;
    for (const [place, slot] of service.slots.entries()) {
      const counterpart = other.slots[place];
      if (!counterpart) continue;
      const narrower =
        counterpart.is_categorical &&
        !(
          slot.is_categorical &&
          slot.possible_values.every((one) => counterpart.possible_values.includes(one))
        );
      if (narrower) continue;
      pairs.set(`${service.service_name}/${slot.name}`, {
        service: other.service_name,
        slot: counterpart.name,
      });
    }
  }
  return ({ service, slot }) => pairs.get(`${service}/${slot}`);
}
