import type { BatonClient, StatusAnswer } from '../../client/index.ts';
import type { CaseResult } from '../../contract/case.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import type { Conversation, Step } from './conversation.ts';

/** How to play a conversation. */
export interface PlayOptions {
  readonly caseId: string;
  readonly team: string;
  /** Queue of its case; the usual one when absent. */
  readonly queue?: string;
  /** Sees what is about to be done, once it is its turn. */
  readonly onStep?: (step: Step) => void;
  /** How long one step may take to have its turn, in milliseconds; 60,000 when absent. */
  readonly patienceMs?: number;
}

/** As often as a client may. Workers are asked only when the case has moved. */
const LOOK_EVERY_MS = 250;

/**
 * Plays a conversation through the client as its user, its people and its opening service would, each when it is
 * their turn.
 * @returns the result of the case
 * @throws an error naming the step that never had its turn, with the last status
 */
export async function playConversation(
  baton: BatonClient,
  conversation: Conversation,
  options: PlayOptions,
): Promise<CaseResult> {
  const { caseId, team, queue, patienceMs = 60_000 } = options;
  const { customer } = conversation;
  await baton.open(
    {
      team,
      task: { definition: conversation.task },
      message: { id: 'user-0', text: conversation.opens },
      channel: 'chat',
      ...(customer ? { user: customer } : {}),
    },
    { caseId, ...(queue === undefined ? {} : { queue }) },
  );
  for (const [index, step] of conversation.steps.entries()) {
    await untilTurnOf(baton, step, { caseId, patienceMs });
    options.onStep?.(step);
    await take(baton, caseId, step, `user-${String(index + 1)}`);
  }
  return baton.result(caseId, { signal: AbortSignal.timeout(patienceMs) });
}

async function untilTurnOf(
  baton: BatonClient,
  step: Step,
  options: { readonly caseId: string; readonly patienceMs: number },
): Promise<void> {
  let last: StatusAnswer | undefined;
  const watch = { signal: AbortSignal.timeout(options.patienceMs), intervalMs: LOOK_EVERY_MS };
  for await (const status of baton.watch(options.caseId, watch)) {
    if (hasTurn(step, status)) return;
    last = status;
  }
  throw new Error(
    `${options.caseId}: it was never the turn of ${JSON.stringify(step)}; ` +
      (last
        ? `the case is ${last.stage}, owned by ${last.owner}, waiting on ${last.waitingOn}`
        : 'nothing is known of the case'),
  );
}

function hasTurn(step: Step, status: StatusAnswer): boolean {
  switch (step.does) {
    case 'says':
    case 'asks-for-human':
      return status.stage === 'waiting-user' || status.stage === 'human';
    case 'approves':
    case 'rejects':
      return status.openReviews > 0;
    case 'claims':
    case 'replies':
    case 'gives-back':
    case 'resolves':
      return status.stage === 'human' && poolOfOwner(status.owner) !== undefined;
    case 'cancels':
      return status.waitingOn !== 'nobody';
  }
}

async function take(baton: BatonClient, caseId: string, step: Step, messageId: string): Promise<void> {
  switch (step.does) {
    case 'says':
      await baton.say(caseId, { messageId, text: step.text });
      return;
    case 'asks-for-human':
      await baton.askForHuman(caseId, { reason: step.reason });
      return;
    case 'approves':
      await decide(baton, caseId, { decision: 'approve', by: step.by, reason: step.reason });
      return;
    case 'rejects':
      await decide(baton, caseId, { decision: 'reject', by: step.by, reason: step.reason });
      return;
    case 'claims':
      await baton.claim(caseId, { by: step.by });
      return;
    case 'replies':
      await baton.reply(caseId, { by: step.by, messageId: `person-${messageId}`, text: step.text });
      return;
    case 'gives-back':
      await baton.giveBack(caseId, { by: step.by, note: step.note });
      return;
    case 'resolves':
      await resolve(baton, caseId, step);
      return;
    case 'cancels':
      await baton.cancel(caseId);
      return;
  }
}

/** Ends the case as a person does who has read what its user wrote last. */
async function resolve(
  baton: BatonClient,
  caseId: string,
  { by, outcome, note }: Extract<Step, { does: 'resolves' }>,
): Promise<void> {
  const { transcript } = await baton.show(caseId);
  await baton.resolve(caseId, { by, outcome, note, seen: transcript.at(-1)?.sequence ?? 0 });
}

/** Decides as a person does: reads what is asked, and binds the answer to the digest of exactly that (I8). */
async function decide(
  baton: BatonClient,
  caseId: string,
  answer: { readonly decision: 'approve' | 'reject'; readonly by: string; readonly reason: string },
): Promise<void> {
  const { reviews } = await baton.show(caseId);
  const review = reviews.find((one) => one.status === 'open');
  if (!review) throw new Error(`${caseId} has no open review`);
  await baton.decide(caseId, { reviewId: review.id, digest: review.digest, ...answer });
}
