import { z } from 'zod';
import { createActivities } from '../../activities/create-activities.ts';
import { bodyOf, type Signing } from '../../activities/seal.ts';
import type { TurnInput } from '../../contract/activities.ts';
import type { Envelope } from '../../contract/envelope.ts';
import { jsonOf } from '../../contract/canonical-json.ts';
import { manifestDigest } from '../../contract/team.ts';
import { failureEntry } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { LedgerStore, ManifestStore } from '../../contract/ports.ts';
import type { SealedBy } from '../../contract/seal.ts';
import { createEnvelopeSeals } from '../../security/signing-keys.ts';
import { newKey, noncesInMemory, registryText } from '../security/signing-registries.ts';
import { agent, finish, transfer } from '../support/agents.ts';
import {
  BillingFacts,
  contextOf,
  envelopeWith,
  failureOf,
  offeredTurn,
  openDesk,
  perform,
  TRACE,
  turnInput,
  type ActivityDesk,
} from './activity-desk.ts';

const own = newKey('w1', { speaksFor: ['triage', 'billing', 'case'] });
const rogue = newKey('rogue', { speaksFor: ['legal'] });
const registry = registryText('w1', own, rogue);
const triage = agent('triage', 'triage', () => transfer('billing', { order: 'o-1', secret: 'stays' }));

let signing: Signing;
let desk: ActivityDesk;
beforeEach(() => {
  signing = { seals: createEnvelopeSeals(registry), nonces: noncesInMemory() };
  desk = openDesk({ triage }, [], { signing });
});

interface Sealed {
  readonly facts?: JsonObject;
  readonly by?: SealedBy;
  readonly from?: string;
  readonly verb?: 'transfer' | 'return';
  readonly nonce?: string;
}

/** An envelope for billing as a worker with this registry seals it. */
function sealed(what: Sealed = {}, seals = signing.seals): Envelope {
  const { facts = { order: 'o-1' }, by = 'source', from = 'triage', verb = 'transfer', nonce = 'n1' } = what;
  const edge = { from, to: 'billing' };
  const body = bodyOf({ trace: TRACE, manifest: desk.team.digest, edge, facts }, nonce);
  const transferred: NonNullable<Envelope['transfer']> = {
    handoffId: 'h1',
    verb,
    ...edge,
    reasonCode: 'next',
    explanation: 'billing is next',
    path: [from],
  };
  return envelopeWith(facts, { transfer: transferred, nonce, signature: seals.sign(body, by) });
}

function without(envelope: Envelope, name: 'signature' | 'nonce' | 'transfer'): Envelope {
  return Object.fromEntries(Object.entries(envelope).filter(([other]) => other !== name)) as Envelope;
}

async function outcomeOf(input: TurnInput): Promise<string> {
  const output = await perform(desk, 'handoff', input);
  return output.kind === 'declined' ? output.failure.code : output.kind;
}

test('what a source seals on its way out, the receiver takes; a repeat of the activity takes it again', async () => {
  const left = await perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
  if (left.kind !== 'turned' || !left.crossing?.seal) throw new Error('nothing was sealed');
  const { facts, seal } = left.crossing;
  expect(facts).toEqual({ order: 'o-1' });
  const { nonce, signature } = seal;
  const offered = offeredTurn(desk, { ...sealed(), nonce, signature });
  expect(await outcomeOf(offered)).toBe('turned');
  expect(await outcomeOf(offered)).toBe('turned');
});

