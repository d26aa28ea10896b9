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
      readonly id: number;
      readonly connection: 'read' | 'write';
      /** Whether the steps are a transaction of their own. */
      readonly atomic: boolean;
      readonly steps: readonly DatabaseStep[];
    }
  | { readonly kind: 'roll-back'; readonly id: number; readonly connection: 'write' }
  | { readonly kind: 'close'; readonly id: number };

/** What it answers, under the number of the request. */
export type DatabaseReply =
  | { readonly kind: 'done'; readonly id: number; readonly results: readonly StepResult[] }
  | { readonly kind: 'unmet'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly code: string; readonly message: string };

/** What the thread is started with. */
export interface WorkerSettings {
  readonly path: string;
  /** How long a statement waits for another process's transaction, in milliseconds. */
  readonly busyTimeoutMs: number;
}
