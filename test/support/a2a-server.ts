import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AgentCard,
  Role,
  TaskState,
  type Artifact,
  type Message,
  type Part,
  type Task,
  type TaskPushNotificationConfig,
} from '@a2a-js/sdk';
import {
  DefaultRequestHandler,
  DefaultPushNotificationSender,
  InMemoryPushNotificationStore,
  InMemoryTaskStore,
  JsonRpcTransportHandler,
  ServerCallContext,
  type AgentExecutor,
} from '@a2a-js/sdk/server';
import type { JsonObject } from '../../contract/json.ts';

/** What the agent of a test does with a message. */
export interface A2aStep {
  readonly state: keyof typeof TaskState;
  readonly text?: string;
  /** Structured data that it made. */
  readonly data?: JsonObject;
  /** Metadata of its task. */
  readonly metadata?: JsonObject;
}

/** An agent of another vendor: the official SDK's server on a port of this machine, with a scripted executor. */
export interface A2aTestServer {
  readonly url: string;
  /** Methods that were asked for, in order. */
  readonly methods: readonly string[];
  /** Messages that its executor got, in order. */
  readonly messages: readonly Message[];
  readonly headers: readonly IncomingMessage['headers'][];
  /** Moves a task on, as its agent would hours later. */
  readonly move: (contextId: string, step: A2aStep) => Promise<void>;
  readonly taskOf: (contextId: string) => Promise<Task | undefined>;
  /** Tells whoever asked to be told where a task stands, by the SDK's own sender. */
  readonly push: (contextId: string) => Promise<void>;
  /** Where it was asked to call about a task, and with which token. */
  readonly callbacks: (contextId: string) => Promise<readonly TaskPushNotificationConfig[]>;
  readonly close: () => Promise<void>;
}

/** How the server of a test is not as the SDK has it. */
export interface A2aTwists {
  readonly card?: Partial<AgentCard>;
  /** What becomes of the card before it is served. */
  readonly issue?: (card: AgentCard) => Promise<AgentCard>;
  /** Answers in place of the SDK: a whole body, or nothing at all once the request was carried out. */
  readonly instead?: (method: string, count: number) => string | { readonly cut: true } | undefined;
}

const context = new ServerCallContext({ requestedVersion: '1.0' });

/** Starts it; `steps` are played in order, one for each message. */
export async function startA2aServer(
  steps: readonly A2aStep[] | ((message: Message) => A2aStep),
  twists: A2aTwists = {},
): Promise<A2aTestServer> {
  const store = new InMemoryTaskStore();
  const pushes = new InMemoryPushNotificationStore();
  const messages: Message[] = [];
  const methods: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const tasks = new Map<string, string>();
  const executor: AgentExecutor = {
    execute: async ({ taskId, contextId, userMessage, task }, bus) => {
      messages.push(userMessage);
      const step = Array.isArray(steps)
        ? (steps as readonly A2aStep[])[messages.length - 1]
        : (steps as (message: Message) => A2aStep)(userMessage);
      if (!step) throw new Error('the script has no such message');
      tasks.set(contextId, taskId);
      const history = [...(task?.history ?? []), userMessage];
      bus.publish({ kind: 'task', data: taskOf({ taskId, contextId, history }, step) });
      bus.finished();
      await Promise.resolve();
    },
    cancelTask: async (taskId, bus) => {
      const task = await store.load(taskId, context);
      if (task)
        bus.publish({ kind: 'task', data: { ...task, status: statusOf({ state: 'TASK_STATE_CANCELED' }) } });
      bus.finished();
    },
  };
  const served: { card?: AgentCard; handler?: JsonRpcTransportHandler } = {};
  const server = createServer((request, response) => {
    void (async () => {
      if (request.url === '/.well-known/agent-card.json') {
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify(served.card && AgentCard.toJSON(served.card)));
        return;
      }
      const body = await bodyOf(request);
      const { method } = JSON.parse(body) as { readonly method: string };
      methods.push(method);
      headers.push(request.headers);
      const answer = await served.handler?.handle(body, context);
      const instead = twists.instead?.(method, methods.filter((one) => one === method).length);
      if (typeof instead === 'object') response.destroy();
      else response.setHeader('content-type', 'application/json').end(instead ?? JSON.stringify(answer));
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const card = {
    ...AgentCard.fromJSON({
      name: 'Parcels of another vendor',
      description: 'Finds parcels',
      version: '1.0.0',
      supportedInterfaces: [{ url: `${url}/a2a`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
      capabilities: { streaming: false, pushNotifications: false, extensions: [] },
      defaultInputModes: ['text/plain'],
      defaultOutputModes: ['text/plain'],
      skills: [{ id: 'find-parcel', name: 'Find a parcel', description: 'Says where it is', tags: [] }],
    }),
    ...twists.card,
  };
  served.card = twists.issue ? await twists.issue(card) : card;
  served.handler = new JsonRpcTransportHandler(
    new DefaultRequestHandler(card, store, executor, undefined, pushes),
  );
  const known = async (contextId: string): Promise<Task | undefined> =>
    store.load(tasks.get(contextId) ?? '', context);
  return {
    url,
    methods,
    messages,
    headers,
    taskOf: known,
    push: async (contextId) => {
      const task = await known(contextId);
      if (!task) throw new Error(`no task in ${contextId}`);
      const { id: taskId, status } = task;
      const value = { taskId, contextId, status, metadata: undefined };
      await new DefaultPushNotificationSender(pushes).send(
        { payload: { $case: 'statusUpdate', value } },
        context,
      );
    },
    callbacks: (contextId) => pushes.load(tasks.get(contextId) ?? '', context),
    move: async (contextId, step) => {
      const task = await known(contextId);
      if (!task) throw new Error(`no task in ${contextId}`);
      await store.save(taskOf({ taskId: task.id, contextId, history: task.history }, step), context);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function taskOf(
  {
    taskId,
    contextId,
    history,
  }: { readonly taskId: string; readonly contextId: string; readonly history: Message[] },
  step: A2aStep,
): Task {
  const done = step.state === 'TASK_STATE_COMPLETED';
  return {
    id: taskId,
    contextId,
    status: statusOf(step),
    artifacts: done ? [artifactOf(step)] : [],
    history,
    metadata: step.metadata,
  };
}

function statusOf({ state, text }: A2aStep): Task['status'] {
  const message: Message | undefined =
    text === undefined
      ? undefined
      : {
          messageId: `says ${text}`,
          contextId: '',
          taskId: '',
          role: Role.ROLE_AGENT,
          parts: [textPart(text)],
          metadata: undefined,
          extensions: [],
          referenceTaskIds: [],
        };
  return { state: TaskState[state], message, timestamp: new Date(0).toISOString() };
}

function artifactOf({ text, data }: A2aStep): Artifact {
  const parts: Part[] = [
    ...(text === undefined ? [] : [textPart(text)]),
    ...(data ? [{ ...textPart(''), content: { $case: 'data' as const, value: data } }] : []),
  ];
  return { artifactId: 'made', name: '', description: '', parts, metadata: undefined, extensions: [] };
}

function textPart(text: string): Part {
  return {
    content: { $case: 'text', value: text },
    metadata: undefined,
    filename: '',
    mediaType: 'text/plain',
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}
