import type { JsonObject } from '../../../contract/json.ts';
import type { Fault } from './fault-plan.ts';

/** What a worker process is told when it starts, as JSON in its first argument. */
export interface WorkerOrder {
  readonly role: 'cases' | 'agents';
  readonly address: string;
  readonly namespace: string;
  /** Folder of the data set: scripts come from it. */
  readonly data: string;
  readonly tasks: readonly string[];
  /** Folder of this run: ledger, shops, workflow bundle. */
  readonly folder: string;
  /** Begins the id of every case of this run. */
  readonly run: string;
  readonly faults: readonly Fault[];
  readonly seed: number;
}

/** What a worker process tells. */
export type FromWorker =
  | { readonly kind: 'ready' }
  /** An agent has taken a turn: what it saw, and what it handed on, as it stood in that process. */
  | {
      readonly kind: 'turn';
      readonly caseId: string;
      readonly agent: string;
      /** Handoff that brought the case to this agent. */
      readonly handoffId?: string;
      readonly saw: JsonObject;
      readonly intent: string;
      readonly handedOn?: { readonly to: string; readonly facts: JsonObject };
    }
  /** A call is about to reach the shop, or has come back from it; the worker waits for `go`. */
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
  /** The case has ended: its shop may be closed. */
  | { readonly kind: 'forget'; readonly caseId: string }
  | { readonly kind: 'stop' };

/** Id of the case that plays a task. */
export function caseIdOf(run: string, taskId: string): string {
  return `${run}-${taskId}`;
}

/** File of the shop's database of a case. */
export function shopFile(folder: string, caseId: string): string {
  return `${folder}/shops/${caseId}.db`;
}
