import { parseCaseInput } from '../../contract/case.ts';
import { parseEnvelope } from '../../contract/envelope.ts';
import { MESSAGE_BYTES, PAYLOAD_BYTES } from '../../contract/limits.ts';
import {
  parseAcknowledgement,
  parseAskForHuman,
  parseClaim,
  parseDiscard,
  parseGiveBack,
  parsePersonReply,
  parseRedrive,
  parseResolve,
  parseSay,
} from '../../contract/message-shapes.ts';
import type { Parsed } from '../../contract/parse.ts';
import { isPoison, poison, poisonFailure } from '../../contract/poison.ts';
import { parseDecision } from '../../contract/decision.ts';
import { parseTeamManifest } from '../../contract/team.ts';
import { parseAgentTurn } from '../../contract/turn.ts';
import { refuseVersion, supportedVersions } from '../../contract/versions.ts';
import { plainPlan, teamOf } from '../workflows/model/teams.ts';

type Door = (value: unknown) => Parsed<unknown>;

const digest = 'a'.repeat(64);
const turn = { version: '1.0.0', intent: { kind: 'reply', text: 'hello' } };
const envelope = {
  version: '1.0.0',
  idempotencyKey: digest,
  trace: '8d5c5c1e-7f3a-4f5e-9c39-0f6f5e7b2a11',
  step: 0,
  provenance: [],
  effects: [],
  failureModes: { retry: [], human: [] },
  memory: { facts: { order: 'o1' } },
  task: { definition: 'help' },
};

/** Every parse function with something it takes. */
const doors: Readonly<Record<string, { readonly parse: Door; readonly right: object }>> = {
  say: { parse: parseSay, right: { messageId: 'm1', text: 'hello' } },
  'ask-for-human': { parse: parseAskForHuman, right: { by: 'user', reason: 'enough' } },
  claim: { parse: parseClaim, right: { by: 'pam' } },
  reply: { parse: parsePersonReply, right: { by: 'pam', messageId: 'm1', text: 'hello' } },
  'give-back': { parse: parseGiveBack, right: { by: 'pam', note: 'yours' } },
  resolve: { parse: parseResolve, right: { by: 'pam', outcome: 'settled', note: 'done' } },
  redrive: { parse: parseRedrive, right: { deadLetterId: 'd1', by: 'pam', reason: 'again' } },
  discard: { parse: parseDiscard, right: { deadLetterId: 'd1', by: 'pam', reason: 'no' } },
  acknowledgement: {
    parse: parseAcknowledgement,
    right: { handoffId: 'h1', offerEpoch: 1, attempt: 1, digest },
  },
  decision: {
    parse: parseDecision,
    right: { reviewId: 'r1', digest, decision: 'approve', by: 'pam', reason: 'fine' },
  },
  case: { parse: parseCaseInput, right: { version: '1.0.0', team: 'desk', task: { definition: 'help' } } },
  turn: { parse: parseAgentTurn, right: turn },
  envelope: { parse: parseEnvelope, right: envelope },
  team: { parse: parseTeamManifest, right: teamOf(plainPlan()) },
};

