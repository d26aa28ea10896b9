/**
 * Attacks on a handoff between the workers, by somebody who can write to the server: an envelope is changed, its seal
 * is taken from another handoff, removed, or made with a key of one's own. The offer's digest is made to fit, as an
 * attacker would.
 */
import type { PayloadCodec } from '@temporalio/common';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { bodyOf } from '../../activities/seal.ts';
import type { TurnInput } from '../../contract/activities.ts';
import type { Envelope } from '../../contract/envelope.ts';
import { isJsonObject } from '../../contract/json.ts';
import { envelopeDigest } from '../../contract/seal.ts';
import { createEnvelopeSeals } from '../../security/signing-keys.ts';
import { newKey, noncesInMemory, registryText } from '../security/signing-registries.ts';
import { agent, finish, reply, transfer } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';

const own = newKey('w1');
const seals = createEnvelopeSeals(registryText('w1', own));
const impostor = createEnvelopeSeals(registryText('w1', newKey('w1')));

/** What the attacker makes of the envelope of an offer on its way to the receiver's worker. */
let attack: (envelope: Envelope, input: TurnInput) => Envelope = (envelope) => envelope;
const attacked: PayloadCodec = {
  encode: (payloads) =>
    Promise.resolve(
      payloads.map((payload) => {
        const value = read(payload.data ?? new Uint8Array());
        if (!isJsonObject(value) || !('offer' in value)) return payload;
        const input = value as unknown as TurnInput;
        if (!input.offer) return payload;
        const envelope = attack(input.envelope, input);
        const offer = { ...input.offer, digest: envelopeDigest(envelope) };
        return { ...payload, data: Buffer.from(JSON.stringify({ ...input, envelope, offer })) };
      }),
    ),
  decode: (payloads) => Promise.resolve(payloads),
};

function read(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString());
  } catch {
    return undefined;
  }
}

const pool = unique('pool');
const desk = people('desk', { ann: { roles: ['lead'] } });
const receiver = agent('receiver', pool, (turn) =>
  turn.unanswered.length > 0 ? finish(JSON.stringify(turn.facts)) : reply('mine'),
);
const sender = agent('sender', pool, () => transfer('receiver', { order: 'B1' }));
const team = defineTeam({
  name: unique('attacked'),
  start: sender,
  edges: [edge(sender, receiver), escalate(sender, desk)],
  limits: { fallbacks: 0 },
  signing: 'required',
});

const back = agent('back', pool, (turn) => ({
  intent: { kind: 'return', reasonCode: `again ${String(turn.number)}`, explanation: 'once more' },
}));
const forth = agent('forth', pool, (turn) => transfer('back', { order: 'B1' }, `go ${String(turn.number)}`));
const pingPong = defineTeam({
  name: unique('ping-pong'),
  start: forth,
  edges: [edge(forth, back), escalate(forth, desk)],
  limits: { fallbacks: 0 },
  signing: 'required',
});

let bed: Bed;
beforeAll(async () => {
  bed = await openBed({
    teams: [team, pingPong],
    codec: attacked,
    signing: { seals, nonces: noncesInMemory() },
  });
});
afterAll(() => bed.close());

function withFacts(envelope: Envelope, facts: Envelope['memory']['facts']): Envelope {
  return { ...envelope, memory: { ...envelope.memory, facts } };
}

let seen: Envelope | undefined;

test('untouched, the case is taken over', async () => {
  attack = (envelope) => (seen = envelope);
  const driver = await openCase(bed, team);
  expect(await driver.result()).toMatchObject({ outcome: { outcome: '{"order":"B1"}' } });
  expect(seen?.signature).toBeDefined();
});

test.each<[string, string, (envelope: Envelope, input: TurnInput) => Envelope]>([
  ['changed', 'ENVELOPE_FORGED', (envelope) => withFacts(envelope, { order: 'B2' })],
  ['widened', 'ENVELOPE_FORGED', (envelope) => withFacts(envelope, { order: 'B1', topic: 'more' })],
  [
    'granted more',
    'ENVELOPE_WIDENED',
    (envelope) => ({ ...envelope, failureModes: { retry: ['All'], human: [] } }),
  ],
  ['stripped of its seal', 'ENVELOPE_UNSIGNED', (envelope) => ({ ...envelope, signature: undefined })],
  [
    'sealed by an impostor',
    'ENVELOPE_FORGED',
    (envelope, input) => {
      const facts = { order: 'B2' };
      const edge = { from: 'sender', to: 'receiver' };
      const body = bodyOf({ ...input, edge, facts }, String(envelope.nonce));
      return withFacts({ ...envelope, signature: impostor.sign(body, 'source') }, facts);
    },
  ],
  [
    'taken from another case',
    'ENVELOPE_FORGED',
    (envelope) => ({
      ...envelope,
      signature: String(seen?.signature),
      nonce: String(seen?.nonce),
    }),
  ],
])('an envelope that is %s is refused, and a person sees why', async (_what, code, how) => {
  attack = how;
  const driver = await openCase(bed, team);
  const view = await driver.until((one) => one.stage === 'parked');
  expect(view.owner).toBe('sender');
  expect(view.deadLetters).toMatchObject([{ failure: { code } }]);
});

test('a seal that is used again within its case is refused', async () => {
  const seals: string[] = [];
  attack = (envelope) => {
    if (envelope.transfer?.to !== 'back') return envelope;
    seals.push(String(envelope.signature));
    const [first] = known;
    if (first) return { ...envelope, nonce: String(first.nonce), signature: String(first.signature) };
    known.push(envelope);
    return envelope;
  };
  const known: Envelope[] = [];
  const driver = await openCase(bed, pingPong);
  const view = await driver.until((one) => one.stage === 'parked');
  expect(view.deadLetters).toMatchObject([{ failure: { code: 'ENVELOPE_REPLAYED' } }]);
  expect(new Set(seals).size).toBe(2);
});
