import { canonicalJson } from '../../contract/canonical-json.ts';
import { parseCaseInput } from '../../contract/case.ts';
import { failure } from '../../contract/failures.ts';
import { parseRedrive, parseSay } from '../../contract/message-shapes.ts';
import type { Parsed } from '../../contract/parse.ts';
import { parseDecision } from '../../contract/decision.ts';
import { cutText } from '../../contract/text.ts';
import { parseAgentTurn } from '../../contract/turn.ts';
import { rowsAlong } from '../../workflows/rows-along.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import { ROWS_BYTES } from '../../contract/limits.ts';
import { jsonBytes } from '../../contract/json-bytes.ts';

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

const doors: Readonly<Record<string, (value: unknown) => Parsed<unknown>>> = {
  say: (value) => parseSay({ messageId: 'm1', text: value }),
  decision: (value) =>
    parseDecision({ reviewId: 'r1', digest: 'a'.repeat(64), decision: 'approve', by: 'pam', reason: value }),
  redrive: (value) =>
    parseRedrive({ deadLetterId: 'd1', by: 'pam', reason: 'so', correction: { fact: value } }),
  'turn facts': (value) =>
    parseAgentTurn({ version: '1.0.0', intent: { kind: 'reply', text: 'so' }, facts: { fact: value } }),
  'turn subject': (value) =>
    parseAgentTurn({ version: '1.0.0', intent: { kind: 'ask-review', question: 'so?', subject: value } }),
  'case facts': (value) =>
    parseCaseInput({ version: '1.0.0', team: 'desk', task: { definition: 'so' }, facts: { fact: value } }),
};

describe.each(Object.keys(doors))('the door of %s', (name) => {
  const door = doors[name] ?? (() => ({ ok: true, value: undefined }));

  test.each([
    ['the first half of a surrogate pair', 'a\uD83D'],
    ['the second half of one', '\uDE00b'],
    ['halves in the wrong order', '\uDE00\uD83D'],
  ])('refuses %s: its digest would throw inside the workflow, for ever', (_, text) => {
    expect(() => canonicalJson(text)).toThrow(TypeError);
    const parsed = door(text);
    expect(parsed).toMatchObject({ ok: false });
    expect(canonicalJson(parsed)).toContain('surrogate');
  });

  test('takes whole pairs', () => {
    expect(door('\uD83D\uDE00').ok).toBe(true);
  });

  test('refuses what is nested deeper than recursion survives, without throwing', () => {
    expect(door(nested(5_000)).ok).toBe(false);
  });
});

test('a name with half a surrogate pair is refused as well', () => {
  const turn = { version: '1.0.0', intent: { kind: 'reply', text: 'so' }, facts: { 'a\uD83D': 1 } };
  expect(parseAgentTurn(turn)).toMatchObject({ ok: false, failure: { code: 'AGENT_OUTPUT_INVALID' } });
});

test('nesting within reason is taken', () => {
  const turn = { version: '1.0.0', intent: { kind: 'reply', text: 'so' }, facts: { fact: nested(50) } };
  expect(parseAgentTurn(turn).ok).toBe(true);
});

test('two calls of one turn with the same id are refused: the second would be lost and believed done', () => {
  const call = { id: 'a', tool: 'refund', arguments: {} };
  const turn = { version: '1.0.0', intent: { kind: 'call', calls: [call, call] } };
  expect(parseAgentTurn(turn)).toMatchObject({ ok: false, failure: { field: 'turn.intent.calls' } });
});

test('what a failure quotes can always be digested, wherever it was cut', () => {
  expect(() => canonicalJson(failure('AGENT_FAILED', 'a\uD83D'))).not.toThrow();
  expect(() => canonicalJson(cutText(`${'x'.repeat(199)}\u{1F600}`, 200))).not.toThrow();
  expect(cutText('ab\u{1F600}', 4)).toBe('ab\u{1F600}');
});

test('a backlog of rows is sent in parts that no server refuses (X11)', () => {
  const row = (sequence: number): LedgerRow => ({
    version: '1.0.0',
    trace: 't',
    sequence,
    previous: '',
    at: '',
    kind: 'message-sent',
    owner: 'ann',
    content: { text: 'x'.repeat(32_000) },
    hash: '',
  });
  const backlog = Array.from({ length: 100 }, (_, index) => row(index + 1));
  const sent = rowsAlong(backlog);
  expect(sent.length).toBeGreaterThan(1);
  expect(jsonBytes(sent)).toBeLessThan(ROWS_BYTES + 1_000);
  expect(sent.map((one) => one.sequence)).toEqual(sent.map((_, index) => index + 1));
  const huge = { ...row(1), content: { text: 'x'.repeat(2 * ROWS_BYTES) } };
  expect(rowsAlong([huge, ...backlog])).toEqual([huge]);
});
