import type { AgentCard, SendMessageRequest, TaskState } from '@a2a-js/sdk';
import type * as Sdk from '@a2a-js/sdk/client';
import type { Client, RequestOptions, TransportFactory } from '@a2a-js/sdk/client';
import type { A2aCallback } from '../../contract/a2a-callback.ts';
import { HANDOFF_EXTENSION } from '../../contract/a2a.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { PAYLOAD_BYTES } from '../../contract/limits.ts';
import { cutText } from '../../contract/text.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { readAnswer, readTask, type RemoteAnswer } from './remote-answer.ts';

/** Where an agent of another vendor is. */
export interface A2aLocation {
  /** Address of its card; `/.well-known/agent-card.json` below an address without a path. */
  readonly card: string;
  /** Headers of every request, such as `authorization`: asked for each time. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** How long it has to answer one request, in milliseconds; 10,000 when absent. */
  readonly timeoutMs?: number;
  /**
   * Where it may call when there is news of a task, if its card offers that (`readA2aCallback`); it is asked now and then
   * when absent, and now and then besides.
   */
  readonly callback?: A2aCallback | undefined;
  /**
   * Public keys of whoever may sign its card, as JWK with `kid`: a card that none of them has signed is refused. Signed
   * or not is the same when absent.
   */
  readonly cardKeys?: readonly CardKey[];
}

/** A public key as JWK, under the name by which a signature asks for it. */
export type CardKey = { readonly kty?: string; readonly kid: string; readonly [member: string]: unknown };

/** A task as it was read. */
type ReadTask = Extract<RemoteAnswer, { kind: 'task' }>;

/** An agent of another vendor, as far as its card says what it is. */
export interface A2aCard {
  readonly name: string;
  /** Ids of its skills. */
  readonly skills: readonly string[];
  /** Whether it calls when there is news of a task. */
  readonly pushes: boolean;
  /** Whether it is a team of Baton, or takes handoffs as one does. */
  readonly takesHandoffs: boolean;
}

/** Where an agent of another vendor is to call, and how it is known then. */
export interface CallRequest {
  readonly taskId: string;
  readonly url: string;
  readonly token: string;
}

/** Requests to an agent of another vendor. All throw failures of the catalogue. */
export interface A2aConnection {
  /** Its card, fetched once a minute at most. @throws BatonError `A2A_UNREACHABLE`, `A2A_CARD_UNFIT` */
  readonly card: () => Promise<A2aCard>;
  readonly send: (request: SendMessageRequest, signal: AbortSignal) => Promise<RemoteAnswer>;
  readonly get: (taskId: string, signal: AbortSignal) => Promise<ReadTask | undefined>;
  /** Tasks of a context, the newest first; undefined where the other side cannot say. */
  readonly find: (contextId: string, signal: AbortSignal) => Promise<readonly ReadTask[] | undefined>;
  /** Asks it to call when there is news of a task. @returns whether it says that it will */
  readonly askToCall: (request: CallRequest, signal: AbortSignal) => Promise<boolean>;
  /** Undefined where there is no such task, or nothing of it is left to end. */
  readonly cancel: (taskId: string, signal: AbortSignal) => Promise<ReadTask | undefined>;
}

/** How long a card counts, in milliseconds. */
const FRESH_MS = 60_000;
/** Messages of a task that are asked for, to see whether one has arrived. */
const HISTORY = 20;
/** Room around the largest payload for what its protocol says besides. */
const ANSWER_BYTES = PAYLOAD_BYTES + 65_536;

