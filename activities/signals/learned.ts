import type { Proposal } from '../../contract/policy/signals.ts';

/** What a learned policy is shown of a message. */
export interface ProposalRequest {
  readonly text: string;
  /** The user's messages before it, oldest first. */
  readonly earlier: readonly string[];
  /** As the signals have it. */
  readonly language: string | undefined;
}

/**
 * A learned policy: it proposes, and rules over `proposed` and `proposed-confidence` dispose. Whatever it answers
 * enters the history, so a case replays without it.
 */
export interface LearnedPolicy {
  /** What it is and which version, such as `intents@3f9a2c`. */
  readonly name: string;
  /** A label with its confidence, or undefined where it has nothing to say. Aborted when its time is over. */
  readonly propose: (
    asked: ProposalRequest,
    signal: AbortSignal,
  ) => Promise<Omit<Proposal, 'by'> | undefined>;
}

/** How long a learned policy may think about one message, in milliseconds: the message's turn waits for it. */
const LIMIT_MS = 300;

/**
 * Asks a learned policy. One that is late, fails or answers nonsense has proposed nothing: rules that ask for its
 * proposal do not hold, and the others decide.
 */
export async function proposeInTime(
  learned: LearnedPolicy,
  asked: ProposalRequest,
  limitMs: number = LIMIT_MS,
): Promise<Proposal | undefined> {
  const signal = AbortSignal.timeout(limitMs);
  const late = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    const proposed = await Promise.race([learned.propose(asked, signal), late]);
    if (!proposed) return undefined;
    const { label, confidence } = proposed;
    const sound = typeof label === 'string' && label.length > 0 && label.length <= 100;
    return sound && confidence >= 0 && confidence <= 1 ? { label, confidence, by: learned.name } : undefined;
  } catch {
    return undefined;
  }
}
