import fc from 'fast-check';
import { z } from 'zod';
import { leave, type Leaving } from '../../activities/exit-edge.ts';
import {
  defineTeam,
  edge,
  escalate,
  people,
  type EdgeOptions,
  type Team,
} from '../../activities/define-team.ts';
import { maskValue } from '../../activities/privacy/mask.ts';
import type { JsonObject } from '../../contract/json.ts';
import { personalDataKinds } from '../../contract/personal-data.ts';
import { isMask, kindsWalledOff } from '../../contract/redaction.ts';
import { referenceFact } from '../../contract/reference-fact.ts';
import { parseAgentTurn } from '../../contract/turn.ts';
import type { WorkingMemory } from '../../contract/working-memory.ts';
import { agent, reply } from '../support/agents.ts';
import { envelopeWith } from './activity-desk.ts';

const desk = people('desk', { pam: { roles: ['lead'] } });

/** Facts of which some are declared and any others may cross. */
function open(shape: z.core.$ZodLooseShape): z.ZodType<JsonObject> {
  return z.object(shape).catchall(z.json()) as unknown as z.ZodType<JsonObject>;
}

function pair(
  ends: {
    readonly sends?: z.ZodType<JsonObject>;
    readonly accepts?: z.ZodType<JsonObject>;
    readonly domain?: string;
  },
  options: EdgeOptions = {},
): Team {
  const front = agent('front', 'front', () => reply('hello'), { accepts: ends.sends ?? open({}) });
  const legal = agent('legal', 'legal', () => reply('hello'), {
    domain: ends.domain ?? 'legal',
    accepts: ends.accepts ?? open({}),
  });
  return defineTeam({
    name: 'pair',
    start: front,
    edges: [edge(front, legal, options), escalate(front, desk)],
  });
}

function leaving(team: Team, facts: JsonObject, more: JsonObject = {}, memory: WorkingMemory = {}): Leaving {
  const intent = { kind: 'transfer', to: 'legal', reasonCode: 'next', ...more };
  const turn = parseAgentTurn({ version: '1.0.0', intent, provenance: { reason: 'they gave 9876543210' } });
  if (!turn.ok) throw new Error(turn.failure.message);
  return leave(
    turn.value,
    { agent: 'front', envelope: envelopeWith({}) },
    { facts, memory },
    team.manifest,
    (name) => team.agents[name],
  );
}

