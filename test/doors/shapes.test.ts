import { parseCaseInput } from '../../contract/case.ts';
import {
  parseAcknowledgement,
  parseClaim,
  parseDiscard,
  parseGiveBack,
  parsePersonReply,
  parseRedrive,
  parseResolve,
  parseSay,
} from '../../contract/message-shapes.ts';
import type { Parsed } from '../../contract/parse.ts';
import { parseDecision } from '../../contract/decision.ts';
import { parseTeamManifest } from '../../contract/team.ts';
import { parseAgentTurn } from '../../contract/turn.ts';

type Parse = (value: unknown) => Parsed<unknown>;
const digest = 'a'.repeat(64);

/** Each door with a value it lets in, and a field without which it must not. */
const doors: readonly (readonly [string, Parse, Record<string, unknown>, string])[] = [
  ['start', parseCaseInput, { version: '1.0.0', team: 'desk', task: { definition: 'x' } }, 'team'],
  ['say', parseSay, { messageId: 'm', text: 'x' }, 'text'],
  ['claim', parseClaim, { by: 'ann' }, 'by'],
  ['reply', parsePersonReply, { by: 'ann', messageId: 'm', text: 'x' }, 'text'],
  ['give-back', parseGiveBack, { by: 'ann', note: 'x' }, 'note'],
  ['resolve', parseResolve, { by: 'ann', outcome: 'x', note: 'x' }, 'note'],
  ['redrive', parseRedrive, { deadLetterId: 'd1', by: 'ann', reason: 'x' }, 'reason'],
  ['discard', parseDiscard, { deadLetterId: 'd1', by: 'ann', reason: 'x' }, 'reason'],
  [
    'decide',
    parseDecision,
    { reviewId: 'r1', digest, decision: 'approve', by: 'ann', reason: 'x' },
    'reason',
  ],
  ['accepted', parseAcknowledgement, { handoffId: 'h1', offerEpoch: 1, attempt: 1, digest }, 'digest'],
  ['agent output', parseAgentTurn, { version: '1.0.0', intent: { kind: 'reply', text: 'x' } }, 'intent'],
];

function refusal(parsed: Parsed<unknown>): { readonly code: string; readonly message: string } {
  if (parsed.ok) throw new Error('it was let in');
  return parsed.failure;
}

describe.each(doors)('%s', (_door, parse, good, field) => {
  test('good', () => {
    expect(parse(good)).toMatchObject({ ok: true });
  });
  test('missing', () => {
    const rest = Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));
    const { code, message } = refusal(parse(rest));
    expect(code).toMatch(/INVALID/);
    expect(message).toContain(field);
  });
  test('wrong type', () => {
    const { code, message } = refusal(parse({ ...good, [field]: 7 }));
    expect(code).toMatch(/INVALID/);
    expect(message).toContain(field);
  });
  test.each([undefined, null, 7, 'text', []])('not an object: %j', (value) => {
    expect(refusal(parse(value)).code).toMatch(/INVALID|VERSION_UNSUPPORTED/);
  });
  test.each([2.5, 5])('oversize, %s MB', (size) => {
    const { code, message } = refusal(parse({ ...good, [field]: 'x'.repeat(size * 1_000_000) }));
    expect(code).toBe('INPUT_TOO_LARGE');
    expect(message).toMatch(/has \d+ bytes, the limit is \d+/);
  });
  test('undecodable', () => {
    expect(refusal(parse({ batonPoison: { encoding: 'x', reason: 'y' } })).code).toMatch(
      /INVALID|VERSION|UNDECODABLE/,
    );
  });
});

test.each([
  ['start', parseCaseInput, { team: 'desk', task: { definition: 'x' } }],
  ['agent output', parseAgentTurn, { intent: { kind: 'reply', text: 'x' } }],
  ['team definition', parseTeamManifest, {}],
] as const)('%s of an unknown version names the supported ones', (_door, parse, rest) => {
  for (const version of ['9.0.0', '', 1, undefined]) {
    const { code, message } = refusal(parse({ ...rest, version }));
    expect(code).toBe('VERSION_UNSUPPORTED');
    expect(message).toContain('1.0.0');
  }
});