describe.each(Object.entries(doors))('%s', (name, { parse, right }) => {
  test('takes what is right, and what it read survives JSON', () => {
    const parsed = parse(right);
    expect(parsed).toMatchObject({ ok: true });
    if (parsed.ok) {
      const again = parse(JSON.parse(JSON.stringify(parsed.value)));
      expect(again).toEqual(parsed);
    }
  });

  test.each([[42], ['text'], [[]], [true], [null], [undefined]])(
    '%j is refused with a field, or means nothing',
    (value) => {
      const parsed = parse(value);
      // A request for a human needs no words.
      if (name === 'ask-for-human' && (value === null || value === undefined)) expect(parsed.ok).toBe(true);
      else expect(parsed).toMatchObject({ ok: false, failure: { field: expect.any(String) as string } });
    },
  );

  test('without a field that is needed it is refused, naming the field', () => {
    const needed = Object.keys(right).filter((field) => !parse(without(right, field)).ok);
    // A request for a human needs nothing.
    if (name !== 'ask-for-human') expect(needed).not.toEqual([]);
    for (const field of needed) {
      const parsed = parse(without(right, field));
      expect(parsed.ok ? '' : parsed.failure.field).toContain(field);
    }
  });

  test.each(Object.keys(right))('%s of another type is refused', (field) => {
    const parsed = parse({ ...right, [field]: Number.NaN });
    expect(parsed).toMatchObject({ ok: false });
    expect(parsed.ok ? '' : parsed.failure.message).toContain(field === 'version' ? 'supported' : field);
  });

  test('what is too large is refused with its size and the limit, before it is walked', () => {
    const parsed = parse({ ...right, more: 'x'.repeat(PAYLOAD_BYTES) });
    expect(parsed).toMatchObject({ ok: false, failure: { code: 'INPUT_TOO_LARGE' } });
    expect(parsed.ok ? '' : parsed.failure.message).toMatch(/has \d+ bytes, the limit is \d+/);
  });

  test('a prototype in disguise changes nothing', () => {
    const hostile = JSON.parse(
      `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},${JSON.stringify(right).slice(1)}`,
    ) as unknown;
    const parsed = parse(hostile);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    if (parsed.ok) expect((parsed.value as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('a circle, a big integer and a getter that throws are refused without throwing', () => {
    const circle: Record<string, unknown> = { ...right };
    circle['self'] = circle;
    expect(parse(circle).ok).toBe(false);
    expect(parse({ ...right, big: 1n }).ok).toBe(false);
    const trap = Object.defineProperty({ ...right }, 'trap', {
      enumerable: true,
      get: () => {
        throw new Error('trap');
      },
    });
    expect(parse(trap).ok).toBe(false);
  });
});

function without(value: object, field: string): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== field));
}

describe('versions', () => {
  const versioned = ['case', 'turn', 'envelope', 'team'] as const;

  test.each(versioned)('an unknown version of %s is refused naming those that are supported (H2)', (name) => {
    const { parse, right } = doors[name] ?? {};
    for (const version of ['9.0.0', '1.0', 'toString', '', 1, null, undefined]) {
      const parsed = parse?.({ ...right, version });
      expect(parsed).toMatchObject({
        ok: false,
        failure: { code: 'VERSION_UNSUPPORTED', field: `${name}.version` },
      });
      for (const supported of supportedVersions()) expect(JSON.stringify(parsed)).toContain(supported);
    }
  });

  test('the supported ones are read', () => {
    for (const version of supportedVersions()) expect(refuseVersion({ version }, 'x')).toBeUndefined();
    expect(supportedVersions()).toContain('1.0.0');
  });
});

test('numbers that JSON does not know never get in', () => {
  for (const number of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(parseAgentTurn({ ...turn, facts: { amount: number } }).ok).toBe(false);
    expect(parseAgentTurn({ ...turn, provenance: { confidence: number } }).ok).toBe(false);
  }
});

test('a message is measured in bytes, not characters', () => {
  const most = 'ä'.repeat((MESSAGE_BYTES - 2) / 2);
  expect(parseSay({ messageId: 'm1', text: most }).ok).toBe(true);
  expect(parseSay({ messageId: 'm1', text: `${most}ä` }).ok).toBe(false);
});

test('a payload that could not be decoded is known by its marker only', () => {
  const marker = poison('json/plain', 'Unexpected end');
  expect(isPoison(JSON.parse(JSON.stringify(marker)))).toBe(true);
  expect(poisonFailure(marker)).toMatchObject({ code: 'PAYLOAD_UNDECODABLE', field: 'payload' });
  for (const other of [undefined, null, {}, 'batonPoison', { batonPoison: true }])
    expect(isPoison(other)).toBe(false);
});
