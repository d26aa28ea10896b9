import { Role, TaskState, type Message as A2aMessage, type Part, type Task } from '@a2a-js/sdk';
import type { BatonClient, StatusAnswer } from '../../client/index.ts';
import type { CaseView } from '../../contract/case.ts';
import { stateOnWire, taskStateOf, underExtension, type A2aReport } from '../../contract/a2a.ts';
import type { Message } from '../../contract/conversation.ts';
import { isBatonError } from '../../contract/failures.ts';

/** How a case is told as a task. */
export interface Telling {
  readonly contextId: string;
  /** Messages of the conversation, the newest; none when 0. */
  readonly historyLength: number | undefined;
  /** Whether the caller knows our extension. */
  readonly withReport: boolean;
  /** Whether the report says what the team hands back, once the case is over (H8). */
  readonly withState: boolean;
}

/** A case as it was seen at one moment. */
export interface SeenCase {
  readonly status: StatusAnswer;
  /** Everything about it; absent without a worker. */
  readonly view?: CaseView;
}

/**
 * Looks at a case. Without a worker it still says where it stands, and no more.
 * @throws BatonError `CASE_UNKNOWN`, `SERVER_UNREACHABLE`
 */
export async function seeCase(baton: BatonClient, caseId: string): Promise<SeenCase> {
  const status = await baton.status(caseId);
  if (!status.live) return { status };
  try {
    const view = await baton.show(caseId);
    return { status: { ...view, live: true }, view };
  } catch (thrown) {
    if (isBatonError(thrown) && (thrown.code === 'NO_WORKER' || thrown.code === 'CASE_CLOSED'))
      return { status };
    throw thrown;
  }
}

/**
 * A case as a task of A2A: the case is the truth, and a task is a way to look at it. What waits for people is still being
 * worked on: whoever asks can do nothing about it.
 */
export function caseAsTask(seen: SeenCase, telling: Telling): Task {
  const { status, view } = seen;
  const { caseId: id } = status;
  const { contextId, historyLength = 50 } = telling;
  const told = { taskId: id, contextId };
  const transcript = view?.transcript ?? [];
  const state = stateOf(status);
  const last = transcript.findLast(isAnswer);
  return {
    id,
    contextId,
    status: {
      state,
      message: last && messageOf(last, told),
      timestamp: last?.at ?? new Date().toISOString(),
    },
    artifacts:
      state === TaskState.TASK_STATE_COMPLETED && last
        ? [
            {
              artifactId: 'answer',
              name: '',
              description: '',
              parts: [textPart(last.text)],
              metadata: undefined,
              extensions: [],
            },
          ]
        : [],
    history: historyLength <= 0 ? [] : transcript.slice(-historyLength).map((one) => messageOf(one, told)),
    metadata: telling.withReport ? underExtension(reportOf(seen, telling)) : undefined,
  };
}

/** Whether a message is for whoever asked: what they have said themselves they know. */
export function isAnswer({ from }: Message): boolean {
  return from.kind === 'agent' || from.kind === 'person';
}

/** Where a case stands, as the SDK has it. */
export function stateOf(status: Pick<StatusAnswer, 'stage' | 'outcome'>): TaskState {
  return TaskState[stateOnWire(taskStateOf(status)) as keyof typeof TaskState];
}

/** Whether nothing more comes of a task. */
export function isOver(state: TaskState | undefined): boolean {
  switch (state) {
    case TaskState.TASK_STATE_COMPLETED:
    case TaskState.TASK_STATE_FAILED:
    case TaskState.TASK_STATE_CANCELED:
    case TaskState.TASK_STATE_REJECTED:
      return true;
    case TaskState.TASK_STATE_SUBMITTED:
    case TaskState.TASK_STATE_WORKING:
    case TaskState.TASK_STATE_INPUT_REQUIRED:
    case TaskState.TASK_STATE_AUTH_REQUIRED:
    case TaskState.TASK_STATE_UNSPECIFIED:
    case TaskState.UNRECOGNIZED:
    case undefined:
      return false;
  }
}

function reportOf({ status, view }: SeenCase, { withState }: Telling): A2aReport {
  const { caseId, stage, outcome, saga } = status;
  const { memory, effects, provenance } = (withState ? view?.handedBack : undefined) ?? {};
  return {
    version: '1.0.0',
    caseId,
    stage,
    ...(outcome?.kind === 'finished' ? { outcome: outcome.outcome } : {}),
    ...(saga ? { saga } : {}),
    ...(view ? { writes: view.effects.filter((one) => one.status !== 'undone').length } : {}),
    ...(memory ? { memory: memory as NonNullable<A2aReport['memory']> } : {}),
    ...(effects ? { effects: [...effects] } : {}),
    ...(provenance ? { provenance: [...provenance] } : {}),
  };
}

/** A message of a conversation, as A2A has it. */
export function messageOf(
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
