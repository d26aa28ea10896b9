import type { SlotValue } from './slot-value.ts';
import type { SlotName } from './vocabulary.ts';

/** What a service learns, by slot. */
export type Notes = Readonly<Record<string, SlotValue>>;

/** A slot whose value nobody says: it has to come with the handoff. */
export interface Take {
  readonly slot: string;
  readonly source: SlotName;
  /** Whether the receiver gets it as its own slot, or reads the passed-through fact of the source. */
  readonly as: 'given' | 'passed';
}

/** One step of the way a case takes while one message is answered. */
export interface Hop {
  readonly service: string;
  /** What the service has to take from the handoff that brought the case. Empty for the owner. */
  readonly takes: readonly Take[];
  /** What it learns from the user's message. */
  readonly notes: Notes;
}

/** A call that a service makes. */
export interface ScriptedCall {
  readonly intent: string;
  /** Values that were said, or that the service found out itself. */
  readonly slots: Readonly<Record<string, string>>;
  /** Slots whose values nobody said: the service fills in what it took. */
  readonly taken: readonly string[];
}

/** One message of the user and its answer. */
export interface Exchange {
  /** Number of the message within the dialogue; its id is `turn-` and this number. */
  readonly turn: number;
  /** The services that have the case, the owner first; the last one answers. */
  readonly hops: readonly Hop[];
  readonly call?: ScriptedCall;
  readonly answer: string;
  /** What the answering service learns while it answers. */
  readonly notes: Notes;
}

/**
 * A dialogue as its services play it. Values that nobody says are not in it: services get them from the envelope or
 * do not have them.
 */
export interface ServiceScript {
  readonly id: string;
  readonly exchanges: readonly Exchange[];
  /** Whether the user gives up at the end, because the last failure was never mended. */
  readonly givesUp: boolean;
}

/** Id of the message of an exchange. */
export function messageIdOf(turn: number): string {
  return `turn-${String(turn)}`;
}

/** Number of the exchange that a message begins, if it begins one. */
export function turnOfMessage(messageId: string): number | undefined {
  const match = /^turn-(\d+)$/.exec(messageId);
  return match ? Number(match[1]) : undefined;
}

/** Id of the message that says again what a service had to ask for. */
export function repeatIdOf(turn: number): string {
  return `${messageIdOf(turn)}-again`;
}
