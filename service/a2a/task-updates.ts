import { TaskState, type StreamResponse, type TaskStatus } from '@a2a-js/sdk';
import type { BatonClient } from '../../client/index.ts';
import type { Message } from '../../contract/conversation.ts';
import { caseEvents } from '../events/case-events.ts';
import {
  caseAsTask,
  isAnswer,
  isOver,
  messageOf,
  seeCase,
  stateOf,
  type SeenCase,
  type Telling,
} from './case-as-task.ts';

/** Why somebody follows a task. */
export type Following =
  /** They said something, and follow until it is answered; no id where the task began without a word. */
  | { readonly kind: 'said'; readonly messageId?: string }
  /** They come to it, or come back: `after` is the last ledger row of which they were told. */
  | { readonly kind: 'subscribed'; readonly after?: number };

/** One thing to tell, and the ledger row up to which all is told with it. */
export interface TaskUpdate {
  readonly offset?: number;
  readonly response: StreamResponse;
}

/** What is asked about. */
export interface FollowedTask {
  readonly caseId: string;
  readonly telling: Telling;
  readonly following: Following;
}

/**
 * The task of a case as it is, and then every answer and every change of its state, until it has ended or waits for its
 * user. Told from the stream of the case's events, so that whoever comes back hears what is, and all that follows.
 * Where the case stands is asked once its rows are read up to there: no state overtakes the words before it.
 * @throws BatonError `CASE_UNKNOWN`, `SERVER_UNREACHABLE`
 */
export async function* taskUpdates(
  baton: BatonClient,
  { caseId, telling, following }: FollowedTask,
  signal: AbortSignal,
): AsyncGenerator<TaskUpdate, void, undefined> {
  let seen = await seeCase(baton, caseId);
  const begun = sequenceOf(seen);
  const tell = (status: TaskStatus): StreamResponse => statusUpdate(seen, telling, status);
  yield { offset: begun, response: { payload: { $case: 'task', value: caseAsTask(seen, telling) } } };
  let told = stateOf(seen.status);
  if (isOver(told)) return;

  const known = Math.min((following.kind === 'subscribed' ? following.after : undefined) ?? begun, begun);
  /** The row after which an answer must come, before a question to the user is the end. */
  let awaits = awaitedFrom(following, { known: seen.view ? known : UNSEEN, isAsked: isAsked(told) });
  let words: { readonly message: Message; readonly offset: number } | undefined;
  const from = following.kind === 'said' ? 0 : known;
  for await (const { data } of caseEvents(baton, caseId, { after: from, forUser: false, signal })) {
    const { offset, at, kind, content, message } = data;
    if (kind === 'message-received' && isSaid(following, content['messageId'])) awaits = offset;
    if (message && isAnswer(message)) {
      if (words) yield { offset: words.offset, response: tell(saying(words.message, telling, seen)) };
      words = offset > known ? { message, offset } : undefined;
      if (awaits !== undefined && offset > awaits) awaits = undefined;
    }
    if (offset < sequenceOf(seen)) continue;
    seen = await seeCase(baton, caseId);
    // The question was asked while no worker answered: it is known by now.
    if (awaits === UNSEEN && following.kind === 'subscribed' && seen.view) awaits = sequenceOf(seen);
    if (offset < sequenceOf(seen)) continue;
    const state = stateOf(seen.status);
    if (isOver(state) || (isAsked(state) && awaits === undefined)) break;
    if (words || state !== told) {
      const status = words
        ? saying(words.message, telling, seen)
        : { state, message: undefined, timestamp: at };
      yield { offset, response: tell({ ...status, state }) };
    }
    told = state;
    words = undefined;
  }
  if (signal.aborted) return;
  seen = await seeCase(baton, caseId);
  yield* lastUpdates(seen, telling, words?.message);
}

/** What there is to tell at the end: words that were not told yet, what was made, and where the task stands. */
function* lastUpdates(
  seen: SeenCase,
  telling: Telling,
  words: Message | undefined,
): Generator<TaskUpdate, void, undefined> {
  const { id: taskId, contextId, status, artifacts, metadata } = caseAsTask(seen, telling);
  if (words && words.id !== status?.message?.messageId)
    yield { response: statusUpdate(seen, telling, saying(words, telling, seen)) };
  for (const artifact of artifacts) {
    const value = { taskId, contextId, artifact, append: false, lastChunk: true, metadata };
    yield { response: { payload: { $case: 'artifactUpdate', value } } };
  }
  const offset = sequenceOf(seen);
  if (status) yield { offset, response: statusUpdate(seen, telling, status) };
}

function statusUpdate(seen: SeenCase, telling: Telling, status: TaskStatus): StreamResponse {
  const { id: taskId, contextId, metadata } = caseAsTask(seen, telling);
  return { payload: { $case: 'statusUpdate', value: { taskId, contextId, status, metadata } } };
}

function saying(message: Message, { contextId }: Telling, { status: { caseId } }: SeenCase): TaskStatus {
  return {
    state: TaskState.TASK_STATE_WORKING,
    message: messageOf(message, { taskId: caseId, contextId }),
    timestamp: message.at,
  };
}

/** A row that has not been seen: no answer comes after it. */
const UNSEEN = Number.POSITIVE_INFINITY;

function awaitedFrom(
  following: Following,
  { known, isAsked: asked }: { readonly known: number; readonly isAsked: boolean },
): number | undefined {
  switch (following.kind) {
    case 'said':
      return following.messageId === undefined ? undefined : UNSEEN;
    case 'subscribed':
      // Whoever comes to a question waits for what follows it; they have just been told the question.
      return asked ? known : undefined;
  }
}

function isSaid(following: Following, messageId: unknown): boolean {
  return following.kind === 'said' && following.messageId !== undefined && following.messageId === messageId;
}

function sequenceOf({ view }: SeenCase): number {
  return view?.ledger.sequence ?? 0;
}

function isAsked(state: TaskState): boolean {
  return state === TaskState.TASK_STATE_INPUT_REQUIRED;
}
