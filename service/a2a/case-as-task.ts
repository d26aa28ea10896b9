import { Role, TaskState, type Message as A2aMessage, type Part, type Task } from '@a2a-js/sdk';
import type { BatonClient, StatusAnswer } from '../../client/index.ts';
import { underExtension, type A2aReport } from '../../contract/a2a.ts';
import type { Message } from '../../contract/conversation.ts';
import { isBatonError } from '../../contract/failures.ts';

/** How a case is told as a task. */
export interface Telling {
  readonly contextId: string;
  /** Messages of the conversation, the newest; none when 0. */
  readonly historyLength: number | undefined;
  /** Whether the caller knows our extension. */
  readonly withReport: boolean;
}

/**
 * A case as a task of A2A: the case is the truth, and a task is a way to look at it. What waits for people is still being
 * worked on: whoever asks can do nothing about it.
 */
export async function caseAsTask(baton: BatonClient, caseId: string, telling: Telling): Promise<Task> {
  const status = await baton.status(caseId);
  const transcript = await orNone(() => baton.transcript(caseId));
  const state = stateOf(status);
  const last = transcript?.findLast((one) => one.from.kind === 'agent' || one.from.kind === 'person');
  const words = last && [textPart(last.text)];
  const told = { taskId: caseId, contextId: telling.contextId };
  const { historyLength = 50 } = telling;
  return {
    id: caseId,
    contextId: telling.contextId,
    status: {
      state,
      message: last && messageOf(last, told),
      timestamp: last?.at ?? new Date().toISOString(),
    },
    artifacts:
      state === TaskState.TASK_STATE_COMPLETED && words
        ? [
            {
              artifactId: 'answer',
              name: '',
              description: '',
              parts: words,
              metadata: undefined,
              extensions: [],
            },
          ]
        : [],
    history:
      historyLength <= 0 ? [] : (transcript ?? []).slice(-historyLength).map((one) => messageOf(one, told)),
    metadata: telling.withReport ? underExtension(await reportOf(baton, caseId, status)) : undefined,
  };
}

/** Where a case stands, in the words of A2A. */
export function stateOf({ stage, outcome }: Pick<StatusAnswer, 'stage' | 'outcome'>): TaskState {
  switch (stage) {
    case 'opening':
      return TaskState.TASK_STATE_SUBMITTED;
    case 'waiting-user':
      return TaskState.TASK_STATE_INPUT_REQUIRED;
    case 'closed':
      if (outcome?.kind === 'cancelled') return TaskState.TASK_STATE_CANCELED;
      return outcome?.kind === 'failed' ? TaskState.TASK_STATE_FAILED : TaskState.TASK_STATE_COMPLETED;
    case 'working':
    case 'pending':
    case 'waiting-person':
    case 'human':
    case 'parked':
    case 'unwinding':
    case 'closing':
      return TaskState.TASK_STATE_WORKING;
  }
}

async function reportOf(baton: BatonClient, caseId: string, status: StatusAnswer): Promise<A2aReport> {
  const { stage, outcome, saga } = status;
  const view = await orNone(() => baton.show(caseId));
  return {
    version: '1.0.0',
    caseId,
    stage,
    ...(outcome?.kind === 'finished' ? { outcome: outcome.outcome } : {}),
    ...(saga ? { saga } : {}),
    ...(view ? { writes: view.effects.filter((one) => one.status !== 'undone').length } : {}),
  };
}

/** Without a worker a case still says where it stands, and no more. */
async function orNone<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (thrown) {
    if (isBatonError(thrown) && (thrown.code === 'NO_WORKER' || thrown.code === 'CASE_CLOSED'))
      return undefined;
    throw thrown;
  }
}

function messageOf(
  { id, from, text }: Message,
  { taskId, contextId }: { readonly taskId: string; readonly contextId: string },
): A2aMessage {
  return {
    messageId: id,
    contextId,
    taskId,
    role: from.kind === 'user' ? Role.ROLE_USER : Role.ROLE_AGENT,
    parts: [textPart(text)],
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
}

function textPart(text: string): Part {
  return {
    content: { $case: 'text', value: text },
    metadata: undefined,
    filename: '',
    mediaType: 'text/plain',
  };
}
