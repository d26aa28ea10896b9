import { digestOf } from '../../../contract/digest.ts';
import { failure } from '../../../contract/failures.ts';
import { policyDigest } from '../../../contract/policy/policy.ts';
import { isAwaitingRelease } from '../../../contract/review.ts';
import { poolOfOwner } from '../../../contract/queues.ts';
import type { CaseEvent, DoorEvent } from '../../../workflows/events.ts';
import type { CaseState } from '../../../workflows/state.ts';
import type { Chance } from './chance.ts';
import { factsOf } from './answers.ts';
import { MEMBERS } from './teams.ts';

/** What people and services may try at a case's doors. */
export const DOOR_MOVES = [
  'say',
  'ask-human',
  'decide',
  'claim',
  'reply',
  'give-back',
  'resolve',
  'redrive',
  'discard',
] as const;
/** What people may try besides, in teams that say more of them. */
export const PEOPLE_MOVES = [
  'release',
  'reassign',
  'take-over',
  'whisper',
  'decide-otherwise',
  'opt-out',
  'give-back-agreed',
] as const;
/** The door of cases with a policy. Apart, so that lives that once showed a fault are still found by their seeds. */
export const POLICY_DOOR = 'switch-policy';
/** A person asks the agent whose review they are to decide. Apart for the same reason. */
export const INQUIRY_DOOR = 'ask-agent';
export type DoorMove =
  (typeof DOOR_MOVES)[number] | (typeof PEOPLE_MOVES)[number] | typeof POLICY_DOOR | typeof INQUIRY_DOOR;

const everybody = [...Object.values(MEMBERS).flat(), 'eve', 'constructor'];

/** A person: mostly one who may, sometimes anybody. */
function personOf(state: CaseState, pool: string | undefined, chance: Chance): string {
  const members = pool === undefined ? [] : (MEMBERS[pool] ?? []);
  if (state.claimedBy !== undefined && chance.maybe(70)) return state.claimedBy;
  return members.length > 0 && chance.maybe(85) ? chance.pick(members) : chance.pick(everybody);
}

/** One knock at a door: right in most cases, with wrong people, digests and ids among them. */
export function knock(move: DoorMove, state: CaseState, chance: Chance): DoorEvent {
  const by = personOf(state, poolOfOwner(state.owner), chance);
  const letters = state.deadLetters.filter((one) => one.status === 'open' || chance.maybe(10));
  const letter = letters.length > 0 && chance.maybe(95) ? chance.pick(letters) : undefined;
  const deadLetterId = letter?.id ?? 'd99';
  const helper = personOf(state, chance.pick(['desk', 'law']), chance);
  switch (move) {
    case 'say':
      return {
        kind: 'said',
        message: {
          // Few ids, so that repeats and conflicts come about.
          messageId: chance.maybe(15)
            ? `u${String(chance.below(3))}`
            : `u${String(state.messages)}-${String(state.userMessages)}`,
          text: chance.pick(['hello', 'and?', 'my order']),
        },
      };
    case 'ask-human':
      return { kind: 'human-asked', message: chance.maybe(50) ? {} : { by: 'user', reason: 'enough' } };
    case 'opt-out':
      return { kind: 'human-asked', message: { by: 'user', reason: 'no machines', humanOnly: true } };
    case 'give-back-agreed':
      return { kind: 'gave-back', message: { by, note: 'the user agreed', userAgreed: true } };
    case 'decide': {
      const reviews = state.reviews.filter((one) => one.status === 'open' || chance.maybe(25));
      const review = reviews.length > 0 ? chance.pick(reviews) : undefined;
      return {
        kind: 'decided',
        message: {
          reviewId: review?.id ?? 'r99',
          digest: review && chance.maybe(90) ? review.digest : digestOf('something else'),
          decision: chance.maybe(70) ? 'approve' : 'reject',
          by: personOf(state, review?.pool, chance),
          reason: 'so be it',
        },
      };
    }
    case 'claim':
      return { kind: 'claimed', message: { by } };
    case 'decide-otherwise': {
      const reviews = state.reviews.filter((one) => one.status === 'open' || isAwaitingRelease(one));
      const review = reviews.length > 0 ? chance.pick(reviews) : undefined;
      const decision = chance.pick(['edit', 'edit', 'ask', 'withdraw', 'withdraw'] as const);
      const winner = review?.decision?.by;
      return {
        kind: 'decided',
        message: {
          reviewId: review?.id ?? 'r99',
          digest: review?.digest ?? digestOf('something else'),
          decision,
          by: winner !== undefined && chance.maybe(70) ? winner : personOf(state, review?.pool, chance),
          reason: 'on second thoughts',
          ...(decision === 'edit' ? { edits: { amount: chance.below(4) * 40 } } : {}),
        },
      };
    }
    case 'ask-agent': {
      const review = state.reviews.find((one) => one.status === 'open') ?? state.reviews.at(-1);
      return {
        kind: 'decided',
        message: {
          reviewId: review?.id ?? 'r99',
          digest: review && chance.maybe(95) ? review.digest : digestOf('something else'),
          decision: 'ask-agent',
          by: personOf(state, review?.pool, chance),
          // Few questions, so that repeats come about.
          reason: `what about ${String(chance.below(12))}?`,
        },
      };
    }
    case 'release':
      return { kind: 'released', message: { by } };
    case 'reassign':
      return { kind: 'reassigned', message: { by, to: helper, reason: 'you know it' } };
    case 'take-over':
      return { kind: 'taken-over', message: { by: helper, reason: 'mine' } };
    case 'whisper':
      return { kind: 'whispered', message: { by: helper, note: 'look at the order' } };
    case 'reply':
      return {
        kind: 'person-replied',
        message: { by, messageId: `p${String(chance.below(5))}`, text: 'a person here' },
      };
    case 'give-back':
      return {
        kind: 'gave-back',
        message: { by, note: 'yours again', ...(chance.maybe(50) ? { facts: factsOf(chance) } : {}) },
      };
    case 'resolve':
      return { kind: 'person-resolved', message: { by, outcome: 'settled', note: 'done' } };
    case 'redrive':
      return {
        kind: 'redriven',
        message: {
          deadLetterId,
          by: helper,
          reason: 'again',
          ...(chance.maybe(40) ? { correction: factsOf(chance) } : {}),
        },
      };
    case 'discard':
      return { kind: 'discarded', message: { deadLetterId, by: helper, reason: 'never mind' } };
    case 'switch-policy': {
      const version = chance.pick(['1.0.0', '2.0.0', '3.0.0']);
      const policy = state.manifest?.policy;
      const digest = policy
        ? policyDigest({ ...policy, policyVersion: version })
        : digestOf('no policy decides this case');
      return { kind: 'policy-switch-asked', message: { version, digest, by: helper, reason: 'better so' } };
    }
  }
}

/** What a door refused before it became an event: undecodable, malformed, unknown. */
export function refusedMessage(): CaseEvent {
  return {
    kind: 'message-refused',
    door: 'signal say',
    failure: failure('INPUT_INVALID', 'text: Required', 'text'),
  };
}
