import { patched, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { applicationFailure } from '../contract/application-failure.ts';
import type { Failure } from '../contract/failures.ts';
import { failure } from '../contract/failures.ts';
import { fieldInClear, keptTextOf } from '../contract/kept-text.ts';
import {
  parseAcknowledgement,
  parseAskForHuman,
  parseClaim,
  parseDiscard,
  parseGiveBack,
  parsePersonReply,
  parseRedrive,
  parseResolve,
  parseSay,
  parseSwitchPolicy,
  parseUnmask,
  type Receipt,
} from '../contract/message-shapes.ts';
import { isEndOfRemote } from './remotes.ts';
import { getOwn, isJsonObject } from '../contract/json.ts';
import {
  DOOR_KEYS_WANTED,
  MESSAGES,
  QUERIES,
  REMOTE_NEWS,
  signalDescription,
  SIGNALS,
} from '../contract/messages.ts';
import type { Parsed } from '../contract/parse.ts';
import { isPoison, poisonFailure } from '../contract/poison.ts';
import { parseDecision } from '../contract/decision.ts';
import { parseReassign, parseRelease, parseTakeOver, parseWhisper } from '../contract/staff-shapes.ts';
import { cutText } from '../contract/text.ts';
import { workflowNow } from './clock.ts';
import type { CaseEvent, DoorEvent } from './events.ts';
import { PATCHES } from './patches.ts';
import { refuseDoorEvent } from './refuse.ts';
import type { CaseState } from './state.ts';
import { refuseWhileAsked } from './takers.ts';
import { statusOf, viewOf } from './view.ts';

/** What the doors need of the case behind them. */
interface House {
  readonly current: () => CaseState;
  /** Takes an event; answers a receipt when the event asked for one. */
  readonly dispatch: (event: CaseEvent) => Receipt | undefined;
}

/**
 * Opens every door of a case. Handlers change the state before anything can interleave: they await nothing. A
 * payload that could not be decoded arrives as a marker and is refused like any bad input, because a decoder that
 * throws would fail the workflow task for ever.
 */
export function openDoors(house: House): void {
  openDoor(house, MESSAGES.say, parseSay, (message) => ({ kind: 'said', message }), SIGNALS.say);
  openDoor(
    house,
    MESSAGES.askForHuman,
    parseAskForHuman,
    (message) => ({ kind: 'human-asked', message }),
    SIGNALS.askForHuman,
  );
  openDoor(
    house,
    MESSAGES.decide,
    parseDecision,
    (message) => ({ kind: 'decided', message }),
    SIGNALS.decide,
  );
  openDoor(house, MESSAGES.claim, parseClaim, (message) => ({ kind: 'claimed', message }), SIGNALS.claim);
  openDoor(
    house,
    MESSAGES.release,
    parseRelease,
    (message) => ({ kind: 'released', message }),
    SIGNALS.release,
  );
  openDoor(
    house,
    MESSAGES.reassign,
    parseReassign,
    (message) => ({ kind: 'reassigned', message }),
    SIGNALS.reassign,
  );
  openDoor(
    house,
    MESSAGES.takeOver,
    parseTakeOver,
    (message) => ({ kind: 'taken-over', message }),
    SIGNALS.takeOver,
  );
  openDoor(
    house,
    MESSAGES.whisper,
    parseWhisper,
    (message) => ({ kind: 'whispered', message }),
    SIGNALS.whisper,
  );
  openDoor(house, MESSAGES.reply, parsePersonReply, (message) => ({ kind: 'person-replied', message }));
  openDoor(house, MESSAGES.giveBack, parseGiveBack, (message) => ({ kind: 'gave-back', message }));
  openDoor(house, MESSAGES.resolve, parseResolve, (message, { refused }) =>
    refused?.code === 'MESSAGES_UNREAD' && !patched(PATCHES.unreadRefused)
      ? { kind: 'person-resolved', message, overUnread: true }
      : { kind: 'person-resolved', message },
  );
  openDoor(house, MESSAGES.redrive, parseRedrive, (message, { isTaken }) =>
    isTaken && isEndOfRemote(house.current(), message.deadLetterId) && patched(PATCHES.remotesEnded)
      ? { kind: 'redriven', message, endsRemote: true }
      : { kind: 'redriven', message },
  );
  openDoor(house, MESSAGES.discard, parseDiscard, (message) => ({ kind: 'discarded', message }));
  openDoor(house, MESSAGES.unmask, parseUnmask, (message) => ({ kind: 'unmask-asked', message }));
  openDoor(house, MESSAGES.switchPolicy, parseSwitchPolicy, (message) => ({
    kind: 'policy-switch-asked',
    message,
  }));
  const acknowledge = (value: unknown): void => {
    const parsed = read(parseAcknowledgement, value);
    if (parsed.ok) house.dispatch({ kind: 'acknowledged', acknowledgement: parsed.value });
    else house.dispatch({ kind: 'message-refused', door: 'signal accepted', failure: parsed.failure });
  };
  setHandler(SIGNALS.accepted, acknowledge, { description: signalDescription('accepted') });
  setHandler(
    DOOR_KEYS_WANTED,
    () => {
      house.dispatch({ kind: 'door-keys-wanted' });
    },
    { description: signalDescription(DOOR_KEYS_WANTED.name) },
  );
  setHandler(
    REMOTE_NEWS,
    (value: unknown) => {
      const key: unknown = isJsonObject(value) ? getOwn(value, 'key') : undefined;
      if (typeof key === 'string') house.dispatch({ kind: 'remote-news', key });
    },
    { description: signalDescription(REMOTE_NEWS.name) },
  );
  setDefaultSignalHandler((name) => {
    const known = Object.values(SIGNALS).map((signal) => signal.name);
    const detail = `there is no signal ${JSON.stringify(cutText(name, 100))}; signals: ${known.join(', ')}`;
    house.dispatch({
      kind: 'message-refused',
      door: 'signal',
      failure: failure('INPUT_INVALID', detail, 'signal'),
    });
  });
  setHandler(QUERIES.status, () => statusOf(house.current()));
  setHandler(QUERIES.show, () => viewOf(house.current()));
  setHandler(QUERIES.transcript, () => house.current().transcript);
}

/** What of a door matters to what its message amounts to. */
interface AtDoor {
  /** Why it would be refused as it is, where that matters to what histories of earlier releases let in. */
  readonly refused?: Failure;
  /** It is taken, and no validator asks: those leave no trace in the history, and so can know no patch. */
  readonly isTaken: boolean;
}

/**
 * One door, as an update that answers and, where people use it from outside, as a plain signal with the same rules.
 * @param event what a message amounts to
 */
function openDoor<Message>(
  house: House,
  update: UpdateDefinition<Receipt, [Message]>,
  parse: (value: unknown) => Parsed<Message>,
  event: (message: Message, door: AtDoor) => DoorEvent,
  signal?: SignalDefinition<[Message]>,
): void {
  // What arrives is whatever was sent: the definitions' types are a promise that only parsing keeps.
  const refuse = (value: unknown): Failure | undefined => {
    const parsed = read(parse, value);
    if (!parsed.ok) return parsed.failure;
    const asked = event(parsed.value, { isTaken: false });
    return refuseInClear(house.current(), asked) ?? refuseDoorEvent(house.current(), asked, workflowNow());
  };
  const take = (value: unknown): Receipt => {
    const parsed = read(parse, value);
    if (!parsed.ok) throw applicationFailure(parsed.failure);
    // Between validator and handler other messages of the same task may run: ask again.
    const refusedAsItIs = refuse(value);
    const taken = event(parsed.value, {
      isTaken: true,
      ...(refusedAsItIs ? { refused: refusedAsItIs } : {}),
    });
    const refused =
      refuseInClear(house.current(), taken) ?? refuseDoorEvent(house.current(), taken, workflowNow());
    if (refused) throw applicationFailure(refused);
    const receipt = house.dispatch(taken);
    if (receipt) return receipt;
    const pending = refuseWhileAsked(house.current(), taken, workflowNow());
    if (pending) throw applicationFailure(pending);
    return { accepted: true, repeated: true, detail: 'taken before' };
  };
  setHandler(update, take, {
    // Synchronous: an async validator would wedge the workflow.
    validator: (value: unknown) => {
      const refused = refuse(value);
      if (refused) throw applicationFailure(refused);
    },
  });
  if (!signal) return;
  const takeSignal = (value: unknown): void => {
    const parsed = read(parse, value);
    if (parsed.ok) house.dispatch(event(parsed.value, { isTaken: true }));
    else house.dispatch({ kind: 'message-refused', door: `signal ${signal.name}`, failure: parsed.failure });
  };
  setHandler(signal, takeSignal, { description: signalDescription(signal.name) });
}

/**
 * Why an update to a case of a private team is refused: it would bring a text into the history, which its sender can
 * keep out. A signal is there already, and is taken.
 */
function refuseInClear({ manifest }: CaseState, event: DoorEvent): Failure | undefined {
  if (manifest?.private === undefined) return undefined;
  if (event.kind === 'said' || event.kind === 'person-replied')
    return keptTextOf(event.message.text)
      ? undefined
      : failure('TEXT_IN_CLEAR', `team ${manifest.name}`, 'message.text');
  if (manifest.private !== 'all') return undefined;
  const field = fieldInClear(event.message);
  return field === undefined ? undefined : failure('TEXT_IN_CLEAR', `team ${manifest.name}`, field);
}

function read<Message>(parse: (value: unknown) => Parsed<Message>, value: unknown): Parsed<Message> {
  return isPoison(value) ? { ok: false, failure: poisonFailure(value) } : parse(value);
}
