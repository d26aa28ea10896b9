import type { CaseOutcome } from '../../contract/case.ts';

/** An outcome in a few words, such as `finished, refunded`. */
export function outcomeInWords(outcome: CaseOutcome): string {
  switch (outcome.kind) {
    case 'finished':
      return `finished, ${outcome.outcome}`;
    case 'cancelled':
      return 'cancelled';
    case 'failed':
      return `failed, ${outcome.failure.code}: ${outcome.failure.message}`;
  }
}
