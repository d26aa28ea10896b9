import fc from 'fast-check';
import { crossFacts } from '../../../contract/adapters.ts';
import { jsonSchemaOf } from '../../../activities/define-tool.ts';
import { adaptersOf, heldAs } from '../../../examples/services/adapters.ts';
import { acceptedFacts } from '../../../examples/services/facts.ts';
import type { Routes } from '../../../examples/services/routes.ts';
import type { Service } from '../../../examples/services/schema.ts';
import { servicesSchema } from '../../../examples/services/schema.ts';
import type { Vocabulary } from '../../../examples/services/vocabulary.ts';
import { pairByPosition, skewedVocabulary } from '../../../examples/services/vocabulary.ts';

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/);
const slotNames = fc.uniqueArray(name, { minLength: 3, maxLength: 6 });

const services = (shape: readonly (readonly string[])[], names: readonly string[]): Service[] =>
  servicesSchema().parse(
    shape.map((slots, index) => ({
      service_name: names[index],
      slots: slots.map((slot) => ({ name: slot })),
      intents: [{ name: 'Do', is_transactional: false }],
    })),
  );

/** Three services; the last needs a slot of the first, so the second lets it through. */
const world = fc
  .record({
    names: fc.uniqueArray(name, { minLength: 3, maxLength: 3 }),
    next: fc.uniqueArray(name, { minLength: 3, maxLength: 3 }),
    slots: fc.tuple(slotNames, slotNames, slotNames),
    others: fc.tuple(slotNames, slotNames, slotNames),
  })
  .map(({ names, next, slots, others }) => {
    const sizes = slots.map((own, index) => Math.min(own.length, others[index]?.length ?? 0));
    const cut = (all: readonly (readonly string[])[]): (readonly string[])[] =>
      all.map((one, index) => one.slice(0, sizes[index]));
    return { old: services(cut(slots), names), new: services(cut(others), next) };
  });

function routesOf([a, b, c]: readonly Service[]): Routes {
  if (!a || !b || !c) throw new Error('three services');
  const [from, via, to] = [a.service_name, b.service_name, c.service_name];
  const source = (slot: number): Routes['mappings'][number]['source'] => ({
    service: from,
    slot: a.slots[slot]?.name ?? '',
  });
  return {
    starts: [from],
    edges: [],
    mappings: [
      { from, to: via, slot: b.slots[1]?.name ?? '', source: source(0) },
      { from: via, to, slot: c.slots[0]?.name ?? '', source: source(2) },
    ],
    passing: [{ service: via, source: source(2) }],
  };
}

function cross(
  edge: readonly [Service, Service],
  facts: Record<string, unknown>,
  routes: Routes,
  words: Vocabulary,
): ReturnType<typeof crossFacts> {
  const [from, to] = edge;
  const rules = adaptersOf(routes, words, { from: from.service_name, to: to.service_name });
  const accepts = jsonSchemaOf(acceptedFacts(to, routes.passing, words));
  return crossFacts(accepts, rules, facts as never);
}

it('adapts a mere rename of any services and slots without loss, through services in between', () => {
  const property = fc.property(world, fc.string(), fc.string(), ({ old, new: next }, one, two) => {
    const [a, b, c] = old;
    if (!a || !b || !c) throw new Error('three services');
    const words = skewedVocabulary(pairByPosition(old, next));
    const routes = routesOf(old);
    const known = (slot: number): string => words.known(a.service_name, a.slots[slot]?.name ?? '');
    const [first, second] = [
      { value: one, said: [] },
      { value: two, said: ['so'] },
    ];
    const start = { dialogue: 'd', [known(0)]: first, [known(2)]: second };
    const atB = cross([a, b], start, routes, words);
    expect(atB.failure).toBeUndefined();
    const given = (service: Service, slot: number): string =>
      String(words.given(service.service_name, service.slots[slot]?.name ?? ''));
    expect(atB.facts[given(b, 1)]).toEqual(first);
    const atC = cross([b, c], atB.facts, routes, words);
    expect(atC.failure).toBeUndefined();
    expect(atC.facts[given(c, 0)]).toEqual(second);
    expect([...atB.dropped, ...atC.dropped].filter((path) => path === known(2))).toEqual([]);
  });
  fc.assert(property, { seed: 4, numRuns: 300 });
});

describe('what cannot be mapped', () => {
  const shape = [['a', 'b', 'c'], ['d', 'e'], ['f']];
  const old = services(shape, ['One', 'Two', 'Three']);
  const routes = routesOf(old);
  const [one, two] = old;
  if (!one || !two) throw new Error('services');
  const facts = { dialogue: 'd', 'One/a': { value: 'x', said: [] } };

  it.each<[string, Service[]]>([
    ['a slot that the other build lacks', services([['p', 'q', 'r'], ['s'], ['t']], ['I', 'II', 'III'])],
    ['a service that it lacks', services([['p', 'q', 'r']], ['I'])],
    [
      'a slot that takes fewer values there',
      services([['p', 'q', 'r'], ['s', 't'], ['u']], ['I', 'II', 'III']).map((service, index) =>
        index === 1
          ? {
              ...service,
              slots: service.slots.map((slot) => ({ ...slot, is_categorical: true, possible_values: ['y'] })),
            }
          : service,
      ),
    ],
  ])('is refused by name: %s', (_what, next) => {
    const words = skewedVocabulary(pairByPosition(old, next));
    const crossed = cross([one, two], facts, routes, words);
    expect(crossed.failure).toMatchObject({ code: 'FACT_UNMAPPABLE', field: 'facts.One/a' });
    const again = cross([one, two], { ...facts, 'One/a': null }, routes, words);
    expect(again.failure).toBeUndefined();
  });

  it('is not held where the source is not', () => {
    const words = skewedVocabulary(pairByPosition(old, services([['p', 'q']], ['I'])));
    expect(heldAs(words, 'Two', { service: 'One', slot: 'c' })).toBeUndefined();
    expect(heldAs(words, 'One', { service: 'One', slot: 'c' })).toBe('One/c');
  });
});
