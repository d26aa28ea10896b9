/** What an invariant says when it is broken. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** Fails a play unless the condition holds. */
export function holds(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Broken(otherwise);
}
