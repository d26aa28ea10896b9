import type { Crossing } from '../../contract/activities.ts';
import type { Transfer } from '../../contract/envelope.ts';
import type { Failure } from '../../contract/failures.ts';
import { failure, failureEntry } from '../../contract/failures.ts';
import { getOwn, type JsonObject } from '../../contract/json.ts';
import type { Approval, EdgeManifest } from '../../contract/team.ts';
import type { Draft } from '../draft.ts';
import { forget, moveHandoffTo, nowText, writeRow } from '../draft.ts';
import type { CaseEvent, Handover, ProposeNext } from '../events.ts';
import { judgeHandover, needsApproval } from '../guards.ts';
import { policyOf } from '../policed.ts';
import { manifestOf } from '../state.ts';
import { police } from './police.ts';
import { readsLoad } from './policy-values.ts';
import { proposeHandoff } from './propose-handoff.ts';
import { excludedFrom } from './requesters.ts';
import { openReview } from './reviews.ts';

/** An agent's wish to hand the case on meets guards and policy; a refused one is an outcome (P10). */
export function proposeHandover(draft: Draft, proposed: ProposeNext): void {
  const { state } = draft;
  const { handover, crossing, confidence, readiness } = proposed;
  if (lookFirst(draft, proposed)) return;
  noteProgress(draft, handover);
  const facts = crossing?.facts ?? {};
  const verdict = judgeHandover(state, handover, facts);
  const problem = verdict.kind === 'refused' ? verdict.failure : crossing?.failure;
  const edge = verdict.kind === 'allowed' ? verdict.edge : undefined;
  const target =
    verdict.kind === 'allowed' ? verdict.to : 'to' in handover ? (handover.to ?? 'people') : 'previous owner';
  const handoffId = proposeHandoff(draft, {
    verb: handover.kind,
    to: target,
    reasonCode: handover.reasonCode,
    explanation: handover.explanation,
    facts,
    declared: crossing?.declared ?? [],
    dropped: crossing?.dropped ?? [],
    memory: crossing?.memory,
    adapted: crossing?.adapted,
    masked: crossing?.masked,
    originals: crossing?.originals,
    standIns: crossing?.standIns,
    crossed: crossing?.digest,
    summaryTokens: crossing?.summaryTokens,
    particulars: {
      ...summaryOf(handover, crossing),
      ...(confidence === undefined ? {} : { confidence }),
      ...(handover.flags ? { flags: handover.flags } : {}),
      ...(handover.sentiment === undefined ? {} : { sentiment: handover.sentiment }),
    },
    noReturn: edge?.noReturn ?? false,
    offerMs: edge?.offerMs ?? manifestOf(state).limits.offerMs,
    fallback: edge?.fallback ?? [],
    seal: crossing?.seal,
  });
  if (problem) {
    refuseHandoff(draft, handoffId, problem);
    return;
  }
  if (!proposed.byPolicy && handover.kind !== 'escalate') {
    const disposal = police(draft, { moment: 'handoff', handoffId, edge, confidence, readiness });
    switch (disposal.kind) {
      case 'goes-on':
        break;
      case 'disposed':
        putAside(draft, handoffId);
        return;
      case 'held':
        hold(draft, handoffId, disposal.approval, facts);
        return;
    }
  }
  offerOrHold(draft, handoffId, edge, facts);
}

/** A policy that reads load has the receiver's pool looked at before it is asked. @returns whether it is now */
function lookFirst(draft: Draft, proposed: ProposeNext): boolean {
  const { state } = draft;
  const { handover, crossing } = proposed;
  const pinned = policyOf(state);
  if (!pinned || proposed.byPolicy || proposed.readiness || handover.kind === 'escalate') return false;
  if (!readsLoad(pinned.policy)) return false;
  const verdict = judgeHandover(state, handover, crossing?.facts ?? {});
  const agent = verdict.kind === 'allowed' ? getOwn(manifestOf(state).agents, verdict.to) : undefined;
  if (!agent || crossing?.failure) return false;
  const { caseId, trace, team, work } = state;
  const { name, version: agentVersion, queue } = agent;
  const lookId = `look t${String(state.turns)}`;
  draft.steps.push({
    kind: 'look-at',
    lookId,
    input: { version: '1.0.0', caseId, trace, team, agent: name, agentVersion, queue },
  });
  // At work, and interrupted like a turn: what interrupts it drops the wish, too.
  state.work = {
    kind: 'turn',
    turnId: lookId,
    seen: work.kind === 'turn' ? work.seen : state.answeredUpTo,
  };
  state.looking = { lookId, proposed };
  return true;
}

