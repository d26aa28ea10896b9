/** What a statement takes: text, whole numbers below 2^53, null. */
export type SqlParameter = string | number | null;

/** One statement, with one set of parameters or with several, one after the other. */
export interface DatabaseStep {
  readonly sql: string;
  readonly parameters?: readonly SqlParameter[];
  readonly each?: readonly (readonly SqlParameter[])[];
  /** How many rows it must change; with another number the transaction is rolled back and the answer is `unmet`. */
  readonly expect?: number;
}

/** What a step came to: the rows of a query as lists in the order of its columns, the changes of anything else. */
export interface StepResult {
  readonly rows: readonly (readonly unknown[])[];
  readonly changes: number;
}

/** What the thread of a database is asked. */
export type DatabaseRequest =
  | {
      readonly kind: 'run';
      readonly connection: 'read' | 'write';
      /** Whether a writing transaction begins before the steps. */
      readonly begin?: boolean;
      /** Whether it is kept after them. */
      readonly commit?: boolean;
      readonly steps: readonly DatabaseStep[];
    }
  | { readonly kind: 'roll-back' }
  | { readonly kind: 'close' };

/** What it answers. Unless it is `done`, the writing transaction has been rolled back. */
export type DatabaseReply =
  | { readonly kind: 'done'; readonly results: readonly StepResult[] }
  | { readonly kind: 'unmet' }
  /** Another process holds the writing transaction. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** Requests and replies find each other by number. */
export type Numbered<Message> = Message & { readonly id: number };

/** What the thread is started with. */
export interface WorkerSettings {
  readonly path: string;
  /** How long opening the file waits for other processes that are opening it, in milliseconds. */
  readonly openTimeoutMs: number;
}
