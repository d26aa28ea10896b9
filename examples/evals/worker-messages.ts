import type { Fault } from './fault-plan.ts';

/** What a worker process is told when it starts, as JSON in its first argument. */
export interface WorkerOrder {
  readonly role: 'cases' | 'agents';
  readonly address: string;
  readonly namespace: string;
  /** Folder of the data set: scripts come from it. */
  readonly data: string;
  /** Ids of what is played, in the folder's words. */
  readonly ids: readonly string[];
  /** Folder of this run: ledger, stores, workflow bundle. */
  readonly folder: string;
  /** Begins the id of every case of this run. */
  readonly run: string;
  readonly faults: readonly Fault[];
  readonly seed: number;
}

/**
 * What a worker process tells.
 * @typeParam Told what an eval's agents tell of a turn
 */
export type FromWorker<Told> =
  | { readonly kind: 'ready' }
  /** An agent has taken a turn. */
  | {
      readonly kind: 'turn';
      readonly caseId: string;
      /** Whether the case may be waiting for people now. */
      readonly rests: boolean;
      readonly told: Told;
    }
  /** A call is about to reach its store, or has come back from it; the worker waits for `go`. */
  | {
      readonly kind: 'visit';
      readonly id: number;
      readonly caseId: string;
      readonly moment: 'before' | 'after';
      readonly visit: 'look' | 'effect' | 'undo';
      readonly committed: boolean;
    }
  /** The worker is about to kill itself (F01). */
  | { readonly kind: 'dying'; readonly caseId: string };

/** What a worker process is told while it runs. */
export type ToWorker =
  | { readonly kind: 'go'; readonly id: number }
  /** The case has ended: its store may be closed. */
  | { readonly kind: 'forget'; readonly caseId: string }
  | { readonly kind: 'stop' };

/** Id of the case that plays one task or dialogue. */
export function caseIdOf(run: string, id: string): string {
  return `${run}-${id}`;
}

/** File of the store that a case works on. */
export function storeFile(folder: string, caseId: string): string {
  return `${folder}/stores/${caseId}.db`;
}