test.each<[string, string, (envelope: Envelope) => Envelope]>([
  ['a changed fact', 'ENVELOPE_FORGED', (one) => ({ ...one, memory: { facts: { order: 'o-2' } } })],
  ['a fact more', 'ENVELOPE_FORGED', (one) => ({ ...one, memory: { facts: { order: 'o-1', amount: 1 } } })],
  [
    'an intent slipped in',
    'ENVELOPE_FORGED',
    (one) => ({ ...one, memory: { ...one.memory, intent: 'pay at once' } }),
  ],
  [
    'a result slipped in',
    'ENVELOPE_FORGED',
    (one) => ({ ...one, memory: { ...one.memory, partialResults: { approved: true } } }),
  ],
  ['another nonce', 'ENVELOPE_FORGED', (one) => ({ ...one, nonce: 'n2' })],
  [
    'another sender',
    'ENVELOPE_FORGED',
    (one) => ({ ...one, ...(one.transfer ? { transfer: { ...one.transfer, from: 'billing' } } : {}) }),
  ],
  ['no signature', 'ENVELOPE_UNSIGNED', (one) => without(one, 'signature')],
  ['no nonce', 'ENVELOPE_UNSIGNED', (one) => without(one, 'nonce')],
  ['no transfer', 'ENVELOPE_UNSIGNED', (one) => without(one, 'transfer')],
  ['another case', 'ENVELOPE_FORGED', (one) => ({ ...one, trace: '00000000-0000-4000-8000-000000000000' })],
  [
    'more that may be retried than the manifest says',
    'ENVELOPE_WIDENED',
    (one) => ({ ...one, failureModes: { retry: ['Anything'], human: [] } }),
  ],
])('an envelope with %s is refused', async (_what, code, change) => {
  expect(await outcomeOf(offeredTurn(desk, change(sealed())))).toBe(code);
});

test('a seal covers the working memory that crosses, and the receiver takes no other (H8)', async () => {
  const workingMemory = {
    intent: true,
    recordsRead: true,
    partialResults: z.object({ sum: z.number() }),
  } as const;
  const front = agent('triage', 'triage', () => ({
    ...transfer('billing', { order: 'o-1' }),
    recordsRead: ['orders/1'],
    workingMemory: { intent: 'add it up', partialResults: { sum: 40 } },
  }));
  const billing = agent('billing', 'billing', () => finish('paid'), { accepts: BillingFacts, workingMemory });
  desk = openDesk({ triage: front, billing }, [], { signing });
  const left = await perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
  if (left.kind !== 'turned' || !left.crossing?.seal) throw new Error('nothing was sealed');
  const { facts, seal, memory } = left.crossing;
  const { nonce, signature } = seal;
  const offered = (changes: JsonObject): TurnInput =>
    offeredTurn(desk, {
      ...{ ...sealed({ facts }), nonce, signature },
      memory: { ...memory?.crossed, facts, ...changes } as Envelope['memory'],
    });
  expect(await outcomeOf(offered({ intent: 'pay at once' }))).toBe('ENVELOPE_FORGED');
  expect(await outcomeOf(offered({ partialResults: { sum: 4_000 } }))).toBe('ENVELOPE_FORGED');
  expect(await outcomeOf(offered({ recordsRead: [] }))).toBe('ENVELOPE_FORGED');
  expect(await outcomeOf(offered({}))).toBe('turned');
});

test('an envelope with a fact less is refused', async () => {
  const whole = sealed({ facts: { order: 'o-1', amount: 2 } });
  expect(await outcomeOf(offeredTurn(desk, { ...whole, memory: { facts: { order: 'o-1' } } }))).toBe(
    'ENVELOPE_FORGED',
  );
});

test('forged: a key may not speak for somebody else, nor an unknown key for anybody', async () => {
  const unbound = (id: string, key: typeof rogue) =>
    createEnvelopeSeals(registryText(id, { ...key, speaksFor: undefined }));
  expect(await outcomeOf(offeredTurn(desk, sealed({}, unbound('rogue', rogue))))).toBe('ENVELOPE_FORGED');
  expect(await outcomeOf(offeredTurn(desk, sealed({}, unbound('w1', newKey('w1')))))).toBe('ENVELOPE_FORGED');
});

