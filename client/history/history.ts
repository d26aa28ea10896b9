import type { WorkflowHandle } from '@temporalio/client';

/** The history of one run, as the SDK reads it. */
export type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** One event of a history. */
export type HistoryEvent = NonNullable<History['events']>[number];
