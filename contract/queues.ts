/** Task queue of cases: workflow tasks, team resolution and ledger flushes. */
export const CASE_QUEUE = 'baton';

/** Task queue of a pool of agents. A pool is the workers of one specialism. */
export function poolQueue(pool: string): string {
  return `baton-${pool}`;
}

/** The owner's name of a pool of people, as it stands in ledgers and search attributes. */
export function peopleOwner(pool: string): string {
  return `people:${pool}`;
}

/** The pool of an owner's name, or undefined when an agent owns the case. */
export function poolOfOwner(owner: string): string | undefined {
  return owner.startsWith('people:') ? owner.slice('people:'.length) : undefined;
}

/** Name of the workflow type of a case: a promise, it stands in every history. */
export const CASE_WORKFLOW = 'baton-case';
