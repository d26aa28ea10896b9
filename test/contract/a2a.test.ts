import { HANDOFF_EXTENSION, readHandoff, readReport, underExtension } from '../../contract/a2a.ts';

const handoff = { version: '1.0.0', idempotencyKey: 'k', trace: 't', facts: { order: 'A1' } } as const;

test('a handoff and a report travel in metadata, under the name of the extension', () => {
  expect(readHandoff(underExtension(handoff))).toEqual({ handoff });
  expect(readHandoff({ other: 1 })).toEqual({});
  expect(readHandoff('words')).toEqual({});
  const report = { version: '1.0.0', caseId: 'c', stage: 'closed', saga: 'kept', writes: 2 } as const;
  expect(readReport(underExtension(report))).toEqual(report);
});

test.each([
  ['no key', { ...handoff, idempotencyKey: '' }],
  ['another version', { ...handoff, version: '9.0.0' }],
  ['facts that are none', { ...handoff, facts: 7 }],
  ['words', 'hello'],
])('%s is no handoff', (_what, value) => {
  expect(readHandoff({ [HANDOFF_EXTENSION]: value })).toHaveProperty('problem');
  expect(readReport({ [HANDOFF_EXTENSION]: value })).toBeUndefined();
});
