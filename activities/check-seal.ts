import type { Offer, TurnInput } from '../contract/activities.ts';
import { canonicalJson } from '../contract/canonical-json.ts';
import { digestOf } from '../contract/digest.ts';
import type { Envelope } from '../contract/envelope.ts';
import type { Failure } from '../contract/failures.ts';
import { failure } from '../contract/failures.ts';
import { getOwn } from '../contract/json.ts';
import type { Parsed } from '../contract/parse.ts';
import { referencesIn } from '../contract/reference-fact.ts';
import { sealedText, type SealedBy } from '../contract/seal.ts';
import { declares, selectFields } from '../contract/selective-fields.ts';
import { edgeBetween } from '../contract/edges.ts';
import type { TeamManifest } from '../contract/team.ts';
import { cutMemory, sealedMemory, type MemoryAccepted } from '../contract/working-memory.ts';
import type { Registry } from './registry.ts';
import { bodyOf, demandSigning, type Signing } from './seal.ts';

/** What checking needs of the world. */
interface CheckDependencies {
  readonly registry: Registry;
  readonly signing: Signing | undefined;
  /** This worker takes nothing unsigned, whatever a manifest says. */
  readonly signatures?: 'required' | undefined;
}

/**
 * Whether an offered envelope is what a registered sender sealed for this receiver, for the first time, and asks for
 * no more than the manifest grants: forged, changed, replayed and widened ones are refused. The body is built from
 * what arrived, never read from it.
 * @param parsed the envelope after its shape was checked; a refusal of that stays as it is
 * @throws BatonError `SIGNING_KEY_MISSING`, and `STORE_UNAVAILABLE` where nonces cannot be consumed just now
 */
export async function checkSeal(
  { registry, signing, signatures }: CheckDependencies,
  input: TurnInput,
  parsed: Parsed<Envelope>,
): Promise<Parsed<Envelope>> {
  if (!parsed.ok || !input.offer) return parsed;
  const manifest = await registry.manifest(input.manifest);
  if (manifest.signing !== 'required') {
    if (signatures !== 'required') return parsed;
    const detail = `handoff ${input.offer.handoffId}: its manifest asks for no signature, and this worker takes none without`;
    return { ok: false, failure: failure('ENVELOPE_UNSIGNED', detail, 'envelope.signature') };
  }
  const refusal = await refuseSeal(demandSigning(signing), manifest, input, input.offer);
  return refusal ? { ok: false, failure: refusal } : parsed;
}

async function refuseSeal(
  signing: Signing,
  manifest: TeamManifest,
  input: TurnInput,
  offer: Offer,
): Promise<Failure | undefined> {
  const { envelope } = input;
  const { signature, nonce, transfer, memory } = envelope;
  if (signature === undefined || nonce === undefined || !transfer)
    return failure('ENVELOPE_UNSIGNED', `handoff ${offer.handoffId}`, 'envelope.signature');
  if (envelope.trace !== input.trace)
    return failure('ENVELOPE_FORGED', `it is of the case with trace ${envelope.trace}`, 'envelope.trace');
  const edge = { from: transfer.from, to: input.agent };
  const accepted = getOwn(manifest.agents, input.agent)?.workingMemory;
  const sealed = { facts: memory.facts, memory: sealedMemory(accepted, memory) };
  const body = bodyOf({ ...input, edge, ...sealed }, nonce);
  const checked = signing.seals.check(body, signature);
  if (!checked.ok)
    return failure('ENVELOPE_FORGED', `${edge.from} -> ${edge.to}: ${checked.reason}`, 'envelope.signature');
  const widened = whyWidened(manifest, input, checked.by);
  if (widened !== undefined) return failure('ENVELOPE_WIDENED', widened, 'envelope');
  const { handoffId } = offer;
  const digest = digestOf(sealedText(body));
  const used = await signing.nonces.consume({ trace: input.trace, nonce, handoffId, digest });
  return used === 'used' ? failure('ENVELOPE_REPLAYED', `handoff ${handoffId}`, 'envelope.nonce') : undefined;
}

/** Authority comes from the manifest and only narrows: what an envelope claims beyond it is not the sender's to give. */
function whyWidened(manifest: TeamManifest, input: TurnInput, by: SealedBy): string | undefined {
  const { envelope, agent } = input;
  const receiver = getOwn(manifest.agents, agent);
  if (!receiver) return `the manifest has no agent ${agent}`;
  if (canonicalJson(envelope.failureModes) !== canonicalJson(receiver.failures))
    return `failure modes other than those of ${agent}`;
  // What the case originates follows its own rules: stand-ins, returns, a person's hand.
  if (by === 'case') return undefined;
  const { verb, from = '' } = { ...envelope.transfer };
  if (verb === 'transfer' && !edgeBetween(manifest, from, agent))
    return `there is no edge ${from} -> ${agent}`;
  // What stands in the context store is judged by its name: its value is read later, and cut then.
  const references = referencesIn(envelope.memory.facts);
  const values = Object.entries(envelope.memory.facts).filter(([name]) => !references.has(name));
  const dropped = [
    ...[...references.keys()].filter((name) => !declares(receiver.accepts, name)),
    ...selectFields(receiver.accepts, Object.fromEntries(values)).dropped,
    ...widenedMemory(receiver.workingMemory, envelope.memory),
  ];
  return dropped.length > 0 ? `${agent} accepts no ${dropped.slice(0, 10).join(', ')}` : undefined;
}

/** What of a sealed working memory its receiver does not take up, by name. */
function widenedMemory(accepted: MemoryAccepted | undefined, memory: Envelope['memory']): readonly string[] {
  const { dropped = {} } = cutMemory(accepted, sealedMemory(accepted, memory) ?? {});
  return [
    ...(dropped.intent ? ['memory.intent'] : []),
    ...(dropped.recordsRead === undefined ? [] : ['memory.recordsRead']),
    ...(dropped.partialResults ?? []).map((path) => `memory.partialResults.${path}`),
  ];
}
