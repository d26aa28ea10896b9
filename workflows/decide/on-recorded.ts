import type { Draft } from '../draft.ts';
import { followStored } from '../draft.ts';
import type { CaseEvent } from '../events.ts';

/** The stores have what came along, through a row and a message. */
export function onRecorded(draft: Draft, event: Extract<CaseEvent, { kind: 'recorded' }>): void {
  const { state } = draft;
  const { through, hash, keptThrough } = event;
  if (keptThrough !== undefined) {
    // What left the window before any store kept messages stands in the history only.
    const after = state.kept?.after ?? (state.transcript[0]?.sequence ?? 1) - 1;
    state.kept = { after, through: Math.max(keptThrough, state.kept?.through ?? after) };
  }
  if (hash !== undefined) followStored(draft, through, hash);
  state.rows = state.rows.filter((row) => row.sequence > through);
  if (state.work.kind !== 'closing' || state.stopped) return;
  if (state.rows.length === 0) state.work = { kind: 'closed' };
}
