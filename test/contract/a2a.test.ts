import { HANDOFF_EXTENSION, readHandoff, readReport, underExtension } from '../../contract/a2a.ts';
import { PARTIAL_RESULTS_BYTES } from '../../contract/limits.ts';

const handoff = { version: '1.0.0', idempotencyKey: 'k', trace: 't', facts: { order: 'A1' } } as const;
const report = { version: '1.0.0', caseId: 'c', stage: 'closed', saga: 'kept', writes: 2 } as const;
const state = {
  memory: { intent: 'find it', recordsRead: ['orders/1'], partialResults: { seen: { place: 'Lyon' } } },
  effects: [
    {
      ...{ key: 'a'.repeat(64), step: 1, agent: 'desk', tool: 'book' },
      ...{ status: 'committed', undo: 'by-key' },
    },
  ],
  provenance: [{ step: 1, agent: 'desk', agentVersion: '1.0.0', decision: 'finish', reason: 'it is there' }],
} as const;

test('a handoff and a report travel in metadata, under the name of the extension', () => {
  expect(readHandoff(underExtension(handoff))).toEqual({ ok: true, value: handoff });
  expect(readHandoff({ other: 1 })).toEqual({ ok: true, value: undefined });
  expect(readHandoff('words')).toEqual({ ok: true, value: undefined });
  expect(readReport(underExtension(report))).toEqual({ ok: true, value: report });
});

test('the three kinds of state travel with either (H8)', () => {
  const takes = { recordsRead: true, partialResults: ['seen'] } as const;
  const sent = { ...handoff, ...state, takes };
  expect(readHandoff({ [HANDOFF_EXTENSION]: sent })).toEqual({ ok: true, value: sent });
  const told = { ...report, ...state };
  expect(readReport({ [HANDOFF_EXTENSION]: told })).toEqual({ ok: true, value: told });
});

test('what another house says of a third one is not taken over', () => {
  const [decision] = state.provenance;
  const elsewhere = { effects: [], provenance: [] };
  const read = readReport({
    [HANDOFF_EXTENSION]: { ...report, provenance: [{ ...decision, elsewhere }] },
  });
  expect(read).toEqual({ ok: true, value: { ...report, provenance: [decision] } });
});

test.each([
  ['no key', { ...handoff, idempotencyKey: '' }, 'INPUT_INVALID', 'handoff.idempotencyKey'],
  ['another version', { ...handoff, version: '9.0.0' }, 'VERSION_UNSUPPORTED', 'handoff.version'],
  ['facts that are none', { ...handoff, facts: 7 }, 'INPUT_INVALID', 'handoff.facts'],
  ['words', 'hello', 'VERSION_UNSUPPORTED', 'handoff.version'],
  ['an intent that is none', { ...handoff, memory: { intent: 7 } }, 'INPUT_INVALID', 'handoff.memory.intent'],
  [
    'results without end',
    { ...handoff, memory: { partialResults: { all: 'x'.repeat(PARTIAL_RESULTS_BYTES) } } },
    'INPUT_INVALID',
    'handoff.memory.partialResults',
  ],
  [
    'a write that is none',
    { ...handoff, effects: [{ ...state.effects[0], status: 'perhaps' }] },
    'INPUT_INVALID',
    'handoff.effects.0.status',
  ],
  [
    'a reference into the store of this house',
    { ...handoff, memory: { partialResults: { seen: { 'baton:reference': { key: 'k' } } } } },
    'INPUT_INVALID',
    'handoff.memory.partialResults.seen.baton:reference',
  ],
  [
    'a name that cannot be kept',
    { ...handoff, facts: JSON.parse('{"__proto__":1}') as unknown },
    'INPUT_INVALID',
    'handoff.facts.__proto__',
  ],
])('%s is no handoff, and is refused by code and field', (_what, value, code, field) => {
  expect(readHandoff({ [HANDOFF_EXTENSION]: value })).toMatchObject({ ok: false, failure: { code, field } });
});

test('a version that nobody here reads is refused naming those that are', () => {
  const read = readReport({ [HANDOFF_EXTENSION]: { ...report, version: '2.0.0' } });
  expect(read).toMatchObject({
    failure: {
      code: 'VERSION_UNSUPPORTED',
      field: 'report.version',
      message: expect.stringMatching(/"2\.0\.0"; supported: 1\.0\.0/) as string,
    },
  });
});
