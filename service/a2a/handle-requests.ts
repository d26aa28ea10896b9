import type { Message, Part, SendMessageRequest, StreamResponse, Task } from '@a2a-js/sdk';
import {
  RequestMalformedError,
  TaskNotCancelableError,
  TaskNotFoundError,
  UnsupportedOperationError,
} from '@a2a-js/sdk/errors';
import type { A2ARequestHandler, ServerCallContext } from '@a2a-js/sdk/server';
import type { BatonClient, OpenInput } from '../../client/index.ts';
import { HANDOFF_EXTENSION, readHandoff, type A2aHandoff } from '../../contract/a2a.ts';
import { isBatonError, isFailureCode } from '../../contract/failures.ts';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import { REASON_CHARACTERS } from '../../contract/limits.ts';
import { caseIdWithin } from '../../contract/tenant.ts';
import { cutText } from '../../contract/text.ts';
import { actsAsUser, requireRole } from '../access/permissions.ts';
import type { Principal } from '../access/principal.ts';
import { statusOf } from '../http/problems.ts';
import { caseAsTask, isOver, seeCase, type Telling } from './case-as-task.ts';
import { openPushDoor, type PushedTask, type Pushes } from './push-configs.ts';
import { cardOf, type ServedTeam } from './served-team.ts';
import { contextOfTask, prefixOfContext, taskIdOf } from './task-ids.ts';
import { taskUpdates, type Following } from './task-updates.ts';

/** A team as it is served. */
export interface ServedAgent {
  readonly baton: BatonClient;
  readonly served: ServedTeam;
  /** How clients are told of their tasks; they ask for them when absent. */
  readonly pushes: Pushes | undefined;
}

/** The connection on which a stream of updates goes out. */
export interface UpdateStream {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** What whoever comes back was last told: number of a ledger row. */
  readonly after: number | undefined;
  /** The ledger row up to which all was told, with what was given out last. */
  offset?: number | undefined;
}

/**
 * What a team answers as an agent of A2A, for one principal. There is no store of tasks: a task is a case, opened, told
 * and ended by the same client as at any other door.
 */
