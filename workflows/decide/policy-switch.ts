import type { Failure } from '../../contract/failures.ts';
import { failure } from '../../contract/failures.ts';
import type { SwitchPolicy } from '../../contract/message-shapes.ts';
import { policyDigest, type Policy } from '../../contract/policy/policy.ts';
import type { Draft } from '../draft.ts';
import { writeRow } from '../draft.ts';
import { policyOf, type Policed } from '../policed.ts';
import { refuseStranger } from '../refuse-staff.ts';
import type { CaseState } from '../state.ts';

/** Why a case may not be told to switch its policy, or undefined. */
export function refuseSwitch(
  state: CaseState,
  { by, digest }: SwitchPolicy,
  now: number,
): Failure | undefined {
  if (!state.policed)
    return failure('REQUEST_FORBIDDEN', 'no policy decides this case, so there is none to switch', 'digest');
  const stranger = refuseStranger(state, by, now);
  if (stranger) return stranger;
  const { switching } = state.policed;
  return switching && switching.digest !== digest
    ? failure('REQUEST_FORBIDDEN', `the case is about to switch to ${switching.version}`, 'version')
    : undefined;
}

/** A person wants a running case to be decided by another version: it is fetched, and waits for a quiet moment. */
export function askSwitch(draft: Draft, message: SwitchPolicy): void {
  const { state } = draft;
  if (!state.policed || !state.manifest) return;
  const { version, digest, by, reason } = message;
  if (state.policed.switching || state.policed.digest === digest) {
    draft.receipt = { accepted: true, repeated: true, detail: `policy ${version} was asked for before` };
    return;
  }
  state.policed = { ...state.policed, switching: { version, digest, by, reason } };
  writeRow(draft, 'policy-switch-asked', { policyVersion: version, digest, by, reason });
  draft.steps.push({
    kind: 'fetch-policy',
    input: {
      version: '1.0.0',
      caseId: state.caseId,
      trace: state.trace,
      team: state.team,
      manifest: state.manifestDigest,
      policyVersion: version,
      digest,
    },
  });
  draft.receipt = {
    accepted: true,
    repeated: false,
    detail: `policy ${version} decides from the case's next quiet moment on`,
  };
}

/** The version is at hand, or cannot be: a store has another one, or names in it are not of the pinned team. */
export function onFetched(
  draft: Draft,
  event: { readonly digest: string; readonly policy?: Policy; readonly failure?: Failure },
): void {
  const { state } = draft;
  const asked = state.policed?.switching;
  if (!state.policed || asked?.digest !== event.digest) return;
  // The ledger of a case that is over is not written to any more.
  if (state.work.kind === 'closing' || state.work.kind === 'closed') return;
  const { policy } = event;
  if (policy && policyDigest(policy) === asked.digest) {
    state.policed = { ...state.policed, switching: { ...asked, policy } };
    return;
  }
  state.policed = withoutSwitch(state.policed);
  const { version, digest, by } = asked;
  const problem = event.failure ?? failure('POLICY_UNKNOWN', `${version} has another digest`, 'digest');
  writeRow(draft, 'policy-switch-failed', { policyVersion: version, digest, by, failure: { ...problem } });
}

/**
 * Switches, where a version waits and nothing of the case is under way. Reviews that are open stay what they are: they
 * ask what the old version wanted asked, and whoever decides them decides that.
 */
export function switchWhenQuiet(draft: Draft, quiet: boolean): void {
  const { state } = draft;
  const old = policyOf(state);
  const asked = state.policed?.switching;
  if (!quiet || !state.policed || !old || !asked?.policy || state.ending) return;
  const { policy, version, digest, by, reason } = asked;
  const rules = new Set(policy.rules.map((rule) => rule.id));
  state.policed = {
    ...withoutSwitch(state.policed),
    policy,
    digest,
    holding: state.policed.holding.filter((rule) => rules.has(rule)),
  };
  writeRow(draft, 'policy-switched', {
    from: { policyVersion: old.policy.policyVersion, digest: old.digest },
    policyVersion: version,
    digest,
    by,
    reason,
    openReviews: state.reviews.filter((review) => review.status === 'open').map((review) => review.id),
  });
}

function withoutSwitch(policed: Policed): Policed {
  const { switching, ...rest } = policed;
  return switching ? rest : policed;
}
