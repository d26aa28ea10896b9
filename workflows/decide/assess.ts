import type { Message } from '../../contract/conversation.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import { cutText } from '../../contract/text.ts';
import type { Draft } from '../draft.ts';
import type { CaseEvent } from '../events.ts';
import { policyOf, unpoliced, type Policed } from '../policed.ts';
import { police } from './police.ts';

/** Earlier messages that are compared with a new one, and characters of each. */
const EARLIER = 10;
const EARLIER_CHARACTERS = 500;

/** A case of a team with a policy begins: what its user has said so far is assessed before the first turn. */
export function beginPolicy(draft: Draft): void {
  const { state } = draft;
  const policy = state.manifest?.policy;
  if (!policy) return;
  state.policed = unpoliced(policy, state.transcript[0]?.at ?? new Date(draft.now).toISOString());
  for (const message of state.transcript) if (message.from.kind === 'user') assess(draft, message);
}

/** A message of the user has come: its signals are read once, also while a turn or an offer is open. */
export function assessLatest(draft: Draft): void {
  const { state } = draft;
  const message = state.transcript.at(-1);
  // People read for themselves.
  if (!state.policed || !message || state.ending || poolOfOwner(state.owner) !== undefined) return;
  assess(draft, message);
}

function assess(draft: Draft, message: Message): void {
  const { state } = draft;
  const pinned = policyOf(state);
  if (!pinned || !state.policed) return;
  state.policed = { ...state.policed, assessing: [...state.policed.assessing, message.sequence] };
  draft.steps.push({
    kind: 'assess',
    sequence: message.sequence,
    input: {
      version: '1.0.0',
      caseId: state.caseId,
      trace: state.trace,
      text: message.text,
      earlier: state.transcript
        .filter((one) => one.from.kind === 'user' && one.sequence < message.sequence)
        .slice(-EARLIER)
        .map((one) => cutText(one.text, EARLIER_CHARACTERS)),
      keywords: pinned.policy.keywords,
    },
  });
}

/** What was read out of a message. Where nothing could be, rules that ask for signals do not hold. */
export function onAssessed(draft: Draft, event: Extract<CaseEvent, { kind: 'assessed' }>): void {
  const { state } = draft;
  if (!state.policed?.assessing.includes(event.sequence)) return;
  const { sequence, signals } = event;
  const policed: { -readonly [Field in keyof Policed]: Policed[Field] } = { ...state.policed };
  delete policed.signals;
  if (signals) {
    policed.signals = signals;
    policed.frustration += signals.frustration;
    if (signals.repeats > 0) policed.repeats += 1;
    if (signals.clarifies) policed.clarifications += 1;
  }
  policed.assessing = policed.assessing.filter((one) => one !== sequence);
  state.policed = policed;
  if (state.ending === undefined && poolOfOwner(state.owner) === undefined)
    police(draft, { moment: 'message', sequence });
  const waits = state.work.kind === 'assessing' && state.policed.assessing.length === 0;
  if (waits && draft.next.kind === 'nothing') draft.next = { kind: 'take-turn' };
}
