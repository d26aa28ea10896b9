import fc from 'fast-check';
import { crossFacts } from '../../contract/adapters.ts';
import type { JsonObject } from '../../contract/json.ts';

const accepting = (...names: readonly string[]): JsonObject => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, {}])),
});

describe('facts on their way across an edge', () => {
  it('cross under the name the receiver has for them, and the record says so', () => {
    const crossed = crossFacts(accepting('day'), [{ from: 'date', to: 'day' }], { date: '1 May', noise: 1 });
    expect(crossed).toMatchObject({
      facts: { day: '1 May' },
      declared: ['day'],
      dropped: ['noise'],
      adapted: [{ from: 'date', to: 'day' }],
    });
    expect(crossed.failure).toBeUndefined();
  });

  it('keep their old name where the receiver declares that too', () => {
    const { facts } = crossFacts(accepting('day', 'date'), [{ from: 'date', to: 'day' }], { date: 1 });
    expect(facts).toEqual({ day: 1, date: 1 });
  });

  it('may feed several names from one source', () => {
    const rules = [
      { from: 'city', to: 'start' },
      { from: 'city', to: 'end' },
    ];
    expect(crossFacts(accepting('start', 'end'), rules, { city: 'Pune' }).facts).toEqual({
      start: 'Pune',
      end: 'Pune',
    });
  });

  it('are refused, not dropped, where they cannot be mapped: field and remedy are named', () => {
    const rules = [{ from: 'nickname', refuse: 'billing has no such field' }];
    const { failure } = crossFacts(accepting('name'), rules, { nickname: 'Zé' });
    expect(failure).toMatchObject({ code: 'FACT_UNMAPPABLE', field: 'facts.nickname' });
    expect(failure?.message).toContain('billing has no such field');
    expect(failure?.message).toContain('send null');
    expect(crossFacts(accepting('name'), rules, { nickname: null }).failure).toBeUndefined();
    expect(crossFacts(accepting('name'), rules, {}).failure).toBeUndefined();
  });

  it('are refused where the sender has another value under the new name', () => {
    const rules = [{ from: 'date', to: 'day' }];
    const crossed = crossFacts(accepting('day'), rules, { date: 1, day: 2 });
    expect(crossed.failure).toMatchObject({ code: 'FACT_UNMAPPABLE', field: 'facts.date' });
    expect(crossFacts(accepting('day'), rules, { date: 1, day: 1 }).failure).toBeUndefined();
  });

  it('arrive whole under any renaming of any names, those of every object included', () => {
    const names = fc.uniqueArray(
      fc.oneof(
        fc.constantFrom('__proto__', 'constructor', 'toString'),
        fc.string({ minLength: 1, maxLength: 8 }),
      ),
      { minLength: 1, maxLength: 12 },
    );
    const property = fc.property(
      names,
      fc.array(fc.string(), { minLength: 12, maxLength: 12 }),
      (all, values) => {
        const valueAt = (index: number): string => values[index] ?? '';
        const facts = Object.fromEntries(all.map((name, index) => [`a ${name}`, valueAt(index)]));
        const rules = all.map((name) => ({ from: `a ${name}`, to: name }));
        const crossed = crossFacts(accepting(...all), rules, facts);
        expect(crossed.failure).toBeUndefined();
        expect(crossed.dropped).toEqual([]);
        for (const [index, name] of all.entries()) {
          expect(Object.getOwnPropertyDescriptor(crossed.facts, name)?.value).toEqual(valueAt(index));
        }
      },
    );
    fc.assert(property, { seed: 20_190_301, numRuns: 200 });
  });
});
