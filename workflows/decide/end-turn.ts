import { jsonOf } from '../../contract/canonical-json.ts';
import type { AgentManifest } from '../../contract/team.ts';
import { handoffOf, writeRow, type Draft } from '../draft.ts';
import type { CaseEvent, Trouble } from '../events.ts';
import { agentOf } from './compose.ts';
import { noAnswer, takeAnswer } from './inquiries.ts';
import { acknowledge } from './offers.ts';
import { refuseOffered } from './remote.ts';
import { skillInRow } from './skills.ts';
import { countLost } from './spend.ts';
import { endStopped, leaveStopped } from './stopped.ts';
import { onTurnFailed } from './turns.ts';
import { notTaken, offerFailed } from './withdrawals.ts';

/** A turn came to its end: an offer's is its answer too, and that of a turn nobody waits for is put aside. */
export function endTurn(draft: Draft, event: Extract<CaseEvent, { kind: 'turn-ended' }>): void {
  const { output, turnId } = event;
  if (endStopped(draft, turnId, { output })) return;
  const before = draft.state.work;
  if (before.kind === 'offer' && before.turnId === turnId) {
    if (output.kind === 'declined') {
      refuseOffered(draft, before.handoffId, output);
      notTaken(draft, 'declined', output.failure);
      return;
    }
    if (output.acknowledgement) acknowledge(draft, output.acknowledgement);
  }
  if (draft.state.inquiry?.turnId === turnId) {
    takeAnswer(draft, draft.state.inquiry, output);
    return;
  }
  const { work } = draft.state;
  // The turn of an offer that was withdrawn, or of an owner that was superseded, is discarded.
  if (work.kind !== 'turn' || work.turnId !== turnId) return;
  draft.next = { kind: 'apply-turn', output, seen: work.seen };
}

/** The row of an offer that was not taken says nothing of its receiver's model. */
function tellLost(draft: Draft, handoffId: string, { name, skill }: AgentManifest, trouble: Trouble): void {
  const { failure, lost } = trouble;
  writeRow(draft, 'turn-failed', {
    ...{ turn: draft.state.turns, agent: name, handoffId, failure },
    ...(lost ? { ...skillInRow(skill), lost: jsonOf(lost) } : {}),
  });
}

/** A turn came to nothing, all its attempts spent: what follows depends on who waited for it. */
export function failTurn(draft: Draft, event: Extract<CaseEvent, { kind: 'turn-failed' }>): void {
  const { turnId, trouble } = event;
  if (endStopped(draft, turnId, { lost: trouble.lost })) return;
  const { work, inquiry } = draft.state;
  if (work.kind === 'offer' && work.turnId === turnId) {
    const { to } = handoffOf(draft.state, work.handoffId);
    const receiver = agentOf(draft.state, to);
    countLost(draft, trouble.lost, receiver.skill);
    if (trouble.lost && receiver.metering) tellLost(draft, work.handoffId, receiver, trouble);
    offerFailed(draft, work.handoffId, trouble.failure);
    leaveStopped(draft, turnId);
    return;
  }
  if (inquiry?.turnId === turnId) noAnswer(draft, inquiry, trouble);
  else onTurnFailed(draft, turnId, trouble);
}
