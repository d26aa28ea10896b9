import fc from 'fast-check';
import type { JsonValue } from '../../contract/json.ts';
import { keepFailure } from '../../activities/context/keep-private.ts';
import { failure } from '../../contract/failures.ts';
import { openKeeping, readKept } from '../../contract/keeping.ts';
import {
  doorTrace,
  fieldInClear,
  keptTextOf,
  keptTextsIn,
  mapWorded,
  withKept,
} from '../../contract/kept-text.ts';
import { needsApproval } from '../../workflows/guards.ts';
import { memoryContext } from '../support/memory-context.ts';

const owner = { caseId: 'case-1', person: 'ann' };
let made = 0;
const random = (): string => `secret ${String((made += 1))} of sixteen bytes at least`;

test('whatever is kept comes back as it was, alone and within words, and equal values have one reference', async () => {
  const store = memoryContext();
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ noUnicodeString: false }), fc.string(), async (drawn, text) => {
      const value = JSON.parse(JSON.stringify(drawn)) as JsonValue;
      const keeping = await openKeeping(store, owner, random);
      const [words, again] = [keeping.keep(value), keeping.keep(value)];
      const said = keeping.keep(text);
      await keeping.write();
      expect(again).toBe(words);
      expect(keptTextOf(words)).toBeDefined();
      const payload = { value: words, within: `ann said: ${said}, and ${said}` };
      const kept = await readKept(store, owner.caseId, payload);
      expect(withKept(payload, kept)).toEqual({ value, within: `ann said: ${text}, and ${text}` });
    }),
    { numRuns: 60 },
  );
});

test('two processes that keep for one case agree on its secret, and another case has another', async () => {
  const store = memoryContext();
  const other: typeof store = { ...store };
  const [one, two] = await Promise.all([
    openKeeping(store, owner, random),
    openKeeping(other, owner, random),
  ]);
  expect(one.wordsFor('yes')).toBe(two.wordsFor('yes'));
  const stranger = await openKeeping(store, { caseId: 'case-2' }, random);
  expect(stranger.wordsFor('yes')).not.toBe(one.wordsFor('yes'));
});

test('words that only look like a reference stay words, also within what was kept', async () => {
  const store = memoryContext();
  const keeping = await openKeeping(store, owner, random);
  const inner = keeping.keep('the inner words');
  const outer = keeping.keep(`look: ${inner}`);
  await keeping.write();
  const kept = await readKept(store, owner.caseId, outer);
  expect(withKept(outer, kept)).toBe(`look: ${inner}`);
  expect(keptTextsIn({ [inner]: 'as a name' }).size).toBe(0);
  expect(await store.latest(doorTrace(owner.caseId), 'secret')).toBeDefined();
});

test('requests: words and values are changed, numbers stay for rules, and what is in clear is named', async () => {
  const keeping = await openKeeping(memoryContext(), owner, random);
  const request = {
    by: 'ann',
    reason: 'because',
    correction: { amount: 5, sure: true, name: 'Bo', none: null },
  };
  expect(fieldInClear(request)).toBe('reason');
  const kept = mapWorded(request, keeping.keep);
  expect(kept).toMatchObject({ by: 'ann', correction: { amount: 5, sure: true, none: null } });
  expect(fieldInClear(kept)).toBeUndefined();
  expect(fieldInClear({ ...kept, facts: { a: ['in clear'] } })).toBe('facts');
  expect(fieldInClear({ by: 'ann', note: '', reason: undefined })).toBeUndefined();
});

test('a failure keeps code, words of the catalogue and field, and nothing of its particulars', async () => {
  const keeping = await openKeeping(memoryContext(), owner, random);
  const plain = failure('AGENT_FAILED', undefined, 'turn');
  expect(keepFailure(keeping, plain)).toEqual(plain);
  for (const what of [
    failure('AGENT_FAILED', 'Error: call +91 98765 40001', 'turn'),
    { code: 'AGENT_FAILED', message: 'call +91 98765 40001', field: 'turn' } as const,
  ]) {
    const kept = keepFailure(keeping, what);
    expect(kept).toMatchObject({ code: 'AGENT_FAILED', field: 'turn' });
    expect(kept.message).not.toContain('98765');
    expect(kept.message.startsWith(plain.message.split(';')[0] ?? '')).toBe(true);
    expect(keptTextsIn(kept.message).size).toBe(1);
  }
});

test('what a rule cannot see is never small enough: a kept value asks people, whatever the rule', async () => {
  const keeping = await openKeeping(memoryContext(), owner, random);
  const words = keeping.keep(3);
  const rule = { pool: 'desk', expiresMs: 1_000, question: 'Sure?' };
  for (const when of [
    { kind: 'above', field: 'amount', value: 10 },
    { kind: 'equals', field: 'amount', value: 4 },
    { kind: 'equals', field: 'amount.inner.part', value: 4 },
    { kind: 'present', field: 'amount' },
  ] as const)
    expect([when.kind, needsApproval({ ...rule, when }, { amount: words })]).toEqual([when.kind, true]);
  const small = { kind: 'above', field: 'amount', value: 10 } as const;
  expect(needsApproval({ ...rule, when: small }, { amount: 3, note: words })).toBe(false);
});
