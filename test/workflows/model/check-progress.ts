import type { ConversationAlong } from '../../../contract/activities.ts';
import type { Message } from '../../../contract/conversation.ts';
import type { FanOut } from '../../../workflows/fan-out-state.ts';
import type { CaseState } from '../../../workflows/state.ts';
import { seenFrom, worksIn } from '../../../workflows/branches.ts';
import { isQuiet } from '../../../workflows/decide/quiet.ts';
import { isAwaitingRelease } from '../../../contract/review.ts';
import { poolOfOwner } from '../../../contract/queues.ts';
import { idOf, type World } from './world.ts';
import type { Check } from './play.ts';
import { holds } from './holds.ts';

/** No deadlock: whatever the case waits for is under way, or a person or user can give it. */
export const somethingIsUnderWay: Check = ({ after, world }) => {
  const { work } = after;
  isUnderWay(after, world);
  if (!['unwound', 'unwinding', 'parked', 'fan-out'].includes(work.kind))
    holds(
      !after.deadLetters.some((one) => one.status === 'open'),
      'a dead letter is open and the case goes on',
    );
  const timers = after.reviews.filter((one) => one.status === 'open');
  for (const review of timers)
    holds(world.timers.has(`review ${review.id}`), 'an open review has no deadline');
  for (const review of timers)
    if (review.ahead?.[0])
      holds(world.timers.has(`review ${review.id}, unanswered`), 'a reminder has no deadline');
  if (after.unattended?.ahead[0])
    holds(world.timers.has('people, unanswered'), 'a case that waits for people has no deadline');
  for (const review of after.reviews.filter(isAwaitingRelease))
    holds(world.timers.has(`review ${review.id}, release`), 'an approval is never released');
  for (const { turnId } of after.stopped ?? []) underWay(world, turnId);
  const works = world.outstanding.flatMap(({ step, stopped }) =>
    !stopped && (step.kind === 'turn' || step.kind === 'handoff') ? step.turnId : [],
  );
  const wanted = worksIn(work).flatMap((one) =>
    one.kind === 'turn' || one.kind === 'offer' ? one.turnId : [],
  );
  const asked = after.inquiry ? [after.inquiry.turnId] : [];
  holds(
    works.every((one) => wanted.includes(one) || asked.includes(one)),
    `I1: turns work for nobody: ${works.join()} for ${wanted.join()}`,
  );
  holds(work.kind === 'fan-out' || wanted.length <= 1, 'I1: two turns are under way');
  if (after.inquiry) {
    const { turnId, reviewId } = after.inquiry;
    underWay(world, turnId);
    holds(
      after.reviews.some((one) => one.id === reviewId && one.status === 'open'),
      'an agent is asked about a review that is not open',
    );
  }
};

/** What a line of work waits for is there. */
function isUnderWay(after: CaseState, world: World, above = false): void {
  const { work } = after;
  switch (work.kind) {
    case 'fan-out':
      fanOutIsUnderWay(after, work, world);
      break;
    case 'resolving':
      underWay(world, 'resolve-team');
      break;
    case 'assessing':
      for (const sequence of after.policed?.assessing ?? []) underWay(world, `assess ${String(sequence)}`);
      holds((after.policed?.assessing.length ?? 0) > 0, 'the case assesses nothing and does not go on');
      break;
    case 'turn':
      underWay(world, work.turnId);
      break;
    case 'waiting':
      holds(
        world.timers.has(above ? `remote task ${work.turnId}` : 'remote task'),
        'nobody asks again about a task elsewhere',
      );
      break;
    case 'offer':
      underWay(world, work.turnId);
      holds(world.timers.has(`offer ${work.handoffId}`), 'an open offer has no deadline');
      break;
    case 'calls':
      for (const call of work.calls) {
        if (call.status === 'running') underWay(world, call.key ?? 'no key');
        if (call.status === 'undoing') underWay(world, `undo ${call.key ?? 'no key'}`);
        if (call.status === 'held')
          holds(isOpen(after, call.reviewId), 'a call is held and its review is not open');
      }
      holds(
        above || work.calls.some((call) => call.status !== 'waiting' && call.status !== 'answered'),
        'calls wait and nothing is under way',
      );
      break;
    case 'held':
    case 'question':
      holds(isOpen(after, work.reviewId), 'the case waits for a review that is not open');
      break;
    case 'parked':
      holds(
        after.deadLetters.some((one) => one.id === work.deadLetterId && one.status === 'open'),
        'the case is parked without an open dead letter',
      );
      break;
    case 'unwinding':
      underWay(world, `undo ${work.current ?? 'nothing'}`);
      break;
    case 'unwound':
      holds(
        after.deadLetters.some((one) => one.status === 'open' && one.kind === 'undo'),
        'the case waits for a dead letter that is not open',
      );
      break;
    case 'closing':
      if (!after.stopped) underWay(world, 'record');
      break;
    case 'idle':
    case 'closed':
      break;
  }
}

