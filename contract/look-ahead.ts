/**
 * How a case worker refuses a query that would run a case ahead of its history. It says nothing about the case: ask
 * again, and the workflow task that is on its way will have been taken.
 */
export const LOOK_AHEAD = {
  type: 'LOOK_AHEAD',
  message: 'the case has news that no workflow task has taken yet: ask again',
} as const;
