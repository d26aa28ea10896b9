/** Waits for the review of a case. @returns when the subscriber had it, in milliseconds since the epoch */
export type Inbox = (caseId: string) => Promise<number>;

/** When the reviews of cases came to an inbox. */
export interface Arrivals {
  /** @param at milliseconds since the epoch */
  readonly came: (caseId: string, at: number) => void;
  readonly of: Inbox;
}

/** None yet. */
export function createArrivals(): Arrivals {
  const came = new Map<string, number>();
  const waiting = new Map<string, (at: number) => void>();
  return {
    came: (caseId, at) => {
      came.set(caseId, at);
      waiting.get(caseId)?.(at);
    },
    of: (caseId) => {
      const at = came.get(caseId);
      if (at !== undefined) return Promise.resolve(at);
      return new Promise((resolve) => {
        waiting.set(caseId, resolve);
      });
    },
  };
}
