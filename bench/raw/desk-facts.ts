import { defineQuery } from '@temporalio/workflow';
import type { PayloadBytes } from '../payload-bytes.ts';

/** What the bench's agents carry from one to the next. */
export interface DeskFacts {
  readonly hop: number;
  /** Handoffs of the case. */
  readonly handoffs: number;
  readonly thinkMs: number;
  readonly ending: 'finish' | 'wait';
  readonly account: string;
  // Not readonly, so that it is JSON to zod.
  readonly charges: { id: string; amountEur: number; at: string }[];
  readonly notes: string;
}

/** One turn of an agent, with the words of the user and the facts. */
export interface RawTurnInput {
  readonly agent: string;
  readonly facts: DeskFacts;
  readonly said: string;
  /** Bytes without a meaning, as many as the other side's payloads have more. */
  readonly filler: string;
  /** Bytes that the answer is to carry besides its own. */
  readonly fill: number;
}

/** What a turn answers: where the case goes, or that it is done. */
export interface RawTurnOutput {
  readonly to: string | null;
  readonly facts: DeskFacts;
  readonly filler: string;
}

/** The one activity of the raw side. */
export interface RawActivities {
  turn(input: RawTurnInput): Promise<RawTurnOutput>;
}

/** What a review of the raw side asks of a person: the turn that is to be approved. */
export const rawReviewQuery = defineQuery<RawTurnOutput>('review');

/** Argument of the raw workflow. */
export interface RawCaseInput {
  readonly facts: DeskFacts;
  readonly said: string;
  /** Bytes that each turn carries besides its own, in and out. */
  readonly filler: PayloadBytes;
}