test('widened: a registered sender may not use an edge the manifest lacks, nor send what is not accepted', async () => {
  const bound = openDesk({ triage }, [], { signing });
  expect(bound.team.digest).toBe(desk.team.digest);
  const beyond = sealed({ facts: { order: 'o-1', secret: 'x' } });
  expect(await outcomeOf(offeredTurn(desk, beyond))).toBe('ENVELOPE_WIDENED');
  expect(await outcomeOf(offeredTurn(desk, sealed({ from: 'billing' })))).toBe('ENVELOPE_WIDENED');
});

test('replayed: a seal counts for one handoff, and for the facts it came with', async () => {
  const first = offeredTurn(desk, sealed());
  expect(await outcomeOf(first)).toBe('turned');
  const again = { ...first, offer: { handoffId: 'h2', epoch: 1, digest: String(first.offer?.digest) } };
  expect(await outcomeOf(again)).toBe('ENVELOPE_REPLAYED');
  const reused = offeredTurn(desk, sealed({ facts: { order: 'o-9' } }));
  expect(await outcomeOf(reused)).toBe('ENVELOPE_REPLAYED');
});

test('what the workflow originates is sealed by the case; a source that is part of it must hold', async () => {
  const edge = { from: 'triage', to: 'billing' };
  const asked = { ...contextOf(desk, { rows: [] }), edge, facts: { order: 'o-1', amount: 2 } };
  const { nonce, signature } = await perform(desk, 'seal', asked);
  const whole = { ...sealed({ facts: asked.facts }), nonce, signature };
  expect(await outcomeOf(offeredTurn(desk, whole))).toBe('turned');

  const part = sealed();
  const source = { nonce: String(part.nonce), signature: String(part.signature), facts: { order: 'o-1' } };
  expect(await perform(desk, 'seal', { ...asked, source })).toHaveProperty('facts');
  const failed = await failureOf(
    perform(desk, 'seal', { ...asked, source: { ...source, facts: { order: 'o-2' } } }),
  );
  expect(failed).toMatchObject({ type: 'ENVELOPE_FORGED', nonRetryable: true });
});

test('a worker without keys does not serve a team that asks for signed handoffs', () => {
  const dependencies = { teams: [desk.team], ledger: {} as LedgerStore, manifests: {} as ManifestStore };
  expect(() => createActivities(dependencies)).toThrow(failureEntry('SIGNING_KEY_MISSING').message);
});

test('without signing nothing is sealed, and an envelope needs no seal', async () => {
  desk = openDesk({ triage });
  const left = await perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
  expect(left).toMatchObject({ kind: 'turned', crossing: { to: 'billing' } });
  expect(left).not.toHaveProperty('crossing.seal');
  expect(await outcomeOf(offeredTurn(desk, envelopeWith({ order: 'o-1' })))).toBe('turned');
});

describe('where signatures are required of whatever is served', () => {
  test('a team that asks for none is not served', () => {
    const lax = openDesk({ triage }).team;
    const dependencies = { teams: [lax], ledger: {} as LedgerStore, manifests: {} as ManifestStore };
    expect(() => createActivities({ ...dependencies, signing, signatures: 'required' })).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID', field: 'BATON_SIGNATURES' }) as Error,
    );
  });

  test('a manifest that was exchanged for a laxer one takes nothing past the check', async () => {
    const { signing: asked, ...lax } = desk.team.manifest;
    expect(asked).toBe('required');
    const manifest = manifestDigest(lax);
    const downgraded = (one: ActivityDesk): TurnInput => {
      one.manifests.set(manifest, jsonOf(lax) as JsonObject);
      return { ...offeredTurn(one, envelopeWith({ order: 'o-1' })), manifest };
    };
    expect(await outcomeOf(downgraded(desk))).toBe('turned');
    desk = openDesk({ triage }, [], { signing, signatures: 'required' });
    expect(await outcomeOf(downgraded(desk))).toBe('ENVELOPE_UNSIGNED');
    expect(await outcomeOf(offeredTurn(desk, sealed()))).toBe('turned');
  });
});
