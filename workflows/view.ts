import type { CaseStatus, CaseView } from '../contract/case.ts';
import { bareProvenance } from '../contract/envelope.ts';
import { fanOutLine, type FanOutView } from '../contract/fan-out.ts';
import type { CaseStage } from '../contract/lifecycle.ts';
import { bySkill } from '../contract/model-usage.ts';
import { peopleOwner, poolOfOwner } from '../contract/queues.ts';
import { inboxOf, isAwaitingRelease, type Decided, type Review } from '../contract/review.ts';
import { cutText } from '../contract/text.ts';
import { EFFECTS_ELSEWHERE, PROVENANCE_ENTRIES } from '../contract/limits.ts';
import { isEmptyMemory, workingMemoryOf } from '../contract/working-memory.ts';
import { effectEntryOf } from './decide/compose.ts';
import { policyOf } from './policed.ts';
import { fanOutsIn, hasOpenLetters, openAsks } from './branches.ts';
import type { FanOut } from './fan-out-state.ts';
import type { CaseState } from './state.ts';
import { memoryOf } from './state.ts';
import { unmaskingOf } from './decide/unmasking.ts';

/** The stage that a case's work amounts to. */
export function stageOf(state: CaseState): CaseStage {
  switch (state.work.kind) {
    case 'resolving':
      return 'opening';
    case 'idle':
      return poolOfOwner(state.owner) === undefined ? 'waiting-user' : 'human';
    case 'assessing':
    case 'turn':
    case 'waiting':
      return 'working';
    case 'fan-out':
      return stageOfFanOut(state, state.work);
    case 'calls':
      return state.work.calls.some((call) => call.status === 'held') ? 'waiting-person' : 'working';
    case 'offer':
      return 'pending';
    case 'held':
    case 'question':
      return 'waiting-person';
    case 'parked':
    case 'unwound':
      return 'parked';
    case 'unwinding':
      return 'unwinding';
    case 'closing':
      return 'closing';
    case 'closed':
      return 'closed';
  }
}

/** People first, as for calls of which some are held: what can be done meanwhile goes on by itself. */
function stageOfFanOut(state: CaseState, { branches, decided }: FanOut): CaseStage {
  const stages = branches
    .filter(({ work }) => work.kind !== 'idle')
    .map(({ work }) => stageOf({ ...state, work }));
  if (stages.includes('waiting-person')) return 'waiting-person';
  const stuck =
    decided?.current === undefined &&
    decided?.remaining?.length === 0 &&
    hasOpenLetters(state.deadLetters, decided);
  return stuck || (stages.includes('parked') && !stages.includes('working')) ? 'parked' : 'working';
}

/** Whom the case waits for: `user`, `people:<pool>` or `nobody`. */
export function waitingOn(state: CaseState): string {
  // What is approved and not released is in the hands of those who may still take it back.
  const open =
    state.reviews.find((review) => review.status === 'open') ?? state.reviews.find(isAwaitingRelease);
  if (open) return peopleOwner(inboxOf(open));
  switch (stageOf(state)) {
    case 'waiting-user':
      return 'user';
    case 'human':
      return state.owner;
    case 'parked':
      return peopleOwner(state.manifest?.escalation ?? 'nobody');
    case 'opening':
    case 'working':
    case 'pending':
    case 'waiting-person':
    case 'unwinding':
    case 'closing':
    case 'closed':
      return 'nobody';
  }
}

