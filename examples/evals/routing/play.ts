import { setTimeout as wait } from 'node:timers/promises';
import type { BatonClient, StatusAnswer } from '../../../client/index.ts';
import { customerIdOf } from './customers.ts';
import type { LabelledConversation } from './labelled-folder.ts';
import type { PlayedConversation } from './score.ts';

/** Shortest and longest pause between two looks at a case, in milliseconds. */
const SHORTEST_MS = 60;
const LONGEST_MS = 400;
/** How long one message may take, in milliseconds. */
const PATIENCE_MS = 120_000;

/** Says what the user says, each time the desk waits for it, until people have the case or it is closed. */
export async function playLabelled(
  baton: BatonClient,
  conversation: LabelledConversation,
  options: { readonly caseId: string; readonly signal: AbortSignal },
): Promise<PlayedConversation> {
  const { caseId, signal } = options;
  const places: string[] = [];
  try {
    for (const [index, text] of conversation.messages.entries()) {
      const messageId = `user-${String(index)}`;
      if (index === 0)
        await baton.open(
          {
            team: 'support-desk',
            task: { definition: 'Help the customer' },
            message: { id: messageId, text },
            channel: 'chat',
            user: { id: customerIdOf(conversation) },
          },
          { caseId },
        );
      else await baton.say(caseId, { messageId, text });
      const status = await untilAtRest(baton, caseId, signal);
      places.push(placeOf(status));
      if (status.stage !== 'waiting-user') break;
    }
    return { conversation, places };
  } catch (thrown) {
    signal.throwIfAborted();
    return { conversation, places, trouble: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

async function untilAtRest(baton: BatonClient, caseId: string, signal: AbortSignal): Promise<StatusAnswer> {
  const end = Date.now() + PATIENCE_MS;
  for (let pause = SHORTEST_MS; ; pause = Math.min(1.5 * pause, LONGEST_MS)) {
    await wait(pause, undefined, { signal });
    const status = await baton.status(caseId);
    if (isAtRest(status)) return status;
    if (Date.now() > end)
      throw new Error(`${caseId} is still ${status.stage} after ${String(PATIENCE_MS / 1_000)} s`);
  }
}

function isAtRest({ stage }: StatusAnswer): boolean {
  switch (stage) {
    case 'waiting-user':
    case 'waiting-person':
    case 'human':
    case 'parked':
    case 'closing':
    case 'closed':
      return true;
    case 'opening':
    case 'working':
    case 'pending':
    case 'unwinding':
      return false;
  }
}

/** Who has the case: its owner, or the people it waits for. */
function placeOf({ owner, stage, waitingOn }: StatusAnswer): string {
  return stage === 'waiting-person' || stage === 'parked' ? waitingOn : owner;
}