/** A connection that fetches the card at its first use. Nothing is asked yet. */
export function connectA2a(location: A2aLocation): A2aConnection {
  const fetchImpl = guardedFetch({
    origin: new URL(location.card).origin,
    headers: location.headers ?? (() => ({})),
    bytes: ANSWER_BYTES,
    timeoutMs: location.timeoutMs ?? 10_000,
  });
  let opened:
    { readonly client: Promise<{ client: Client; card: A2aCard }>; readonly at: number } | undefined;
  const open = (): Promise<{ client: Client; card: A2aCard }> => {
    if (opened && Date.now() - opened.at < FRESH_MS) return opened.client;
    const opening = { client: openClient(location, fetchImpl), at: Date.now() };
    opened = opening;
    opening.client.catch(() => {
      if (opened === opening) opened = undefined;
    });
    return opening.client;
  };
  const asked = async <Answer>(
    ask: (client: Client, options: RequestOptions) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> => {
    const { client, card } = await open();
    // Extensions are off unless they are asked for.
    const serviceParameters = card.takesHandoffs ? { 'A2A-Extensions': HANDOFF_EXTENSION } : {};
    try {
      return await ask(client, { signal, serviceParameters });
    } catch (thrown) {
      throw asFailure(thrown, signal);
    }
  };
  return {
    card: async () => (await open()).card,
    send: async (request, signal) =>
      readAnswer(await asked((client, options) => client.sendMessage(request, options), signal)),
    get: (id, signal) =>
      orAbsent(async () => {
        const request = { tenant: '', id, historyLength: HISTORY };
        return readTask(await asked((client, options) => client.getTask(request, options), signal));
      }, ['TASK_NOT_FOUND']),
    find: (contextId, signal) =>
      orAbsent(async () => {
        const request = { ...NO_LIST, contextId, historyLength: HISTORY, includeArtifacts: true };
        const { tasks } = await asked((client, options) => client.listTasks(request, options), signal);
        return tasks.map(readTask);
      }, ['METHOD_NOT_FOUND', 'UNSUPPORTED_OPERATION']),
    askToCall: async ({ taskId, url, token }, signal) => {
      const config = { tenant: '', id: 'baton', taskId, url, token, authentication: undefined };
      const made = await orAbsent(
        () => asked((client, options) => client.createTaskPushNotificationConfig(config, options), signal),
        undefined,
      );
      return made !== undefined;
    },
    cancel: (id, signal) =>
      orAbsent(async () => {
        const request = { tenant: '', id, metadata: undefined };
        return readTask(await asked((client, options) => client.cancelTask(request, options), signal));
      }, ['TASK_NOT_FOUND', 'TASK_NOT_CANCELABLE']),
  };
}

/** Tasks in any state. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the SDK's name for it would load the SDK
const ANY_STATE = 0 as TaskState;
const NO_LIST = { tenant: '', status: ANY_STATE, pageToken: '', statusTimestampAfter: undefined } as const;

async function openClient(
  { card: address, cardKeys }: Pick<A2aLocation, 'card' | 'cardKeys'>,
  fetchImpl: typeof fetch,
): Promise<{ client: Client; card: A2aCard }> {
  // Loaded by who has such an agent.
  const sdk = await import('@a2a-js/sdk/client');
  const cardResolver = new sdk.DefaultAgentCardResolver({ fetchImpl });
  const factory = new sdk.ClientFactory({
    transports: transportsOf(sdk, fetchImpl),
    cardResolver,
    clientConfig: { polling: true },
  });
  try {
    const url = new URL(address);
    const card = await cardResolver.resolve(address, url.pathname === '/' ? undefined : '');
    if (cardKeys) await requireSigned(card, cardKeys);
    const speaks = listOf(card.supportedInterfaces).some((one) => one.protocolVersion.startsWith('1.'));
    if (!speaks) throw new BatonError(failure('A2A_CARD_UNFIT', 'it offers no interface of A2A 1.0', 'card'));
    return { client: await factory.createFromAgentCard(card), card: readCard(card) };
  } catch (thrown) {
    if (isFailure(thrown)) throw thrown;
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    throw new BatonError(failure('A2A_CARD_UNFIT', `${address}: ${cutText(words, 300)}`, 'card'), {
      cause: thrown,
    });
  }
}

/** @throws BatonError `A2A_CARD_UNFIT` for a card that nobody has signed who may */
async function requireSigned(card: AgentCard, keys: readonly CardKey[]): Promise<void> {
  const { verifyAgentCardSignature } = await import('@a2a-js/sdk');
  const known = new Map(keys.map((key) => [key.kid, key]));
  // An address of keys in the card itself says nothing of who may sign it.
  const verify = verifyAgentCardSignature((kid) => {
    const key = known.get(kid);
    return key
      ? Promise.resolve(key)
      : Promise.reject(new Error(`nobody knows the key ${cutText(kid, 100)}`));
  });
  await verify(card).catch((thrown: unknown) => {
    const detail = `none of ${String(keys.length)} keys has signed it as it is`;
    throw new BatonError(failure('A2A_CARD_UNFIT', detail, 'card.signatures'), { cause: thrown });
  });
}

/** JSON-RPC and REST; gRPC would be a dependency of its own. */
function transportsOf(
  sdk: Pick<typeof Sdk, 'JsonRpcTransportFactory' | 'RestTransportFactory'>,
  fetchImpl: typeof fetch,
): TransportFactory[] {
  /* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- the SDK declares plain options as classes */
  const rpc = new sdk.JsonRpcTransportFactory({ fetchImpl });
  const rest = new sdk.RestTransportFactory({ fetchImpl });
  /* eslint-enable @typescript-eslint/no-unsafe-class-instance-assignment */
  return [rpc, rest];
}

function readCard(card: AgentCard): A2aCard {
  return {
    name: cutText(card.name, 200),
    skills: listOf(card.skills).map((one) => one.id),
    pushes: card.capabilities?.pushNotifications === true,
    takesHandoffs: listOf(card.capabilities?.extensions).some((one) => one.uri === HANDOFF_EXTENSION),
  };
}

function listOf<Item>(value: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(value) ? (value as readonly Item[]) : [];
}

/** A refusal of the protocol, by its reason. */
class ProtocolRefusal extends BatonError {
  readonly reason: string;
  constructor(reason: string, detail: string) {
    super(failure('A2A_REFUSED', detail));
    this.reason = reason;
  }
}

/** Code of a method that a server does not have (JSON-RPC 2.0). */
const METHOD_NOT_FOUND = -32_601;

function asFailure(thrown: unknown, signal: AbortSignal): unknown {
  if (isFailure(thrown) || signal.aborted) return thrown;
  const { reason, envelopeCode, message } = Object(thrown) as {
    readonly reason?: unknown;
    readonly envelopeCode?: unknown;
    readonly message?: unknown;
  };
  const words = cutText(typeof message === 'string' ? message : String(thrown), 500);
  if (envelopeCode === METHOD_NOT_FOUND) return new ProtocolRefusal('METHOD_NOT_FOUND', words);
  if (typeof reason === 'string') return new ProtocolRefusal(reason, words);
  return new BatonError(failure('A2A_ANSWER_INVALID', words), { cause: thrown });
}

function isFailure(thrown: unknown): boolean {
  return thrown instanceof Error && ['BatonError', 'ApplicationFailure'].includes(thrown.name);
}

async function orAbsent<Answer>(
  ask: () => Promise<Answer>,
  /** Refusals that say so; any, when undefined. */
  reasons: readonly string[] | undefined,
): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof ProtocolRefusal && (!reasons || reasons.includes(thrown.reason))) return undefined;
    throw thrown;
  }
}