/** The short answer (query `status`). */
export function statusOf(state: CaseState): CaseStatus {
  return {
    version: '1.0.0',
    caseId: state.caseId,
    trace: state.trace,
    team: state.team,
    stage: state.stage,
    owner: state.owner,
    ...(state.humanOnly === undefined ? {} : { humanOnly: state.humanOnly }),
    ...(state.claimedBy === undefined ? {} : { claimedBy: state.claimedBy }),
    ...(state.lease === undefined ? {} : { claimedUntil: state.lease.until }),
    hops: state.hops,
    path: state.path,
    waitingOn: waitingOn(state),
    ...missingIn(state),
    openReviews: state.reviews.filter((review) => review.status === 'open').length,
    openDeadLetters: state.deadLetters.filter((letter) => letter.status === 'open').length,
    ...(state.ending === undefined ? {} : { outcome: state.ending }),
    ...(state.saga === undefined ? {} : { saga: state.saga }),
  };
}

/** What the user is asked for, while the case waits for them. */
function missingIn(state: CaseState): Pick<CaseStatus, 'missing'> {
  return state.clarification && state.stage === 'waiting-user'
    ? { missing: state.clarification.missing }
    : {};
}

/** Everything a person needs (query `show`). */
export function viewOf(state: CaseState): CaseView {
  return {
    ...statusOf(state),
    task: state.task,
    ...(state.user ? { user: state.user } : {}),
    facts: memoryOf(state, state.owner).facts,
    ...workingMemoryIn(state),
    handoffs: state.handoffs,
    effects: state.effects,
    reviews: state.reviews.map(withProof),
    deadLetters: state.deadLetters,
    provenance: state.provenance,
    transcript: state.transcript,
    ledger: state.ledger,
    ledgerLag: state.rows.length,
    ...asksIn(state),
    ...(state.spend ? { spend: bySkill(state.spend) } : {}),
    refusals: state.refusals,
    ...(state.unattended ? { unattended: state.unattended } : {}),
    ...(state.whispers ? { whispers: state.whispers } : {}),
    ...(state.assignedTo === undefined ? {} : { assignedTo: state.assignedTo }),
    ...(state.directory ? { directory: state.directory } : {}),
    ...unmaskingOf(state),
    ...handedBackIn(state),
    ...policyIn(state),
  };
}

function asksIn(state: CaseState): Pick<CaseView, 'asks' | 'fanOuts'> {
  const fanOuts = fanOutsIn(state.work);
  const asks = openAsks(state).map(({ id, by, to, reasonCode, question, expiresAt, fanOut }) => ({
    ...{ id, by, to, reasonCode, question, expiresAt },
    ...(fanOut === undefined ? {} : { fanOut }),
  }));
  return {
    ...(asks.length > 0 ? { asks } : {}),
    ...(fanOuts.length > 0 ? { fanOuts: fanOuts.map(fanOutView) } : {}),
  };
}

function fanOutView({ id, by, needed, rest, decided, branches }: FanOut): FanOutView {
  return {
    ...{ id, by, needed, rest },
    phase: decided ? 'taking-back' : 'asking',
    questions: branches.map(({ to, askId, end }) => ({
      to,
      ...(askId === undefined ? {} : { askId }),
      status: end?.status ?? 'open',
    })),
  };
}

/** What the owner works with; for whoever takes the case over, where others left off (H8, U3). */
function workingMemoryIn(state: CaseState): Pick<CaseView, 'workingMemory'> {
  const workingMemory = workingMemoryOf(memoryOf(state, state.owner));
  return isEmptyMemory(workingMemory) ? {} : { workingMemory };
}

/** What goes back to the house that handed the case over (H8): once it is over, for until then it may be taken back. */
function handedBackIn(state: CaseState): Pick<CaseView, 'handedBack'> {
  const lets = state.manifest?.handsBack;
  if (!state.handedOver || !lets || state.stage !== 'closed') return {};
  return {
    handedBack: {
      ...(state.handsBack ? { memory: state.handsBack } : {}),
      effects: state.effects.slice(-EFFECTS_ELSEWHERE).map(effectEntryOf),
      // Nothing is detected in a workflow: over a way that redacts, reasons are left behind (X5).
      provenance: state.provenance
        .slice(-PROVENANCE_ENTRIES)
        .map((entry) => (lets.redact ? withoutReason(bareProvenance(entry)) : bareProvenance(entry))),
    },
  };
}

