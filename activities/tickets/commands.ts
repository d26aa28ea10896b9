/** What a note in a ticket asks for. */
export type TicketCommand =
  | { readonly kind: 'claim' }
  | { readonly kind: 'release'; readonly note: string }
  | { readonly kind: 'give-back'; readonly note: string }
  | { readonly kind: 'resolve'; readonly outcome: string; readonly note: string }
  | {
      readonly kind: 'decide';
      readonly decision: 'approve' | 'reject';
      readonly reviewId: string;
      /** The beginning of the digest that was shown. */
      readonly digest: string;
      readonly reason: string;
    }
  | { readonly kind: 'unknown' };

const WORDS_OF_DECISION = /^(\S+) ([0-9a-f]{12,64})(?:\s+([\s\S]+))?$/;

/** The command of a note, or undefined for people's own words: a command begins with a slash. */
export function commandOf(note: string): TicketCommand | undefined {
  const [, word, more = ''] = /^\/([a-z-]+)(?:\s+([\s\S]*))?$/.exec(note.trim()) ?? [];
  const rest = more.trim();
  switch (word) {
    case undefined:
      return undefined;
    case 'claim':
      return { kind: 'claim' };
    case 'release':
      return { kind: 'release', note: rest };
    case 'give-back':
      return { kind: 'give-back', note: rest };
    case 'resolve': {
      const [, outcome, note = ''] = /^(\S+)(?:\s+([\s\S]+))?$/.exec(rest) ?? [];
      return outcome === undefined ? { kind: 'unknown' } : { kind: 'resolve', outcome, note };
    }
    case 'approve':
    case 'reject': {
      const [, reviewId, digest, reason] = WORDS_OF_DECISION.exec(rest) ?? [];
      // A reason is required, as at every door.
      if (reviewId === undefined || digest === undefined || reason === undefined) return { kind: 'unknown' };
      return { kind: 'decide', decision: word, reviewId, digest, reason };
    }
    default:
      return { kind: 'unknown' };
  }
}
