/** What a learned policy makes of a message. */
export interface Proposal {
  readonly label: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Which policy, and which version of it. */
  readonly by: string;
}

/** What is read out of one message of a user, once, on its arrival. */
export interface Signals {
  readonly version: '1.0.0';
  /** `en`, `hi`, `hi-Latn` (Hindi in Latin letters), `ta`, `te`; the case's own language where the text does not tell. */
  readonly language?: string;
  readonly asksForHuman: boolean;
  /** Courts, lawyers, authorities. */
  readonly legal: boolean;
  /** The answer before has missed the question. */
  readonly clarifies: boolean;
  /** 0 to 1. */
  readonly frustration: number;
  /** -1 to 1. */
  readonly sentiment: number;
  /** Earlier messages of the user that say the same. */
  readonly repeats: number;
  /** Names of the policy's keywords that occur. */
  readonly keywords: readonly string[];
  /** What a learned policy proposed; absent where there is none, or it was late. */
  readonly proposal?: Proposal;
}
