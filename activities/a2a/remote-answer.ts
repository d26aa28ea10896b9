import type { Artifact, Message, Part, SendMessageResult, Task } from '@a2a-js/sdk';
import { BatonError, failure, type Failure } from '../../contract/failures.ts';
import { readReport, type A2aReport } from '../../contract/a2a.ts';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import { remoteTaskStateSchema, type RemoteTaskState } from '../../contract/remote-task.ts';
import { cutText } from '../../contract/text.ts';
import { idSchema } from '../../contract/words.ts';

/** What an agent of another vendor answered, read. */
export type RemoteAnswer =
  | {
      readonly kind: 'task';
      readonly taskId: string;
      readonly state: RemoteTaskState;
      /** What it says with its state. */
      readonly words: string;
      /** Texts of what it made. */
      readonly made: string;
      /** Structured data of what it made, the objects merged, later ones over earlier ones. */
      readonly data: JsonObject;
      /** Ids of messages that it remembers. */
      readonly remembers: readonly string[];
      /** What a team of Baton says of the case behind it. */
      readonly report?: A2aReport;
    }
  /** It answered at once, and made no task of it. */
  | { readonly kind: 'message'; readonly words: string; readonly data: JsonObject };

/** Numbers of the states in the protocol's schema. */
const STATES: readonly (RemoteTaskState | undefined)[] = [
  undefined,
  'submitted',
  'working',
  'completed',
  'failed',
  'canceled',
  'input-required',
  'rejected',
  'auth-required',
];

/**
 * Reads an answer of the SDK. Its types promise more than the SDK checks: whatever another vendor sends is looked at
 * as if nothing were known of it.
 * @throws BatonError `A2A_ANSWER_INVALID`
 */
export function readAnswer(result: SendMessageResult): RemoteAnswer {
  const value: unknown = result;
  if (!isJsonObject(value)) throw invalid('neither a task nor a message');
  return 'messageId' in value ? readMessage(result as Message) : readTask(result as Task);
}

function readMessage(message: Message): RemoteAnswer {
  return { kind: 'message', words: textOf(message.parts), data: dataOf(message.parts) };
}

/** @throws BatonError `A2A_ANSWER_INVALID` */
export function readTask(task: Task): Extract<RemoteAnswer, { kind: 'task' }> {
  const id = idSchema().safeParse(task.id);
  if (!id.success) throw invalid('its task has no id that could be one');
  const state = remoteTaskStateSchema().safeParse(STATES[task.status?.state ?? 0]);
  if (!state.success) throw invalid(`task ${id.data} has no state that A2A 1.0 knows`);
  const artifacts = listOf<Artifact>(task.artifacts);
  const read = readReport(task.metadata);
  if (!read.ok) throw unreadable(read.failure);
  const { value: report } = read;
  return {
    kind: 'task',
    taskId: id.data,
    state: state.data,
    words: textOf(task.status?.message?.parts),
    made: textOf(artifacts.flatMap((one) => listOf<Part>(one.parts))),
    data: dataOf(artifacts.flatMap((one) => listOf<Part>(one.parts))),
    remembers: listOf<Message>(task.history).map((one) => one.messageId),
    ...(report ? { report } : {}),
  };
}

function textOf(parts: readonly Part[] | undefined): string {
  return listOf<Part>(parts)
    .flatMap(({ content }) =>
      content?.$case === 'text' && typeof content.value === 'string' ? [content.value] : [],
    )
    .join('\n')
    .trim();
}

function dataOf(parts: readonly Part[] | undefined): JsonObject {
  const objects = listOf<Part>(parts).flatMap(({ content }) => {
    const value: unknown = content?.$case === 'data' ? content.value : undefined;
    return isJsonObject(value) ? [value] : [];
  });
  return Object.assign({}, ...objects) as JsonObject;
}

function listOf<Item>(value: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(value) ? (value as readonly Item[]) : [];
}

/** What it says under our extension must be what that is: a version that nobody here reads is named as such. */
function unreadable({ code, message, field }: Failure): BatonError {
  return new BatonError(
    code === 'VERSION_UNSUPPORTED'
      ? { code, message, ...(field === undefined ? {} : { field }) }
      : failure('A2A_ANSWER_INVALID', cutText(message, 1_000), field),
  );
}

function invalid(detail: string): BatonError {
  return new BatonError(failure('A2A_ANSWER_INVALID', detail));
}
