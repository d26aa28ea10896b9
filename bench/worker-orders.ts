/** What the bench tells its worker processes, and what they answer. Plain JSON: it crosses a process boundary. */

/** Whose work is measured. */
export type Side = 'baton' | 'raw';

/** What a worker process is to be. */
export interface WorkerOrder {
  readonly side: Side;
  readonly address: string;
  readonly namespace: string;
  /** Folder of the embedded stores. */
  readonly folder: string;
  /** Baton's workflows with their schemas taken out: what memory is held against. */
  readonly withoutZod?: boolean;
  /** Which team Baton's side serves: that which hands cases around, or that whose reviews go to an inbox. */
  readonly team?: 'handoffs' | 'inbox';
}

/** What a worker process can be asked. */
export type WorkerQuestion = 'cpu' | 'heap';

/** A question under way. */
export interface Asked {
  readonly id: number;
  readonly question: WorkerQuestion;
}

/** What a worker process says: that it polls, or a figure, in milliseconds of processor time or bytes of heap. */
export type WorkerAnswer =
  { readonly kind: 'ready' } | { readonly kind: 'figure'; readonly id: number; readonly figure: number };