export function handleRequests(
  { baton, served, pushes }: ServedAgent,
  { principal, stream }: { readonly principal: Principal; readonly stream: UpdateStream },
): A2ARequestHandler {
  const { team } = served;
  const card = cardOf(served, { pushes: pushes !== undefined });
  const pushDoor = openPushDoor(pushes);

  function tellingOf(
    id: string,
    context: ServerCallContext,
    historyLength?: number,
    whole = true,
  ): { readonly caseId: string; readonly telling: Telling } {
    const contextId = contextOfTask(principal, team, id);
    const caseId = caseIdWithin(principal.tenant, id);
    if (contextId === undefined || caseId === undefined) throw new TaskNotFoundError(`no task ${id}`);
    const withReport = context.requestedExtensions?.includes(HANDOFF_EXTENSION) ?? false;
    if (withReport) context.addActivatedExtension(HANDOFF_EXTENSION);
    return { caseId, telling: { contextId, historyLength, withReport, withState: withReport && whole } };
  }

  async function taskOf(
    id: string,
    context: ServerCallContext,
    historyLength?: number,
    whole = true,
  ): Promise<Task> {
    const { caseId, telling } = tellingOf(id, context, historyLength, whole);
    return orNotFound(id, async () => caseAsTask(await seeCase(baton, caseId), telling));
  }

  /** Opens a case with a message, or says it in the one that it names. @returns the task's id */
  async function accept(sending: Sending, context: ServerCallContext): Promise<string> {
    const undo = await pushFirst(sending);
    try {
      return await sayIn(sending, context);
    } catch (thrown) {
      await undo();
      throw thrown;
    }
  }

  async function sayIn({ message }: Sending, context: ServerCallContext): Promise<string> {
    if (message.taskId === '') {
      requireRole(principal, 'open');
      return open(message);
    }
    requireRole(principal, 'speak');
    const { id } = await taskOf(message.taskId, context, 0);
    const text = textOf(message.parts);
    if (text === '') throw new RequestMalformedError('message.parts: no text');
    await baton.say(id, { messageId: idOf(message), text });
    return id;
  }

  /** The task that a configuration is for. @throws TaskNotFoundError for one that is not there for the principal */
  async function pushedTask(id: string, context: ServerCallContext): Promise<PushedTask> {
    requireRole(principal, 'follow-case');
    const task = await taskOf(id, context, 0);
    return { caseId: task.id, contextId: task.contextId };
  }

  /** Before the task begins: it is told of its first answer, too. */
  async function pushFirst({ message, configuration }: Sending): Promise<() => Promise<void>> {
    const wanted = configuration?.taskPushNotificationConfig;
    if (!wanted) return () => Promise.resolve();
    requireRole(principal, 'follow-case');
    const id = message.taskId === '' ? taskIdOf(principal, team, message) : message.taskId;
    const caseId = caseIdWithin(principal.tenant, id);
    const contextId = contextOfTask(principal, team, id);
    if (caseId === undefined || contextId === undefined) throw new TaskNotFoundError(`no task ${id}`);
    // The same request again is the same configuration.
    const named = wanted.id === '' ? { ...wanted, id: `of-${id.slice(-16)}` } : wanted;
    const { id: configId } = await pushDoor.put({ caseId, contextId }, named);
    return () => pushDoor.remove({ caseId, contextId }, configId);
  }

  async function* follow(
    id: string,
    context: ServerCallContext,
    following: Following,
  ): AsyncGenerator<StreamResponse, void, undefined> {
    const { caseId, telling } = tellingOf(id, context);
    for await (const { offset, response } of taskUpdates(
      baton,
      { caseId, telling, following },
      stream.signal,
    )) {
      stream.offset = offset;
      yield response;
    }
  }

  async function open(message: Message): Promise<string> {
    const id = taskIdOf(principal, team, message);
    const handoff = handoffIn(message);
    const text = textOf(message.parts);
    const definition = handoff?.definition ?? (text === '' ? `A task of ${principal.name}` : text);
    const facts = handoff?.facts ?? factsIn(message.parts);
    const { caseId } = await baton.open(
      {
        team,
        task: { definition: cutText(definition, REASON_CHARACTERS) },
        facts: facts as Readonly<Record<string, never>>,
        openedBy: principal.name,
        channel: 'a2a',
        ...(text === '' ? {} : { message: { id: idOf(message), text } }),
        ...(handoff?.locale === undefined ? {} : { locale: handoff.locale }),
        ...(handoff ? handedOverIn(handoff) : {}),
        ...(actsAsUser(principal, 'open') ? { user: { id: principal.name } } : {}),
      },
      { caseId: id, tenant: principal.tenant },
    );
    return caseId;
  }

  return {
    getAgentCard: () => Promise.resolve(card),
    getAuthenticatedExtendedAgentCard: () => Promise.resolve(card),
    sendMessage: inProtocol(async (request, context) => {
      const message = messageIn(request);
      const { configuration } = request;
      const id = await accept({ message, configuration }, context);
      return taskOf(id, context, configuration?.historyLength);
    }),
    getTask: (request, context) => taskOf(request.id, context, request.historyLength),
    listTasks: async (request, context) => {
      const prefix = prefixOfContext(principal, team, request.contextId);
      const { tenant } = principal;
      const idPrefix = caseIdWithin(tenant, prefix) ?? prefix;
      const found = await baton.list({
        tenant,
        team,
        idPrefix,
        limit: Math.min(request.pageSize ?? 50, 100),
      });
      const tasks = await Promise.all(
        // Of many tasks each says where it stands; of those of one context, and one alone, all.
        found.map((one) => taskOf(one.caseId, context, request.historyLength ?? 0, request.contextId !== '')),
      );
      return { tasks, nextPageToken: '', pageSize: tasks.length, totalSize: tasks.length };
    },
    cancelTask: inProtocol(async (request, context) => {
      const before = await taskOf(request.id, context, 0);
      requireRole(principal, 'cancel');
      try {
        await baton.cancel(before.id);
      } catch (thrown) {
        if (isBatonError(thrown) && ['CASE_CLOSED', 'CASE_TERMINATED'].includes(thrown.code))
          throw new TaskNotCancelableError(`task ${before.id} has ended`);
        throw thrown;
      }
      return taskOf(before.id, context, 0);
    }),
    sendMessageStream: async function* (request: SendMessageRequest, context) {
      const message = messageIn(request);
      requireRole(principal, 'follow-case');
      const id = await inProtocol(accept)({ message, configuration: request.configuration }, context);
      const said = textOf(message.parts) === '' ? {} : { messageId: idOf(message) };
      yield* follow(id, context, { kind: 'said', ...said });
    },
    resubscribe: async function* ({ id }, context) {
      requireRole(principal, 'follow-case');
      const task = await taskOf(id, context, 0);
      if (isOver(task.status?.state))
        throw new UnsupportedOperationError(`task ${id} has ended: GetTask tells how`);
      const { after } = stream;
      yield* follow(task.id, context, { kind: 'subscribed', ...(after === undefined ? {} : { after }) });
    },
    createTaskPushNotificationConfig: async (wanted, context) =>
      pushDoor.put(await pushedTask(wanted.taskId, context), wanted),
    getTaskPushNotificationConfig: async ({ taskId, id }, context) =>
      pushDoor.get(await pushedTask(taskId, context), id),
    listTaskPushNotificationConfigs: async ({ taskId }, context) => ({
      configs: await pushDoor.list(await pushedTask(taskId, context)),
      nextPageToken: '',
    }),
    deleteTaskPushNotificationConfig: async ({ taskId, id }, context) => {
      await pushDoor.remove(await pushedTask(taskId, context), id);
    },
  };
}

