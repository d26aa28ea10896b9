import type { JsonObject } from './json.ts';

/** Who said a message. A person is a human of a pool; `system` is Baton itself (continuity, refusals, endings). */
export type Speaker =
  | { readonly kind: 'user' }
  | { readonly kind: 'agent'; readonly name: string }
  | { readonly kind: 'person'; readonly name: string; readonly pool: string }
  | { readonly kind: 'system' };

/** Whose words reach the user. */
export type Speaking = 'ai' | 'human';

/** One message of a case's conversation. The transcript is append-only; agents get views of it. */
export interface Message {
  /** The sender's id of the message; repeats of it are recognised (T8). */
  readonly id: string;
  /** 1 for the first message of the case. */
  readonly sequence: number;
  /** Workflow time of arrival. */
  readonly at: string;
  readonly from: Speaker;
  readonly text: string;
  /** BCP 47 tag, where the sender gave one. */
  readonly locale?: string;
  /** Baton tells the user whom they talk to from now on (U4). */
  readonly disclosure?: Speaking;
}

/** The user's side of a case, as the opening service knows it. It travels whole (X7). */
export interface UserProfile {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** BCP 47 tag of the language the user prefers. */
  readonly locale?: string | undefined;
  readonly preferences?: JsonObject | undefined;
}
