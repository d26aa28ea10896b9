import { randomBytes } from 'node:crypto';
import type { Crossing, SealInput, TurnInput } from '../contract/activities.ts';
import { applicationFailure } from '../contract/application-failure.ts';
import { BatonError, failure } from '../contract/failures.ts';
import type { EnvelopeSeals, NonceStore, Seal, SealBody, SealedBy } from '../contract/seal.ts';
import type { TeamManifest } from '../contract/team.ts';
import { crossingDigest } from '../contract/working-memory.ts';
import type { Team } from './define-team.ts';

/** What sealing and checking need; absent where no team asks for it. */
export interface Signing {
  readonly seals: EnvelopeSeals;
  readonly nonces: NonceStore;
}

const NONCE_BYTES = 16;

/**
 * Refuses to serve a team whose handoffs must be signed where nothing can sign them.
 * @param signatures `required` refuses to serve teams that ask for no signatures, too
 * @throws BatonError `SIGNING_KEY_MISSING`, and `CONFIGURATION_INVALID` for a team without signatures where they are
 * required of every team
 */
export function requireSigning(
  teams: readonly Team[],
  signing: Signing | undefined,
  signatures?: 'required',
): void {
  const lax = teams.find((team) => team.manifest.signing !== 'required');
  if (signatures === 'required' && lax) {
    const detail = `BATON_SIGNATURES is required, and team ${lax.name} has no \`signing: 'required'\``;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'BATON_SIGNATURES'));
  }
  const asking = teams.find((team) => team.manifest.signing === 'required');
  if (asking && !signing) {
    const detail = `team ${asking.name} asks for signed handoffs, and BATON_SIGNING_KEYS is not set`;
    throw new BatonError(failure('SIGNING_KEY_MISSING', detail, 'BATON_SIGNING_KEYS'));
  }
}

/** Seals what leaves an agent's turn for another agent, where its team asks for it; nothing to add elsewhere. */
export function sealCrossing(
  signing: Signing | undefined,
  manifest: TeamManifest,
  input: Pick<TurnInput, 'agent' | 'manifest' | 'trace'>,
  crossing: Crossing | undefined,
): { readonly crossing?: Crossing } {
  if (!crossing || manifest.signing !== 'required' || !Object.hasOwn(manifest.agents, crossing.to)) return {};
  const edge = { from: input.agent, to: crossing.to };
  const seal = makeSeal(
    demandSigning(signing).seals,
    { ...input, edge, facts: crossing.facts, memory: crossing.memory?.crossed },
    'source',
  );
  return { crossing: { ...crossing, seal } };
}

/**
 * The activity `seal`: for a handoff that the workflow or a person originates, or whose facts the workflow has joined
 * with what the receiver knew before. A source's seal that is part of it must hold.
 */
export function runSeal(signing: Signing | undefined, input: SealInput): Seal {
  const { seals } = demandSigning(signing);
  const { edge, source } = input;
  if (source) {
    const checked = seals.check(
      bodyOf({ ...input, edge, facts: source.facts, memory: source.memory }, source.nonce),
      source.signature,
    );
    if (!checked.ok)
      throw applicationFailure(failure('ENVELOPE_FORGED', `seal of ${edge.from}: ${checked.reason}`));
  }
  return makeSeal(seals, input, 'case');
}

function makeSeal(seals: EnvelopeSeals, what: Sealable, by: SealedBy): Seal {
  const body = bodyOf(what, randomBytes(NONCE_BYTES).toString('base64url'));
  return {
    nonce: body.nonce,
    signature: seals.sign(body, by),
    facts: crossingDigest(body.facts, body.memory),
  };
}

/** What a seal is made over, wherever it is found. */
interface Sealable {
  readonly trace: string;
  readonly manifest: string;
  readonly edge: SealBody['edge'];
  readonly facts: SealBody['facts'];
  readonly memory?: SealBody['memory'] | undefined;
}

/** The body of a seal; the receiver builds the same one from what arrived. */
export function bodyOf(what: Sealable, nonce: string): SealBody {
  const { trace, manifest, edge, facts, memory } = what;
  return {
    version: '1.0.0',
    trace,
    edge: { from: edge.from, to: edge.to },
    facts,
    ...(memory ? { memory } : {}),
    manifest,
    nonce,
  };
}

/** The keys that this worker must have. Throws `SIGNING_KEY_MISSING`. */
export function demandSigning(signing: Signing | undefined): Signing {
  if (signing) return signing;
  throw new BatonError(failure('SIGNING_KEY_MISSING', 'BATON_SIGNING_KEYS is not set', 'BATON_SIGNING_KEYS'));
}