/** What the client refuses is the fault of whoever asks, and said so; what is ours stays in the log. */
function inProtocol<Request, Answer>(
  answer: (request: Request, context: ServerCallContext) => Promise<Answer>,
): (request: Request, context: ServerCallContext) => Promise<Answer> {
  return async (request, context) => {
    try {
      return await answer(request, context);
    } catch (thrown) {
      if (isBatonError(thrown) && isFailureCode(thrown.code) && statusOf(thrown.code) < 500)
        throw new RequestMalformedError(`${thrown.code}: ${thrown.message}`);
      throw thrown;
    }
  };
}

function messageIn({ message }: SendMessageRequest): Message {
  if (!message || message.messageId === '')
    throw new RequestMalformedError('message.messageId: it is required');
  return message;
}

/** What somebody says, and how they want to hear of it. */
type Sending = { readonly message: Message; readonly configuration: SendMessageRequest['configuration'] };

/** Ids of messages are cut where a case keeps them; so is what is looked for by them. */
function idOf({ messageId }: Pick<Message, 'messageId'>): string {
  return cutText(messageId, 200);
}

/** @throws RequestMalformedError with code and field of the failure, in its words and in its metadata */
function handoffIn(message: Message): A2aHandoff | undefined {
  const read = readHandoff(message.metadata);
  if (read.ok) return read.value;
  const { code, message: words, field = 'handoff' } = read.failure;
  throw new RequestMalformedError({
    message: `${code}: ${cutText(words, 1_000)} (message.metadata["${HANDOFF_EXTENSION}"])`,
    metadata: { code, field },
  });
}

/** The three kinds of state that another house sends (H8); none of an older one, whose case opens as it ever did. */
function handedOverIn(handoff: A2aHandoff): Pick<OpenInput, 'handedOver'> {
  const { from, trace, memory, effects, provenance, takes } = handoff;
  if (!memory && !effects && !provenance && !takes) return {};
  return {
    handedOver: {
      ...(from === undefined ? {} : { from }),
      ...{ trace, effects: effects ?? [], provenance: provenance ?? [] },
      ...(memory ? { memory } : {}),
      ...(takes ? { takes } : {}),
    },
  };
}

function textOf(parts: readonly Part[]): string {
  return parts
    .flatMap(({ content }) => (content?.$case === 'text' ? [content.value] : []))
    .join('\n')
    .trim();
}

/** Facts of whoever does not know our extension: the member `facts` of structured data. */
function factsIn(parts: readonly Part[]): JsonObject {
  const found = parts.flatMap(({ content }) => {
    const value: unknown = content?.$case === 'data' ? content.value : undefined;
    return isJsonObject(value) && isJsonObject(value['facts']) ? [value['facts']] : [];
  });
  return Object.assign({}, ...found) as JsonObject;
}

async function orNotFound(id: string, ask: () => Promise<Task>): Promise<Task> {
  try {
    return await ask();
  } catch (thrown) {
    if (isBatonError(thrown) && thrown.code === 'CASE_UNKNOWN') throw new TaskNotFoundError(`no task ${id}`);
    throw thrown;
  }
}