describe('what an edge masks', () => {
  const redactOf = (team: Team): unknown => team.manifest.edges[0]?.redact;

  it('is everything into another domain, and nothing within one', () => {
    expect(redactOf(pair({}))).toEqual(personalDataKinds());
    expect(pair({ domain: 'test' }).manifest.edges[0]).not.toHaveProperty('redact');
  });

  it('is what the edge says', () => {
    expect(pair({}, { redact: 'nothing' }).manifest.edges[0]).not.toHaveProperty('redact');
    expect(redactOf(pair({ domain: 'test' }, { redact: 'personal-data' }))).toEqual(personalDataKinds());
    expect(redactOf(pair({}, { redact: { only: ['phone', 'card'] } }))).toEqual(['card', 'phone']);
    expect(redactOf(pair({}, { redact: { except: ['email'] } }))).toEqual(
      personalDataKinds().filter((kind) => kind !== 'email'),
    );
  });

  it('may be told by tags, which reach the JSON Schema of the manifest', () => {
    const accepts = z.object({
      who: z.object({ phone: z.string().meta({ pii: 'phone' }).optional() }).optional(),
    });
    expect(pair({ accepts }).manifest.agents['legal']?.accepts).toMatchObject({
      properties: { who: { properties: { phone: { type: 'string', pii: 'phone' } } } },
    });
  });

  test.each<[string, () => Team, RegExp]>([
    [
      'a tag that names no kind',
      () => pair({ accepts: z.object({ shoe: z.string().meta({ pii: 'shoe' }) }) }),
      /agents\.legal\.accepts\.shoe: "shoe" is no kind/,
    ],
    [
      'a tag deep inside that names none',
      () => pair({ accepts: z.object({ list: z.array(z.object({ x: z.string().meta({ pii: 'y' }) })) }) }),
      /accepts\.list\.\*\.x: "y"/,
    ],
    [
      'an address no mask is',
      () => pair({ accepts: z.object({ mail: z.email().meta({ pii: 'email' }) }) }),
      /edges \(front -> legal\)\.redact: legal\.accepts\.mail is masked as email, .*except: \['email'\]/,
    ],
    [
      'a number',
      () => pair({ accepts: z.object({ phone: z.number().meta({ pii: 'phone' }) }) }),
      /legal\.accepts\.phone is masked as phone, and its type is "number"/,
    ],
    [
      'a date',
      () => pair({ accepts: z.object({ born: z.iso.date().meta({ pii: 'dob' }) }) }),
      /legal\.accepts\.born is masked as birth-date/,
    ],
    [
      'a length no mask has',
      () => pair({ accepts: z.object({ card: z.string().length(16).meta({ pii: 'card' }) }) }),
      /legal\.accepts\.card is masked as card, and "\*\*\*\*1111" is shorter/,
    ],
    [
      'values to choose from',
      () => pair({ accepts: z.object({ name: z.enum(['a', 'b']).meta({ pii: 'name' }) }) }),
      /a mask is none of its values/,
    ],
  ])('is refused with the team for %s', (_what, build, words) => {
    expect(build).toThrow(words);
  });

  it('lets a field be that the edge does not mask', () => {
    const accepts = z.object({ mail: z.email().meta({ pii: 'email' }).optional() });
    expect(() => pair({ accepts }, { redact: { except: ['email'] } })).not.toThrow();
    expect(() => pair({ accepts, domain: 'test' })).not.toThrow();
  });

  it('is nothing on the way to people, who see the whole case', () => {
    const front = agent('front', 'front', () => reply('hello'));
    const build = (): Team =>
      defineTeam({ name: 'lone', start: front, edges: [escalate(front, desk, { redact: 'personal-data' })] });
    expect(build).toThrow(/edges \(front -> desk\)\.redact: people see the whole case/);
  });
});