/** The receiver was looked at: its handoff goes on, if the case still wants it. */
export function onLookedAt(
  draft: Draft,
  { lookId, readiness }: Extract<CaseEvent, { kind: 'looked-at' }>,
): void {
  const { looking, work } = draft.state;
  if (looking?.lookId !== lookId) return;
  forget(draft, 'looking');
  if (work.kind !== 'turn' || work.turnId !== lookId) return;
  draft.next = { ...looking.proposed, readiness };
}

/** The policy has seen to the case in another way: the agent's wish ends here. */
function putAside(draft: Draft, handoffId: string): void {
  const problem = failure('POLICY_DISPOSED', handoffId);
  const record = moveHandoffTo(draft, handoffId, 'refused', { endedAt: nowText(draft), failure: problem });
  const { from, to, reasonCode } = record;
  writeRow(draft, 'handoff-refused', { handoffId, from, to, reasonCode, failure: problem });
  forget(draft, 'parcel');
}

/**
 * Offers a proposed handoff, or asks people first where its edge wants their yes. Whatever is proposed comes by
 * here, corrected and standing in included: an approval counts for what was shown and nothing else (I8).
 */
export function offerOrHold(
  draft: Draft,
  handoffId: string,
  edge: EdgeManifest | undefined,
  facts: JsonObject,
): void {
  if (needsApproval(edge?.approval, facts)) hold(draft, handoffId, edge.approval, facts);
  else draft.next = { kind: 'offer', handoffId };
}

/** The boundary's own summary, which saw what crosses, before the sender's. */
function summaryOf(handover: Handover, crossing: Crossing | undefined): Pick<Transfer, 'summary'> {
  const summary = crossing?.summary ?? handover.summary;
  return summary ? { summary } : {};
}

function noteProgress(draft: Draft, handover: Handover): void {
  const { task } = draft.state;
  const merge = (known: readonly string[], added: readonly string[]): string[] =>
    [...new Set([...known, ...added])].slice(-100);
  const completed = merge(task.completed, handover.completed);
  draft.state.task = {
    ...task,
    completed,
    remaining:
      handover.remaining.length > 0
        ? [...handover.remaining]
        : task.remaining.filter((item) => !completed.includes(item)),
    unable: merge(task.unable, handover.unable),
  };
}

function hold(draft: Draft, handoffId: string, approval: Approval, facts: JsonObject): void {
  const { state } = draft;
  const record = moveHandoffTo(draft, handoffId, 'held');
  const reviewId = openReview(draft, {
    kind: 'handoff',
    pool: approval.pool,
    question: approval.question,
    subject: {
      handoffId,
      from: record.from,
      to: record.to,
      reasonCode: record.reasonCode,
      explanation: record.explanation,
      facts,
    },
    requestedBy: record.from,
    expiresMs: approval.expiresMs,
    approvers: approval.approvers,
    roles: approval.roles,
    proof: approval.proof,
    waiting: approval.waiting,
    atExpiry: approval.atExpiry,
    undoMs: approval.undoMs,
    excluded: excludedFrom(draft, approval),
  });
  writeRow(draft, 'handoff-held', { handoffId, reviewId });
  state.work = { kind: 'held', handoffId, reviewId };
}

/** A guard, an edge or a person said no: the agent gets a turn to correct itself, then people take the case. */
export function refuseHandoff(draft: Draft, handoffId: string, problem: Failure): void {
  const { state } = draft;
  const record = moveHandoffTo(draft, handoffId, 'refused', { endedAt: nowText(draft), failure: problem });
  writeRow(draft, 'handoff-refused', {
    handoffId,
    from: record.from,
    to: record.to,
    reasonCode: record.reasonCode,
    failure: problem,
  });
  forget(draft, 'parcel');
  const correctable = failureEntry(problem.code).next !== 'person';
  if (correctable && state.corrections < manifestOf(state).limits.corrections) {
    state.corrections += 1;
    state.notices = [...state.notices, { kind: 'handoff-refused', to: record.to, failure: problem }];
    draft.next = { kind: 'take-turn' };
    return;
  }
  draft.next = { kind: 'escalate', escalation: { reasonCode: problem.code, explanation: problem.message } };
}
