import { z } from 'zod';
import { contentShapes } from './message-content.ts';
import { FACTS_BYTES, MESSAGE_BYTES } from './limits.ts';
import type { Parsed } from './parse.ts';
import { parseWith } from './parse.ts';
import type { UnmaskGrant } from './unmasking.ts';
import {
  digestSchema,
  factsSchema,
  idSchema,
  nameSchema,
  reasonSchema,
  semverSchema,
  textSchema,
} from './words.ts';

const ROOM_AROUND_TEXT = 4_096;

/** The sender's own id: the same id again is the same message (T8). */
const said = { messageId: idSchema() };
const Say = z.discriminatedUnion('kind', [
  z.object({ ...said, ...contentShapes().text }),
  z.object({ ...said, ...contentShapes().voice }),
  z.object({ ...said, ...contentShapes().file }),
]);
const AskForHuman = z.object({
  by: idSchema().optional(),
  reason: reasonSchema().optional(),
  /** The user wants people alone from now on: nobody gives the case back to an agent without the user's consent (U4). */
  humanOnly: z.boolean().optional(),
});
const Claim = z.object({ by: idSchema() });
const PersonReply = z.object({ by: idSchema(), messageId: idSchema(), text: textSchema() });
const GiveBack = z.object({
  by: idSchema(),
  note: reasonSchema(),
  facts: factsSchema().optional(),
  /** What the agent is to be after; what the people were handed when absent (H8). */
  intent: reasonSchema().min(1).optional(),
  /** Results by name, beside those that the people were handed; `null` takes one away. */
  partialResults: factsSchema().optional(),
  /** Another agent than the one it came from. */
  to: nameSchema().optional(),
  /** A user who wanted people alone has agreed to agents again. */
  userAgreed: z.boolean().optional(),
});
const Resolve = z.object({
  by: idSchema(),
  outcome: z.string().min(1).max(100),
  note: reasonSchema(),
  /** Sequence of the last message that the person has read, where that is more than the case knows of. */
  seen: z.int().nonnegative().optional(),
});
const Redrive = z.object({
  deadLetterId: idSchema(),
  by: idSchema(),
  reason: reasonSchema(),
  /** Facts to use instead of those of the same name. */
  correction: factsSchema().optional(),
});
const Discard = z.object({ deadLetterId: idSchema(), by: idSchema(), reason: reasonSchema().min(1) });
const Unmask = z.object({
  /** Path of the masked field, as `baton show` names it. */
  field: reasonSchema().min(1),
  /** The handoff that masked it; the last one that did when absent. */
  handoffId: idSchema().optional(),
  by: idSchema(),
  reason: reasonSchema().min(1),
});
const SwitchPolicy = z.object({
  /** Version and digest of the policy, as `baton policy list` shows them. */
  version: semverSchema(),
  digest: digestSchema(),
  by: idSchema(),
  reason: reasonSchema().min(1),
});
const Acknowledgement = z.object({
  handoffId: idSchema(),
  offerEpoch: z.int().positive(),
  attempt: z.int().positive(),
  digest: digestSchema(),
  /** Digest of the facts that crossed, as the receiver read them. */
  arrived: digestSchema().optional(),
});

/** A user's message: written, spoken or a file. */
export type Say = z.output<typeof Say>;
/** A request for a human, by the user or on their behalf (I12). */
export type AskForHuman = z.output<typeof AskForHuman>;
/** A person takes a case that their pool owns. */
export type Claim = z.output<typeof Claim>;
/** A person speaks to the user. */
export type PersonReply = z.output<typeof PersonReply>;
/** A person gives the case back to the agent it came from. */
export type GiveBack = z.output<typeof GiveBack>;
/** A person ends the case. */
export type Resolve = z.output<typeof Resolve>;
/** A dead letter is tried again. */
export type Redrive = z.output<typeof Redrive>;
/** A dead letter is given up. */
export type Discard = z.output<typeof Discard>;
/** A person asks to see what an edge has masked. */
export type Unmask = z.output<typeof Unmask>;
/** A person wants a running case to be decided by another version of its policy. */
export type SwitchPolicy = z.output<typeof SwitchPolicy>;
/** The receiver's yes to an offer: by signal, or in the result of its first turn. */
export type Acknowledgement = z.output<typeof Acknowledgement>;

const MessageShapes = {
  say: Say,
  'ask-for-human': AskForHuman,
  claim: Claim,
  reply: PersonReply,
  'give-back': GiveBack,
  resolve: Resolve,
  redrive: Redrive,
  discard: Discard,
  unmask: Unmask,
  accepted: Acknowledgement,
} as const;

/** Schemas of what messages to a case carry, by the message's name; for JSON Schema outside the sandbox. */
export function messageShapes(): typeof MessageShapes {
  return MessageShapes;
}

/** Validates a user's message. */
export function parseSay(value: unknown): Parsed<Say> {
  return parseWith(Say, value, 'message', { bytes: MESSAGE_BYTES + ROOM_AROUND_TEXT });
}
/** Validates a request for a human. An absent argument is a request without words. */
export function parseAskForHuman(value: unknown): Parsed<AskForHuman> {
  return parseWith(AskForHuman, value ?? {}, 'request', { bytes: MESSAGE_BYTES });
}
/** Validates a claim. */
export function parseClaim(value: unknown): Parsed<Claim> {
  return parseWith(Claim, value, 'claim', { bytes: MESSAGE_BYTES });
}
/** Validates a person's words. */
export function parsePersonReply(value: unknown): Parsed<PersonReply> {
  return parseWith(PersonReply, value, 'reply', { bytes: MESSAGE_BYTES + ROOM_AROUND_TEXT });
}
/** Validates a give-back. */
export function parseGiveBack(value: unknown): Parsed<GiveBack> {
  return parseWith(GiveBack, value, 'giveBack', { bytes: FACTS_BYTES });
}
/** Validates a person's ending of a case. */
export function parseResolve(value: unknown): Parsed<Resolve> {
  return parseWith(Resolve, value, 'resolve', { bytes: MESSAGE_BYTES });
}
/** Validates a redrive. */
export function parseRedrive(value: unknown): Parsed<Redrive> {
  return parseWith(Redrive, value, 'redrive', { bytes: FACTS_BYTES });
}
/** Validates a discard. */
export function parseDiscard(value: unknown): Parsed<Discard> {
  return parseWith(Discard, value, 'discard', { bytes: MESSAGE_BYTES });
}
/** Validates a wish to see what was masked. */
export function parseUnmask(value: unknown): Parsed<Unmask> {
  return parseWith(Unmask, value, 'unmask', { bytes: MESSAGE_BYTES });
}
/** Validates a wish for another version of the policy. */
export function parseSwitchPolicy(value: unknown): Parsed<SwitchPolicy> {
  return parseWith(SwitchPolicy, value, 'switchPolicy', { bytes: MESSAGE_BYTES });
}
/** Validates an acknowledgement. */
export function parseAcknowledgement(value: unknown): Parsed<Acknowledgement> {
  return parseWith(Acknowledgement, value, 'acknowledgement', { bytes: ROOM_AROUND_TEXT });
}

/** What an update answers when it was taken. A refusal is an error with a code instead. */
export interface Receipt {
  readonly accepted: true;
  /** The same message or decision was taken before; nothing happened again. */
  readonly repeated: boolean;
  /** What became of it, in words. */
  readonly detail: string;
  /** Leave to see an original, where that was asked for. */
  readonly grant?: UnmaskGrant;
}
