import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { PayloadCodec } from '@temporalio/common';
import { parseEnvelope, type Envelope } from '../contract/envelope.ts';
import { payloadConverter } from '../contract/payload-converter.ts';
import { envelopeDigest, sealedText, type SealBody } from '../contract/seal.ts';
import { digestOf } from '../contract/digest.ts';
import { stepKey } from '../contract/keys.ts';
import { createEncryptionCodec, createEnvelopeSeals, parseKeyRing } from '../security/index.ts';
import { openNonceStore } from '../stores/index.ts';
import { median } from './arithmetic.ts';
import { metric, type Metric } from './report.ts';

const TRACE = '8d5c5c1e-7f3a-4f5e-9c39-0f6f5e7b2a11';
const FACTS = { order: 'B1', notes: 'x'.repeat(1_000) };

/**
 * What encryption and signatures cost per handoff, without a server: `baton` is the way with them, `raw` the same way
 * without, both alternating in one run. A handoff passes the codec four times (the receiver's input and its result,
 * at both ends), and a seal is made, checked and its nonce consumed in an embedded store.
 * @param handoffs how many of each
 */
export async function measureSecurity(handoffs: number): Promise<readonly Metric[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-bench-'));
  const nonces = await openNonceStore(path.join(folder, 'nonces.db'));
  try {
    const seals = createEnvelopeSeals(signingKeys());
    const codec = createEncryptionCodec({ keys: parseKeyRing(codecKeys()) });
    const input = { envelope: envelope(), conversation: [], rows: [], offer: { handoffId: 'h1', epoch: 1 } };
    const output = { kind: 'turned', turn: { intent: { kind: 'reply', text: 'y'.repeat(300) } } };
    return [
      await compare('codec_ms', handoffs, {
        baton: () => travel([input, output], codec),
        raw: () => travel([input, output], undefined),
      }),
      await compare('signature_ms', handoffs, {
        baton: async () => {
          const body = bodyWith(randomBytes(16).toString('base64url'));
          const signature = seals.sign(body, 'source');
          edges({ ...envelope(), nonce: body.nonce, signature });
          if (!seals.check(body, signature).ok) throw new Error('a seal of our own does not hold');
          const digest = digestOf(sealedText(body));
          await nonces.consume({ trace: TRACE, nonce: body.nonce, handoffId: 'h1', digest });
        },
        raw: () => {
          edges(envelope());
          return Promise.resolve();
        },
      }),
    ];
  } finally {
    await nonces.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Values on their way through converter and codec, there and back. */
async function travel(values: readonly unknown[], codec: PayloadCodec | undefined): Promise<void> {
  for (const value of values) {
    const payload = payloadConverter.toPayload(value);
    const sent = codec ? await codec.encode([payload]) : [payload];
    const [arrived] = codec ? await codec.decode(sent) : sent;
    if (arrived) payloadConverter.fromPayload(arrived);
  }
}

/** What both edges do with every envelope: its digest is taken, it is parsed, its digest is compared. */
function edges(one: Envelope): void {
  envelopeDigest(one);
  if (!parseEnvelope(one).ok) throw new Error('an envelope of our own is none');
  envelopeDigest(one);
}

async function compare(
  name: string,
  handoffs: number,
  ways: { readonly baton: () => Promise<void>; readonly raw: () => Promise<void> },
): Promise<Metric> {
  const times = { baton: [] as number[], raw: [] as number[] };
  for (let round = 0; round < handoffs; round += 1) {
    for (const way of ['baton', 'raw'] as const) {
      const began = performance.now();
      await ways[way]();
      times[way].push(performance.now() - began);
    }
  }
  return metric(name, 1, { baton: median(times.baton), raw: median(times.raw), unit: 'ms' });
}

function envelope(): Envelope {
  return {
    version: '1.0.0',
    idempotencyKey: stepKey(TRACE, 1, 'handoff'),
    trace: TRACE,
    step: 1,
    provenance: [],
    effects: [],
    failureModes: { retry: [], human: [] },
    memory: { facts: FACTS },
    task: {
      definition: 'measure',
      constraints: {},
      acceptance: [],
      completed: [],
      remaining: [],
      unable: [],
    },
  };
}

function bodyWith(nonce: string): SealBody {
  const edge = { from: 'triage', to: 'billing' };
  return { version: '1.0.0', trace: TRACE, edge, facts: FACTS, manifest: 'f'.repeat(64), nonce };
}

function codecKeys(): string {
  const secret = randomBytes(32).toString('base64url');
  return JSON.stringify({
    version: '1.0.0',
    encryptWith: 'k',
    keys: [{ id: 'k', status: 'active', secret }],
  });
}

function signingKeys(): string {
  const { x: publicKey, d: privateKey } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const key = { id: 'w', status: 'active', publicKey, privateKey };
  return JSON.stringify({ version: '1.0.0', signWith: 'w', keys: [key] });
}
