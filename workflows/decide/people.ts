import type { Claim, GiveBack, PersonReply, Resolve } from '../../contract/message-shapes.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import { selectFields } from '../../contract/selective-fields.ts';
import { cutText } from '../../contract/text.ts';
import type { Draft } from '../draft.ts';
import {
  changeDeadLetter,
  consumeMessageId,
  forget,
  handoffOf,
  nowText,
  sendMessage,
  writeRow,
} from '../draft.ts';
import { manifestOf, memoryOf } from '../state.ts';
import { carryMemory, statedIn } from './carry-memory.ts';
import { agentOf } from './compose.ts';
import { hold } from './hold.ts';
import { messageDigest } from './messages.ts';
import { proposeHandoff } from './propose-handoff.ts';
import { noteRequester } from './requesters.ts';

/** A person of the pool takes the case. */
export function onClaimed(draft: Draft, claim: Claim): void {
  const repeated = draft.state.claimedBy === claim.by;
  if (!repeated) hold(draft, claim.by);
  draft.receipt = { accepted: true, repeated, detail: `${claim.by} holds the case` };
}

/** A person speaks to the user. Speaking claims a case that nobody holds. */
export function onPersonReplied(draft: Draft, reply: PersonReply): void {
  const { state } = draft;
  if (state.messageIds.some(([id]) => id === reply.messageId)) {
    draft.receipt = { accepted: true, repeated: true, detail: `message ${reply.messageId} was taken before` };
    return;
  }
  hold(draft, reply.by);
  consumeMessageId(draft, reply.messageId, messageDigest(reply));
  const pool = poolOfOwner(state.owner) ?? '';
  sendMessage(draft, { kind: 'person', name: reply.by, pool }, reply.text, { id: reply.messageId });
  state.answeredUpTo = state.messages;
  state.readUpTo = state.messages;
  draft.receipt = {
    accepted: true,
    repeated: false,
    detail: `message ${String(state.messages)} of the case`,
  };
}

/** A person gives the case back to the agent it came from, or hands it to another (U14); it must accept like anybody. */
export function onGaveBack(draft: Draft, back: GiveBack): void {
  const { state } = draft;
  hold(draft, back.by);
  const agreed = state.humanOnly !== undefined && back.userAgreed === true;
  if (agreed) forget(draft, 'humanOnly');
  noteRequester(draft, back.by);
  const to = back.to ?? lastAgent(draft);
  const facts = { ...memoryOf(state, state.owner).facts, ...back.facts };
  const cut = selectFields(agentOf(state, to).accepts, facts);
  const known = memoryOf(state, state.owner);
  if (back.intent !== undefined || back.partialResults)
    state.memory = { ...state.memory, [state.owner]: { ...known, ...statedIn(known, back) } };
  const handoffId = proposeHandoff(draft, {
    verb: 'give-back',
    to,
    reasonCode: 'given-back',
    explanation: back.note,
    facts: cut.facts,
    declared: cut.declared,
    dropped: cut.dropped,
    memory: carryMemory(state, to, 'give-back'),
    particulars: {
      flags: [cutText(`given-back-by:${back.by}`, 100), ...(agreed ? ['user-agreed'] : [])],
    },
    noReturn: false,
    offerMs: manifestOf(state).limits.offerMs,
    fallback: [],
  });
  draft.receipt = { accepted: true, repeated: false, detail: `${to} is offered the case` };
  draft.next = { kind: 'offer', handoffId };
}

/** The agent that had the case before people, or the team's first. */
function lastAgent(draft: Draft): string {
  const { state } = draft;
  const agents = state.path.filter((owner) => poolOfOwner(owner) === undefined);
  const brought = state.broughtBy === undefined ? undefined : handoffOf(state, state.broughtBy).from;
  return brought !== undefined && poolOfOwner(brought) === undefined
    ? brought
    : (agents.at(-1) ?? manifestOf(state).start);
}

/** A person ends the case. Parked work is given up with it. */
export function onPersonResolved(draft: Draft, resolve: Resolve): void {
  const { state } = draft;
  hold(draft, resolve.by);
  const reason = cutText(`${resolve.by} resolved the case: ${resolve.note}`, 2_000);
  for (const letter of state.deadLetters.filter((one) => one.status === 'open')) {
    changeDeadLetter(draft, letter.id, {
      status: 'discarded',
      by: resolve.by,
      reason,
      closedAt: nowText(draft),
    });
    writeRow(draft, 'dead-letter-discarded', { deadLetterId: letter.id, by: resolve.by, reason });
  }
  state.ending = { kind: 'finished', outcome: resolve.outcome };
  draft.receipt = { accepted: true, repeated: false, detail: `resolved: ${resolve.outcome}` };
  draft.next = { kind: 'close' };
}
