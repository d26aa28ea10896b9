import type { JsonObject } from '../../../contract/json.ts';

/** What a service tells of a turn, as it stood in its process. */
export interface ServiceTold {
  readonly service: string;
  /** Handoff that brought the case to it. */
  readonly handoffId?: string;
  /** Message that is being answered. */
  readonly turn?: number;
  /** Facts as they came in. */
  readonly saw: JsonObject;
  /** Requests that were refused. */
  readonly refused: readonly string[];
}

/** What services saw, by case. */
export interface ServiceObservations {
  readonly add: (caseId: string, told: ServiceTold) => void;
  /** The first turn after a handoff, as its receiver saw it. */
  readonly arrival: (caseId: string, handoffId: string) => ServiceTold | undefined;
  /** Requests that services saw refused. */
  readonly refused: (caseId: string) => ReadonlySet<string>;
  readonly forget: (caseId: string) => void;
}

/** Keeps what services tell. */
export function createServiceObservations(): ServiceObservations {
  const byCase = new Map<string, ServiceTold[]>();
  const of = (caseId: string): readonly ServiceTold[] => byCase.get(caseId) ?? [];
  return {
    add: (caseId, told) => byCase.set(caseId, [...of(caseId), told]),
    // Of several attempts the first is what the service saw before it worked on.
    arrival: (caseId, handoffId) => of(caseId).find((told) => told.handoffId === handoffId),
    refused: (caseId) => new Set(of(caseId).flatMap((told) => told.refused)),
    forget: (caseId) => byCase.delete(caseId),
  };
}