function withoutReason<Entry extends { reason?: string | undefined }>(entry: Entry): Entry {
  const told = { ...entry };
  delete told.reason;
  return told;
}

/** A decision says how it came to be believed; the state has a word where it is proven alone. */
function withProof(review: Review): Review {
  const told = (decided: Decided): Decided => ({ ...decided, proof: decided.proof ?? 'asserted' });
  const { decision, approvals } = review;
  return {
    ...review,
    ...(approvals ? { approvals: approvals.map(told) } : {}),
    ...(decision ? { decision: told(decision) } : {}),
  };
}

function policyIn(state: CaseState): Pick<CaseView, 'policy'> {
  const pinned = policyOf(state);
  if (!pinned || !state.policed) return {};
  const { name, policyVersion } = pinned.policy;
  const { signals, decisions, switching } = state.policed;
  return {
    policy: {
      name,
      policyVersion,
      digest: pinned.digest,
      ...(switching
        ? { switching: { version: switching.version, digest: switching.digest, by: switching.by } }
        : {}),
      ...(signals ? { signals } : {}),
      decisions,
    },
  };
}

function approvalsOf({ approvers, approvals = [] }: CaseState['reviews'][number]): string {
  return approvers === undefined ? '' : `, ${String(approvals.length)} of ${String(approvers)} approvals`;
}

/** The case in Markdown for the Temporal UI's current details: path, owner, what it waits for. */
export function detailsOf(state: CaseState): string {
  const lines = [
    `**${state.owner}** owns the case (${state.stage}); waiting on ${waitingOn(state)}.`,
    `Path: ${state.path.join(' → ')}`,
    ...state.handoffs
      .slice(-10)
      .map((one) => `- ${one.id} ${one.from} → ${one.to}: ${inert(one.reasonCode)} (${one.status})`),
    ...(missingIn(state).missing ?? []).map(
      (one) => `- missing from the user: ${inert(one.fact)}, ${inert(one.why)}`,
    ),
    ...fanOutsIn(state.work).map((one) => `- ${one.id} ${fanOutText(fanOutView(one))}`),
    ...openAsks(state).map((one) => `- ${one.id} ${one.by} asks ${one.to}: ${inert(one.reasonCode)}`),
    ...state.reviews
      .filter((one) => one.status === 'open')
      .map(
        (one) =>
          `- review ${one.id} for ${inboxOf(one)}${approvalsOf(one)}: ${inert(one.question)} (digest \`${one.digest}\`)`,
      ),
    ...state.reviews.filter((one) => one.status === 'open').flatMap(questionsOf),
    ...state.deadLetters
      .filter((one) => one.status === 'open')
      .map((one) => `- dead letter ${one.id}: ${one.kind}, ${one.failure.code}`),
    ...state.refusals.slice(-3).map((one) => `- refused at ${one.door}: ${one.failure.code}`),
  ];
  return lines.join('\n');
}

function fanOutText(view: FanOutView): string {
  const states = view.questions.map(({ to, status }) => `${to} ${status}`).join(', ');
  return `${fanOutLine(view)}: ${states}`;
}

/** What people asked the agent about a review, and what it answered. */
function questionsOf({ id, questions = [] }: Review): readonly string[] {
  return questions
    .filter((one) => one.to !== undefined)
    .map(({ by, text, to, answer }) => {
      const said = answer ? (answer.failure?.message ?? answer.text) : 'no answer yet';
      return `- ${id}: ${inert(by)} asks ${to ?? ''}: ${inert(text)} / ${inert(said)}`;
    });
}

/** Text of agents and people as inert Markdown: no links, images, code or markup come alive in a viewer. */
function inert(text: string): string {
  return cutText(text, 200)
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replace(/[\\`*_{}[\]()#+!<>|~]/g, '\\$&');
}
