/**
 * Workflow time in milliseconds: the time of the workflow task being processed, the same on every replay. The one
 * place where workflow code asks for the time; the decision core is told.
 */
export function workflowNow(): number {
  return Date.now();
}
