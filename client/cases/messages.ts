import { randomUUID } from 'node:crypto';
import type { UpdateDefinition } from '@temporalio/common';
import { digestOf } from '../../contract/digest.ts';
import { isBatonError } from '../../contract/failures.ts';
import {
  parseAskForHuman,
  parseClaim,
  parseDiscard,
  parseGiveBack,
  parsePersonReply,
  parseRedrive,
  parseResolve,
  parseSay,
  parseSwitchPolicy,
  type AskForHuman,
  type Claim,
  type Discard,
  type GiveBack,
  type PersonReply,
  type Receipt,
  type Redrive,
  type Resolve,
  type Say,
  type SwitchPolicy,
} from '../../contract/message-shapes.ts';
import { MESSAGES, SIGNALS } from '../../contract/messages.ts';
import {
  parseReassign,
  parseRelease,
  parseTakeOver,
  parseWhisper,
  type Reassign,
  type Release,
  type TakeOver,
  type Whisper,
} from '../../contract/staff-shapes.ts';
import type { Access } from '../reach/access.ts';
import { askAgain } from '../reach/ask-again.ts';
import { askServer, handleOf } from '../reach/ask-server.ts';
import { askWorker } from '../reach/ask-worker.ts';
import { messageAtDoor, readableFailure, requestAtDoor } from '../reach/private-doors.ts';
import { accepted } from '../reach/case-id.ts';

/** A user's message waits so long for a worker's answer before it is left at the door. */
const SAY_PATIENCE_MS = 3_000;

/**
 * Says something on the user's behalf. Repeats of a message id are one message (T8). When no worker answers, the
 * message is left as a signal instead, which the server keeps: the case takes it once whichever arrives.
 * @throws BatonError `INPUT_INVALID`, `INPUT_TOO_LARGE`, `MESSAGE_CONFLICT`, `CASE_CLOSED`, `CASE_UNKNOWN`,
 * `SERVER_UNREACHABLE`
 */
export async function say(access: Access, caseId: string, message: Say): Promise<Receipt> {
  const value = await messageAtDoor(access, caseId, accepted(parseSay(message)));
  return orSignal(
    access,
    caseId,
    () =>
      update(access, caseId, MESSAGES.say, value, {
        updateId: `say-${digestOf(value)}`,
        answerMs: Math.min(SAY_PATIENCE_MS, access.answerMs),
      }),
    () => handleOf(access, caseId).signal(SIGNALS.say, value),
  );
}

/** Asks for a human, by the user or on their behalf (I12). Left as a signal when no worker answers. */
export async function askForHuman(
  access: Access,
  caseId: string,
  request: AskForHuman = {},
): Promise<Receipt> {
  const value = await requestAtDoor(access, caseId, accepted(parseAskForHuman(request)));
  return orSignal(
    access,
    caseId,
    () =>
      update(access, caseId, MESSAGES.askForHuman, value, {
        answerMs: Math.min(SAY_PATIENCE_MS, access.answerMs),
      }),
    () => handleOf(access, caseId).signal(SIGNALS.askForHuman, value),
  );
}

/** A person takes a case that their pool owns. */
export function claim(access: Access, caseId: string, request: Claim): Promise<Receipt> {
  return update(access, caseId, MESSAGES.claim, accepted(parseClaim(request)));
}

/** Whoever holds a case lets go of it. */
export function release(access: Access, caseId: string, request: Release): Promise<Receipt> {
  return worded(access, caseId, MESSAGES.release, accepted(parseRelease(request)));
}

/** A case is put into somebody else's hands. */
export function reassign(access: Access, caseId: string, request: Reassign): Promise<Receipt> {
  return worded(access, caseId, MESSAGES.reassign, accepted(parseReassign(request)));
}

/** A person takes a case, whoever has it. */
export function takeOver(access: Access, caseId: string, request: TakeOver): Promise<Receipt> {
  return worded(access, caseId, MESSAGES.takeOver, accepted(parseTakeOver(request)));
}

/** A person's word to whoever works on a case. */
export function whisper(access: Access, caseId: string, request: Whisper): Promise<Receipt> {
  return worded(access, caseId, MESSAGES.whisper, accepted(parseWhisper(request)));
}

/** A person speaks to the user; the same message id again is the same message. */
export async function reply(access: Access, caseId: string, message: PersonReply): Promise<Receipt> {
  const value = await messageAtDoor(access, caseId, accepted(parsePersonReply(message)));
  return update(access, caseId, MESSAGES.reply, value, { updateId: `reply-${digestOf(value)}` });
}

/** A person gives the case back to the agent it came from. */
export function giveBack(access: Access, caseId: string, request: GiveBack): Promise<Receipt> {
  return worded(access, caseId, MESSAGES.giveBack, accepted(parseGiveBack(request)));
}

/** A person ends the case. */
export function resolve(access: Access, caseId: string, request: Resolve): Promise<Receipt> {
  return worded(access, caseId, MESSAGES.resolve, accepted(parseResolve(request)));
}

/** A dead letter is tried again, corrected where the request says so. */
export function redrive(access: Access, caseId: string, request: Redrive): Promise<Receipt> {
  return worded(access, caseId, MESSAGES.redrive, accepted(parseRedrive(request)));
}

/** A dead letter is given up. */
export function discard(access: Access, caseId: string, request: Discard): Promise<Receipt> {
  return worded(access, caseId, MESSAGES.discard, accepted(parseDiscard(request)));
}

/** A running case is to be decided by another version of its policy, from its next quiet moment on. */
export function switchPolicy(access: Access, caseId: string, request: SwitchPolicy): Promise<Receipt> {
  return worded(access, caseId, MESSAGES.switchPolicy, accepted(parseSwitchPolicy(request)));
}

/** As {@link update}, for requests that say something in words: in private teams those go by reference. */
async function worded<Value extends object>(
  access: Access,
  caseId: string,
  definition: UpdateDefinition<Receipt, [Value]>,
  value: Value,
): Promise<Receipt> {
  return update(access, caseId, definition, await requestAtDoor(access, caseId, value));
}

/**
 * Sends an update and waits for its receipt. An id makes repeats one update within a run. Where the case waits for its
 * directory or for keys of doors, or its workflow task fails, it is asked again for as long as an answer may take.
 */
export async function update<Value>(
  access: Access,
  caseId: string,
  definition: UpdateDefinition<Receipt, [Value]>,
  value: Value,
  options: { readonly updateId?: string; readonly answerMs?: number } = {},
): Promise<Receipt> {
  // One id for every repeat: the server may have kept what it could not yet give to the case.
  const { updateId = randomUUID(), answerMs = access.answerMs } = options;
  try {
    return await askAgain(answerMs, (attempt) =>
      askWorker(
        access,
        caseId,
        (handle) =>
          handle.executeUpdate(definition, {
            args: [value],
            // A handler's own refusal is what the server answers to its id for ever.
            updateId: attempt === 1 ? updateId : `${updateId}-${String(attempt)}`,
          }),
        answerMs,
      ),
    );
  } catch (thrown) {
    throw await readableFailure(access, caseId, thrown);
  }
}

async function orSignal(
  access: Access,
  caseId: string,
  send: () => Promise<Receipt>,
  leave: () => Promise<void>,
): Promise<Receipt> {
  try {
    return await send();
  } catch (thrown) {
    if (!isBatonError(thrown) || thrown.code !== 'NO_WORKER') throw thrown;
  }
  await askServer(access, caseId, leave);
  return { accepted: true, repeated: false, detail: 'left with the server: no worker answered yet' };
}
