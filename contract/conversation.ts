import type { JsonObject } from './json.ts';
import type { MissingFact } from './missing.ts';

/** Who said a message. A person is a human of a pool; `system` is Baton itself (continuity, refusals, endings). */
export type Speaker =
  | { readonly kind: 'user' }
  | { readonly kind: 'agent'; readonly name: string }
  | { readonly kind: 'person'; readonly name: string; readonly pool: string }
  | { readonly kind: 'system' };

/** Whose words reach the user. */
export type Speaking = 'ai' | 'human';

/** Where something too large for a message lies, and what it is. */
interface Stored {
  readonly mediaType: string;
  readonly bytes: number;
  /** SHA-256 of the content. Absent, like the address, behind a wall that masks: masks do not reach a recording. */
  readonly digest?: string | undefined;
  readonly uri?: string | undefined;
}

/** What was said aloud; its transcript is the message's text. */
export interface Voice {
  /** How sure the transcriber is, from 0 to 1. */
  readonly confidence: number;
  readonly durationMs: number;
  /** The recording, where it is kept. */
  readonly audio?: Stored | undefined;
}

/** A file that was handed in. Its content stays where it is. */
export interface FileReference extends Stored {
  readonly name: string;
}

/** What a message is beside its text. One that does not say is text, as all were once. */
export type MessageContent =
  | { readonly kind?: 'text' | undefined }
  | { readonly kind: 'voice'; readonly voice: Voice }
  | { readonly kind: 'file'; readonly file: FileReference };

/** What every message has. */
export interface MessageFrame {
  /** The sender's id of the message; repeats of it are recognised (T8). */
  readonly id: string;
  /** 1 for the first message of the case. */
  readonly sequence: number;
  /** Workflow time of arrival. */
  readonly at: string;
  readonly from: Speaker;
  /** What was written, the transcript of what was spoken, or what is said of a file (it may be empty). */
  readonly text: string;
  /** BCP 47 tag, where the sender gave one. */
  readonly locale?: string;
  /** Baton tells the user whom they talk to from now on (U4). */
  readonly disclosure?: Speaking;
  /** What the message asks the user for (U13). */
  readonly missing?: readonly MissingFact[];
}

/** One message of a case's conversation. The transcript is append-only; agents get views of it. */
export type Message = MessageFrame & MessageContent;

/** What makes a message another kind than text; nothing for text. */
export function contentOf(message: MessageContent): MessageContent {
  switch (message.kind) {
    case undefined:
    case 'text':
      return {};
    case 'voice':
      return { kind: 'voice', voice: message.voice };
    case 'file':
      return { kind: 'file', file: message.file };
  }
}

/** A message in words, for summaries and whoever reads text alone: a file by its name, kind and size. */
export function wordsOf(message: Pick<MessageFrame, 'text'> & MessageContent): string {
  switch (message.kind) {
    case undefined:
    case 'text':
    case 'voice':
      return message.text;
    case 'file': {
      const { name, mediaType, bytes } = message.file;
      const file = `[file ${name}, ${mediaType}, ${String(bytes)} bytes]`;
      return message.text === '' ? file : `${file} ${message.text}`;
    }
  }
}

/** The user's side of a case, as the opening service knows it. It travels whole (X7). */
export interface UserProfile {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** BCP 47 tag of the language the user prefers. */
  readonly locale?: string | undefined;
  readonly preferences?: JsonObject | undefined;
}
