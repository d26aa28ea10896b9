import type { DeadLetter, HandoffRecord } from '../../contract/case.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { Discard, Redrive } from '../../contract/message-shapes.ts';
import { selectFields } from '../../contract/selective-fields.ts';
import { crossingOf, type MemoryCrossing } from '../../contract/working-memory.ts';
import { edgeBetween } from '../../contract/edges.ts';
import { fanOutOf } from '../branches.ts';
import type { Draft } from '../draft.ts';
import { consult } from './consult.ts';
import {
  changeDeadLetter,
  changeEffect,
  effectOf,
  handoffOf,
  withdraw,
  nowText,
  writeRow,
  hasUnanswered,
} from '../draft.ts';
import type { DoorEvent } from '../events.ts';
import type { Parcel } from '../state.ts';
import { manifestOf, memoryOf } from '../state.ts';
import { agentOf } from './compose.ts';
import { offerOrHold } from './handovers.ts';
import { proposeHandoff } from './propose-handoff.ts';
import { noteRequester } from './requesters.ts';

/**
 * Parks work for a person, with what it was and how it failed (R2).
 * @returns the letter's id
 */
export function openDeadLetter(
  draft: Draft,
  letter: Pick<DeadLetter, 'kind' | 'subject' | 'agent' | 'failure'> & { readonly payload: JsonValue },
): string {
  const { state } = draft;
  state.deadLetterCount += 1;
  const id = `d${String(state.deadLetterCount)}`;
  const attempts =
    state.troubles.length > 0 ? state.troubles : [{ at: nowText(draft), failure: letter.failure }];
  state.deadLetters = [
    ...state.deadLetters,
    { id, ...letter, openedAt: nowText(draft), attempts, status: 'open' },
  ];
  state.troubles = [];
  writeRow(draft, 'dead-letter-opened', {
    deadLetterId: id,
    kind: letter.kind,
    subject: letter.subject,
    agent: letter.agent,
    failure: letter.failure,
  });
  consult(draft, manifestOf(state).escalation, { kind: 'dead-letter' });
  return id;
}

/** Parks the work at hand. */
export function park(draft: Draft, letter: Parameters<typeof openDeadLetter>[1]): void {
  const { work, messages } = draft.state;
  const seen = work.kind === 'turn' ? work.seen : messages;
  draft.state.work = { kind: 'parked', deadLetterId: openDeadLetter(draft, letter), seen };
}

/**
 * Tries a dead letter again. Unchanged, it keeps its key; corrected, it takes a new step. Whatever is corrected is
 * validated again by whoever receives it.
 */
function redrive(
  draft: Draft,
  letter: DeadLetter,
  { message: request, endsRemote }: Extract<DoorEvent, { kind: 'redriven' }>,
): void {
  const { state } = draft;
  changeDeadLetter(draft, letter.id, {
    status: 'redriven',
    by: request.by,
    reason: request.reason,
    closedAt: nowText(draft),
  });
  writeRow(draft, 'dead-letter-redriven', {
    deadLetterId: letter.id,
    by: request.by,
    reason: request.reason,
    corrected: Object.keys(request.correction ?? {}),
  });
  noteRequester(draft, request.by);
  draft.receipt = { accepted: true, repeated: false, detail: `${letter.id} redriven` };
  switch (letter.kind) {
    case 'turn': {
      const memory = memoryOf(state, state.owner);
      const facts = { ...memory.facts, ...request.correction };
      state.memory = { ...state.memory, [state.owner]: { ...memory, facts } };
      state.turnsSinceAnswer = 0;
      draft.next = { kind: 'take-turn' };
      return;
    }
    case 'handoff':
      redriveHandoff(draft, letter.subject, request);
      return;
    case 'undo': {
      if (endsRemote) {
        draft.next = { kind: 'next-undo', ends: letter.subject };
        return;
      }
      const effect = changeEffect(draft, letter.subject, {
        status: effectOf(state, letter.subject).reversible ? 'failed' : 'kept',
      });
      if (fanOutOf(state)) {
        resumeTakingBack(draft, effect.reversible ? effect.key : undefined);
        return;
      }
      state.work = { kind: 'unwinding', remaining: effect.reversible ? [effect.key] : [] };
      draft.next = { kind: 'next-undo' };
      return;
    }
  }
}