describe('the exit edge', () => {
  it('masks what schemas of either side tag and what detectors find, and says where', () => {
    const team = pair(
      {
        sends: open({ customer: z.string().meta({ pii: 'name' }).optional() }),
        accepts: open({
          person: z.string().optional(),
          home: z.object({ line: z.string(), city: z.string() }).meta({ pii: 'address' }).optional(),
          phones: z.array(z.string().meta({ pii: 'phone' })).optional(),
        }),
      },
      { adapt: [{ from: 'customer', to: 'person' }] },
    );
    const reference = referenceFact({ key: 'fact:a', version: 1, digest: 'a'.repeat(64), bytes: 10 });
    const { turn, crossing } = leaving(
      team,
      {
        customer: 'Priya',
        home: { line: '1 Main Street', city: 'Chennai' },
        phones: ['+91 98765 43210', '12'],
        note: 'mail a@example.com and b@example.com',
        'c@example.com': 'keyed by an address',
        order: 'ORD-2024-000123',
        amount: 12,
        reference,
      },
      {
        explanation: 'card 4111 1111 1111 1111',
        summary: { decision: 'call 9876543210' },
        flags: ['a@example.com'],
      },
    );
    expect(crossing?.facts).toEqual({
      person: 'P***',
      customer: 'P***',
      home: { line: '***', city: '***' },
      phones: ['****3210', '****'],
      note: 'mail a***@example.com and b***@example.com',
      'c***@example.com': 'keyed by an address',
      order: 'ORD-2024-000123',
      amount: 12,
      reference,
    });
    expect(crossing?.masked).toEqual(
      expect.arrayContaining([
        { field: 'facts.person', kind: 'name', count: 1 },
        { field: 'facts.home.city', kind: 'address', count: 1 },
        { field: 'facts.phones.1', kind: 'phone', count: 1 },
        { field: 'facts.note', kind: 'email', count: 2 },
        { field: 'explanation', kind: 'card', count: 1 },
        { field: 'summary.decision', kind: 'phone', count: 1 },
        { field: 'flags.0', kind: 'email', count: 1 },
      ]),
    );
    expect(JSON.stringify(turn)).not.toMatch(/4111|43210|a@example/);
    expect(turn.provenance.reason).toBe('they gave ****3210');
    expect(JSON.stringify(crossing?.masked)).not.toMatch(/4111|43210|a@example|Priya/);
  });

  it('leaves behind what no mask fits, and refuses where the receiver needs it', () => {
    const sends = open({ phone: z.number().meta({ pii: 'phone' }).optional() });
    const free = leaving(pair({ sends }), { phone: 9_876_543_210, order: 'A1' }).crossing;
    expect(free).toMatchObject({ facts: { order: 'A1' }, dropped: ['phone'] });
    expect(free).not.toHaveProperty('failure');
    const bound = pair({ sends, accepts: z.object({ phone: z.number() }) });
    expect(leaving(bound, { phone: 9_876_543_210 }).crossing?.failure).toMatchObject({
      code: 'AGENT_INPUT_INVALID',
      message: expect.stringContaining('legal requires facts.phone') as string,
    });
  });

  it('says that a mask is why a receiver does not accept', () => {
    const accepts = z.object({ mail: z.email() });
    const { crossing } = leaving(pair({ accepts }), { mail: 'a@example.com' });
    expect(crossing?.failure?.message).toMatch(/does not accept.*the edge masks facts\.mail as email/s);
    expect(crossing?.failure?.message).not.toContain('a@example.com');
  });

  it('keeps texts within what the contract lets them have', () => {
    const explanation = 'a@b.co '.repeat(285).trim();
    const { turn } = leaving(pair({}), {}, { explanation });
    expect(parseAgentTurn(turn)).toMatchObject({ ok: true });
  });

  it('changes nothing where no edge redacts', () => {
    const facts = { note: 'a@example.com', phone: '+91 98765 43210' };
    const { turn, crossing } = leaving(pair({ domain: 'test' }), facts, { explanation: 'call 9876543210' });
    expect(crossing).toEqual({ to: 'legal', facts, declared: ['note', 'phone'], dropped: [] });
    expect(turn).toMatchObject({
      intent: { explanation: 'call 9876543210' },
      provenance: { reason: 'they gave 9876543210' },
    });
  });

  it('lets nothing cross that detectors would find, whatever the facts', () => {
    const team = pair({});
    const value = fc.constantFrom(
      '+91 98765 43210',
      '4111 1111 1111 1111',
      'a@example.com',
      'ok',
      'ABCPE1234F',
    );
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('a', 'b', 'c'),
          fc.oneof(value, fc.array(value), fc.record({ x: value })),
        ),
        (facts) => {
          const { crossing } = leaving(team, facts);
          expect(JSON.stringify(crossing)).not.toMatch(/98765|4111 1111|"a@|ABCPE1/);
          expect(leaving(team, crossing?.facts ?? {}).crossing?.facts).toEqual(crossing?.facts);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('walls', () => {
  it('stand before the messages between their ends', () => {
    const walls = [
      { after: -1, through: 3, kinds: ['phone' as const] },
      { after: 1, through: 5, kinds: ['email' as const] },
    ];
    const seen = [0, 1, 2, 3, 4, 5, 6].map((sequence) => kindsWalledOff(walls, sequence));
    expect(seen).toEqual([
      ['phone'],
      ['phone'],
      ['email', 'phone'],
      ['email', 'phone'],
      ['email'],
      ['email'],
      [],
    ]);
    expect(kindsWalledOff(undefined, 1)).toEqual([]);
  });
});

describe('a mask', () => {
  it.each(personalDataKinds())('of %s is known for one, whatever it hides', (kind) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => isMask(maskValue(kind, value))),
      { numRuns: 300 },
    );
    expect(isMask('ok')).toBe(false);
    expect(isMask(12)).toBe(false);
  });
});
