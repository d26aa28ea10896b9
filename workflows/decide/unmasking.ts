import type { CaseView } from '../../contract/case.ts';
import type { Failure } from '../../contract/failures.ts';
import { FINISHED_RECORDS, UNMASK_GRANT_MS } from '../../contract/limits.ts';
import type { Unmask } from '../../contract/message-shapes.ts';
import { judgeUnmask, unmaskableOf, type UnmaskGrant, type Unmaskable } from '../../contract/unmasking.ts';
import type { Draft } from '../draft.ts';
import { nowText, writeRow } from '../draft.ts';
import { manifestNow } from '../standing.ts';
import type { CaseState } from '../state.ts';

/** Why somebody may not see what was masked, or undefined. */
export function refuseUnmask(state: CaseState, wish: Unmask): Failure | undefined {
  const judged = judgeUnmask(maskedIn(state), wish);
  return judged.ok ? undefined : judged.failure;
}

/**
 * Gives leave to see one original, once, to one person: on record before anybody sees it (X5). The value stays in
 * the context store; neither this history nor the ledger ever holds it.
 */
export function grantUnmask(draft: Draft, wish: Unmask): void {
  const { state } = draft;
  const judged = judgeUnmask(maskedIn(state), wish);
  if (!judged.ok) return;
  const { handoffId, originals } = judged.value;
  const { field, by, reason } = wish;
  state.grantCount = (state.grantCount ?? 0) + 1;
  const grant: UnmaskGrant = {
    id: `u${String(state.grantCount)}`,
    handoffId,
    field,
    by,
    originals,
    issuedAt: nowText(draft),
    expiresAt: new Date(draft.now + UNMASK_GRANT_MS).toISOString(),
  };
  state.grants = [...(state.grants ?? []), grant].slice(-FINISHED_RECORDS);
  writeRow(draft, 'unmask-granted', {
    grantId: grant.id,
    handoffId,
    field,
    by,
    reason,
    originals: { ...originals },
    expiresAt: grant.expiresAt,
  });
  draft.receipt = {
    accepted: true,
    repeated: false,
    detail: `${grant.id}: ${by} may see ${field} of ${handoffId} once, until ${grant.expiresAt}`,
    grant,
  };
}

/** What a view tells of masks and of leave to see behind them. */
export function unmaskingOf(state: CaseState): Pick<CaseView, 'unmaskable' | 'grants'> {
  const unmaskable = maskedIn(state);
  return {
    ...(unmaskable.length > 0 ? { unmaskable } : {}),
    ...(state.grants ? { grants: state.grants } : {}),
  };
}

function maskedIn(state: CaseState): readonly Unmaskable[] {
  return state.manifest === null ? [] : unmaskableOf(manifestNow(state), state.handoffs);
}