function redriveHandoff(draft: Draft, handoffId: string, request: Redrive): void {
  const { state } = draft;
  const { parcel } = state;
  const record = handoffOf(state, handoffId);
  if (parcel?.handoffId !== handoffId) throw new RangeError(`nothing is packed for handoff ${handoffId}`);
  if (request.correction === undefined) {
    draft.next = { kind: 'offer', handoffId };
    return;
  }
  withdraw(draft, handoffId);
  const facts = { ...parcel.facts, ...request.correction };
  const cut = selectFields(agentOf(state, record.to).accepts, facts);
  const { summary, confidence, flags, sentiment } = parcel.transfer;
  const corrected = proposeHandoff(draft, {
    verb: record.verb,
    to: record.to,
    reasonCode: record.reasonCode,
    explanation: record.explanation,
    facts: cut.facts,
    declared: cut.declared,
    dropped: cut.dropped,
    memory: crossingAgain(parcel, record),
    masked: record.masked,
    originals: record.originals,
    standIns: parcel.standIns,
    particulars: {
      ...(summary ? { summary } : {}),
      ...(confidence === undefined ? {} : { confidence }),
      ...(flags ? { flags } : {}),
      ...(sentiment === undefined ? {} : { sentiment }),
    },
    noReturn: parcel.noReturn,
    offerMs: parcel.offerMs,
    fallback: parcel.fallback,
  });
  const edge = edgeBetween(manifestOf(state), record.from, record.to);
  offerOrHold(draft, corrected, record.verb === 'transfer' ? edge : undefined, cut.facts);
}

/** The working memory of a handoff that is tried again: it crossed its edge before. */
function crossingAgain({ memory }: Parcel, record: HandoffRecord): MemoryCrossing | undefined {
  if (!record.memory) return undefined;
  return crossingOf(memory ?? {}, record.memory.dropped);
}

/** Gives a dead letter up, with a reason: the work is not done, and whoever asked for it is told. */
function discard(draft: Draft, letter: DeadLetter, request: Discard): void {
  const { state } = draft;
  changeDeadLetter(draft, letter.id, {
    status: 'discarded',
    by: request.by,
    reason: request.reason,
    closedAt: nowText(draft),
  });
  writeRow(draft, 'dead-letter-discarded', {
    deadLetterId: letter.id,
    by: request.by,
    reason: request.reason,
  });
  draft.receipt = { accepted: true, repeated: false, detail: `${letter.id} discarded` };
  switch (letter.kind) {
    case 'turn':
      if (state.work.kind !== 'parked') return;
      // The messages the turn was to answer are given up with it; a later one starts a new turn (T8).
      state.answeredUpTo = Math.max(state.answeredUpTo, state.work.seen);
      state.notices = [{ kind: 'dead-letter-discarded', reason: request.reason }];
      state.turnsSinceAnswer = 0;
      state.work = { kind: 'idle' };
      if (hasUnanswered(draft)) draft.next = { kind: 'take-turn' };
      return;
    case 'handoff':
      withdraw(draft, letter.subject);
      state.notices = [...state.notices, { kind: 'dead-letter-discarded', reason: request.reason }];
      if (state.work.kind === 'parked') draft.next = { kind: 'take-turn' };
      return;
    case 'undo': {
      const effect = changeEffect(draft, letter.subject, { status: 'kept' });
      writeRow(draft, 'effect-kept', {
        key: effect.key,
        tool: effect.tool,
        because: request.reason,
        certain: false,
      });
      resumeTakingBack(draft, undefined);
      if (state.work.kind === 'unwound') {
        state.work = { kind: 'unwinding', remaining: [] };
        draft.next = { kind: 'next-undo' };
      }
      return;
    }
  }
}

/** Questions that were put at once go on once a person has seen to what could not be taken back: tried again, or kept. */
function resumeTakingBack(draft: Draft, again: string | undefined): void {
  const { state } = draft;
  const fan = fanOutOf(state);
  if (!fan?.decided) return;
  if (again !== undefined) state.work = { ...fan, decided: { ...fan.decided, remaining: [again] } };
  draft.next = { kind: 'follow-fan-out' };
}

/** A person sees to a dead letter: it is tried again, or given up. */
export function seeToLetter(
  draft: Draft,
  event: Extract<DoorEvent, { kind: 'redriven' | 'discarded' }>,
): void {
  const letter = draft.state.deadLetters.find((one) => one.id === event.message.deadLetterId);
  if (!letter) return;
  if (event.kind === 'redriven') redrive(draft, letter, event);
  else discard(draft, letter, event.message);
}