/** O6: of several questions each is worked on, waits for its turn, or has come to its end; so are their effects. */
function fanOutIsUnderWay(after: CaseState, fan: FanOut, world: World): void {
  const { branches, decided } = fan;
  const writing = world.outstanding.some((one) => one.step.kind === 'effect' || one.step.kind === 'undo');
  for (const branch of branches) {
    holds(!branch.end || branch.work.kind === 'idle', 'a question has its answer and is worked on');
    holds(!branch.end || branch.asks.length === 0, 'a question has its answer and is open');
    if (branch.work.kind === 'idle') continue;
    isUnderWay(seenFrom(after, branch), world, true);
    if (
      branch.work.kind === 'calls' &&
      branch.work.calls.every((call) => ['waiting', 'answered'].includes(call.status))
    )
      holds(writing, 'calls wait and nothing is written meanwhile');
  }
  const resting = branches.every((one) => one.work.kind === 'idle');
  if (!decided) {
    const waits = branches.some((one) => !one.end && (!one.begun || one.work.kind !== 'idle'));
    holds(waits, 'everything of a fan-out is at rest, and nothing follows');
    if (resting && !after.ending && !after.humanAsked) holds(false, 'nothing of a fan-out is under way');
    return;
  }
  if (decided.current !== undefined) underWay(world, `undo ${decided.current}`);
  else if (resting && !writing)
    holds(
      after.deadLetters.some((one) => one.status === 'open' && decided.all?.includes(one.subject)),
      'a fan-out is decided and waits for nothing',
    );
}

function underWay(world: World, id: string): void {
  holds(
    world.outstanding.some((one) => idOf(one.step) === id),
    `the case waits for ${id}, which is not under way`,
  );
}

function isOpen(state: CaseState, reviewId: string | undefined): boolean {
  return state.reviews.some(
    (one) => one.id === reviewId && (one.status === 'open' || isAwaitingRelease(one)),
  );
}

/** What a turn hears: what came along, and what the context store has. */
function heard(input: ConversationAlong, world: World): readonly Message[] {
  const through = input.kept?.through ?? 0;
  return [...(world.kept ?? []).filter((one) => one.sequence <= through), ...input.conversation];
}

/**
 * T8 and I12 at rest: every message was put to somebody who answered, or people have it before them; whoever asked
 * for a human has one.
 */
export function createRestCheck(): Check {
  /** Ids of messages that a turn has seen, by turn. */
  const seen = new Map<string, ReadonlySet<string>>();
  const settled = new Set<string>();
  let wanted = false;
  return ({ before, event, now, after, steps, receipt, world }) => {
    for (const step of steps) {
      if (step.kind === 'turn' || step.kind === 'handoff')
        seen.set(step.turnId, new Set(heard(step.input, world).map((one) => one.id)));
    }
    const isAnswer = event.kind === 'turn-ended' && before.inquiry?.turnId === event.turnId;
    if (event.kind === 'turn-ended' && event.output.kind === 'turned' && !isAnswer) {
      const { intent } = event.output.turn;
      const counted = after.answeredUpTo !== before.answeredUpTo || intent.kind === 'finish';
      if ((intent.kind === 'reply' || intent.kind === 'finish') && counted)
        for (const id of seen.get(event.turnId) ?? []) settled.add(id);
    }
    if (event.kind === 'person-replied' && receipt) for (const one of after.transcript) settled.add(one.id);
    // The policy asked the user back instead, or a person let an answer pass that it had held.
    const asksBack = (after.policed?.decisions ?? []).some(
      (one, index) =>
        one.action === 'clarify' &&
        one.because === undefined &&
        one !== before.policed?.decisions[index] &&
        one.at === new Date(now).toISOString(),
    );
    // The user was asked for what is missing instead (U13).
    const asksFirst = event.kind === 'turn-ended' && event.output.kind === 'lacking';
    const letPass = before.policed?.held !== undefined && after.policed?.held === undefined;
    if (asksBack || letPass || (asksFirst && after.answeredUpTo !== before.answeredUpTo))
      for (const one of after.transcript) if (one.sequence <= after.answeredUpTo) settled.add(one.id);
    // A person gave up the turn that was to answer these.
    const letter = after.deadLetters.find(
      (one) => event.kind === 'discarded' && receipt && one.id === event.message.deadLetterId,
    );
    if (letter?.kind === 'turn') for (const id of seen.get(letter.subject) ?? []) settled.add(id);
    if (event.kind === 'human-asked' && receipt) wanted = true;
    if (event.kind === 'gave-back' && receipt) wanted = false;
    const { work } = after;
    if (world.outstanding.some((one) => one.step.kind !== 'record') || !isQuiet(after)) return;
    const ofPeople = poolOfOwner(after.owner) !== undefined;
    if (wanted)
      holds(ofPeople || waitsForUndo(after), 'I12: a human was asked for and does not have the case');
    if (work.kind === 'idle' && !ofPeople) {
      for (const message of after.transcript)
        holds(
          message.from.kind !== 'user' || settled.has(message.id),
          `T8: the message ${message.id} was never answered`,
        );
    }
    holds(
      after.humanAsked === undefined || waitsForUndo(after),
      'I12: a request for a human was left behind',
    );
  };
}

/** A person must finish a compensation first, of the case or of questions that were put at once. */
function waitsForUndo({ work, deadLetters }: CaseState): boolean {
  const stuck = deadLetters.some((one) => one.status === 'open' && one.kind === 'undo');
  return work.kind === 'unwound' || (work.kind === 'fan-out' && stuck);
}
