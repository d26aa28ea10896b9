import type { PolicyDecision } from '../contract/case.ts';
import type { TurnOutput } from '../contract/activities.ts';
import type { Policy } from '../contract/policy/policy.ts';
import { policyDigest } from '../contract/policy/policy.ts';
import type { SwitchPolicy } from '../contract/message-shapes.ts';
import type { Signals } from '../contract/policy/signals.ts';
import type { CaseState } from './state.ts';

/** What the policy of a case has seen and done: plain JSON, part of the state. */
export interface Policed {
  /** The version that a person has switched the case to; that of the manifest when absent. */
  readonly policy?: Policy;
  /** A version that a person wants: fetched, and taken at the next quiet moment. */
  readonly switching?: Pick<SwitchPolicy, 'version' | 'digest' | 'by' | 'reason'> & {
    readonly policy?: Policy;
  };
  /** Digest of the policy: taken once, for it stands in every row of a decision. */
  readonly digest: string;
  readonly openedAt: string;
  /** Signals of the user's last assessed message. */
  readonly signals?: Signals;
  /** Sequences of messages that are being assessed. */
  readonly assessing: readonly number[];
  readonly frustration: number;
  readonly repeats: number;
  readonly clarifications: number;
  /** How often each rule has acted. */
  readonly acted: Readonly<Record<string, number>>;
  /** Rules on time that held when they were last asked. */
  readonly holding: readonly string[];
  /** Instant of the armed timer, in milliseconds. */
  readonly wakeAt?: number;
  readonly decisions: readonly PolicyDecision[];
  /** A turn that waits for a person's yes. */
  readonly held?: {
    readonly reviewId: string;
    readonly output: Extract<TurnOutput, { kind: 'turned' }>;
    readonly seen: number;
  };
}

/** The policy of a case with its digest, or undefined. */
export interface PinnedPolicy {
  readonly policy: Policy;
  readonly digest: string;
}

/** The policy that a case is decided by. */
export function policyOf(state: Pick<CaseState, 'manifest' | 'policed'>): PinnedPolicy | undefined {
  const policy = state.policed?.policy ?? state.manifest?.policy;
  return policy && state.policed ? { policy, digest: state.policed.digest } : undefined;
}

/** A case's policy has seen nothing yet. */
export function unpoliced(policy: Policy, openedAt: string): Policed {
  return {
    digest: policyDigest(policy),
    openedAt,
    assessing: [],
    frustration: 0,
    repeats: 0,
    clarifications: 0,
    acted: {},
    holding: [],
    decisions: [],
  };
}
