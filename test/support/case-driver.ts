import { randomUUID } from 'node:crypto';
import type { UpdateDefinition } from '@temporalio/common';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { askAgain } from '../../client/reach/ask-again.ts';
import { isTaskFailing } from '../../client/reach/failure-of.ts';
import type { CaseInputWritten, CaseResult, CaseView } from '../../contract/case.ts';
import type { Team } from '../../activities/define-team.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import type { Receipt } from '../../contract/message-shapes.ts';
import { MESSAGES } from '../../contract/messages.ts';
import type { Review } from '../../contract/review.ts';
import { awaitCase, awaitRest, limitMs } from './await-case.ts';
import type { Bed, Caching, CaseHandle } from './bed.ts';

/** One open case and everything a test does to it. */
export interface CaseDriver {
  readonly handle: CaseHandle;
  readonly id: string;
  /** Waits until the case looks so; see {@link awaitCase}. */
  readonly until: (holds: (view: CaseView) => boolean) => Promise<CaseView>;
  readonly view: () => Promise<CaseView>;
  /** The case's rows in the bed's ledger, once all that it has written by now are there: it must have come to rest. */
  readonly rows: () => Promise<readonly LedgerRow[]>;
  readonly result: () => Promise<CaseResult>;
  /** Sends an update and brings back its receipt, once the server takes it: not while a workflow task fails. */
  readonly send: <Message>(
    update: UpdateDefinition<Receipt, [Message]>,
    message: Message,
  ) => Promise<Receipt>;
  /** Sends an update that must be refused, and brings back the code of the failure with its message. */
  readonly refused: <Message>(
    update: UpdateDefinition<Receipt, [Message]>,
    message: Message,
  ) => Promise<{ readonly code: string; readonly message: string }>;
  readonly say: (text: string, messageId?: string) => Promise<Receipt>;
  /** Decides the open review, by update. */
  readonly decide: (decision: 'approve' | 'reject', by: string) => Promise<Receipt>;
  /** The open review, once there is one. */
  readonly review: () => Promise<Review>;
}

/** Opens a case of a team on a bed. */
export async function openCase(
  bed: Bed,
  team: Team,
  input: Partial<CaseInputWritten> = {},
  caching: Caching = 'cached',
): Promise<CaseDriver> {
  return driveCase(bed, await bed.open(team, input, caching));
}

/** Drives a case that was opened elsewhere. */
export function driveCase(bed: Bed, handle: CaseHandle): CaseDriver {
  const send = <Message>(
    update: UpdateDefinition<Receipt, [Message]>,
    message: Message,
  ): Promise<Receipt> => {
    const updateId = randomUUID();
    const ask = (): Promise<Receipt> => handle.executeUpdate(update, { updateId, args: [message] });
    return askAgain(limitMs, ask, isTaskFailing);
  };
  const review = async (): Promise<Review> => {
    await until((one) => one.openReviews > 0);
    // A query to a case in nobody's memory may look ahead of a workflow task that is on its way; decisions do not.
    await awaitRest(bed.client, handle);
    const view = await until((one) => one.openReviews > 0);
    const open = view.reviews.find((one) => one.status === 'open');
    if (!open) throw new Error('an open review is counted and not listed');
    return open;
  };
  const until = (holds: (view: CaseView) => boolean): Promise<CaseView> =>
    awaitCase(bed.client, handle, holds);
  return {
    handle,
    id: handle.workflowId,
    until,
    view: () => until(() => true),
    rows: async () => {
      const { trace } = await until((one) => one.ledgerLag === 0);
      return bed.ledger.read(trace, { limit: 1_000 });
    },
    result: () => handle.result(),
    send,
    refused: async (update, message) =>
      refusalOf(await send(update, message).catch((error: unknown) => error)),
    say: (text, messageId = `m-${text}`) => send(MESSAGES.say, { messageId, text }),
    decide: async (decision, by) => {
      const { id, digest } = await review();
      return send(MESSAGES.decide, { reviewId: id, digest, decision, by, reason: `${by} says ${decision}` });
    },
    review,
  };
}

/** The failure of the catalogue inside what an update threw. */
export function refusalOf(thrown: unknown): { readonly code: string; readonly message: string } {
  const cause = thrown instanceof WorkflowUpdateFailedError ? thrown.cause : thrown;
  if (cause instanceof ApplicationFailure) return { code: String(cause.type), message: cause.message };
  throw new Error(
    `not refused but: ${thrown instanceof Error ? String(thrown.stack) : JSON.stringify(thrown)}`,
  );
}
