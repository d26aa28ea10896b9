import type { JsonValue } from '../../contract/json.ts';

/** The commands that a strict replay tells apart; one word per kind of history event that a workflow causes. */
type StepKind =
  | 'activity'
  | 'cancel-activity'
  | 'timer'
  | 'cancel-timer'
  | 'upsert-search-attributes'
  | 'upsert-memo'
  | 'patch'
  | 'child-workflow'
  | 'signal-external'
  | 'cancel-external'
  | 'nexus-operation'
  | 'update-accepted'
  | 'update-completed'
  | 'complete'
  | 'fail'
  | 'cancelled'
  | 'continue-as-new';

/**
 * A command in the form in which recorded and replayed ones are compared: decoded, and without what may change
 * freely (timeouts, retry options, summaries).
 */
export interface Step {
  readonly kind: StepKind;
  /** Ties a cancel to its timer or activity; compared too, because ids count the commands. */
  readonly id: string;
  readonly fields: Readonly<Record<string, JsonValue>>;
}

/** A step as the history has it. */
export interface RecordedStep extends Step {
  readonly eventId: number;
}

/** A step as the replayed code emitted it. */
export interface ReplayedStep extends Step {
  /** Length of the history when the workflow task began: tells the tasks apart. */
  readonly historyLength: number;
}

/** A local activity: recorded where it ended, emitted where it began, and so compared out of order by its id. */
export interface LocalActivity {
  readonly id: string;
  readonly activityType: string;
}
