/** What the bench tells its worker processes, and what they answer. Plain JSON: it crosses a process boundary. */

/** Whose work is measured. */
export type Side = 'baton' | 'raw';

/** Sides as worker processes are: the desk with `@temporalio/openai-agents` is a package of its own. */
export type WorkerSide = Side | 'openai-agents';

/** What a worker process is to be. */
export interface WorkerOrder {
  readonly side: WorkerSide;
  readonly address: string;
  readonly namespace: string;
  /** Folder of the embedded stores. */
  readonly folder: string;
  /** Baton's workflows with their schemas taken out: what memory is held against. */
  readonly withoutZod?: boolean;
  /**
   * Which team Baton's side serves: that which hands cases around, that whose reviews go to an inbox, or the support
   * desk with models.
   */
  readonly team?: 'handoffs' | 'inbox' | 'desk';
  /** Addresses of models, for the support desk. */
  readonly vendors?: Readonly<Record<string, { readonly baseUrl: string; readonly apiKey: string }>>;
}

/** What a worker process can be asked; `seed` puts the support desk's records as they are to be, and answers as `cpu`. */
export type WorkerQuestion = 'cpu' | 'heap' | 'seed';

/** A question under way. */
export interface Asked {
  readonly id: number;
  readonly question: WorkerQuestion;
}

/** What a worker process says: that it polls, or a figure, in milliseconds of processor time or bytes of heap. */
export type WorkerAnswer =
  { readonly kind: 'ready' } | { readonly kind: 'figure'; readonly id: number; readonly figure: number };
