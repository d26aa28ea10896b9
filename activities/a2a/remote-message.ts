import { randomUUID } from 'node:crypto';
import type { Part, Role, SendMessageRequest } from '@a2a-js/sdk';
import { HANDOFF_EXTENSION, underExtension, type A2aHandoff } from '../../contract/a2a.ts';
import type { Message } from '../../contract/conversation.ts';
import { bareProvenance } from '../../contract/envelope.ts';
import type { JsonObject } from '../../contract/json.ts';
import { EFFECTS_ELSEWHERE, PROVENANCE_ENTRIES } from '../../contract/limits.ts';
import type { RemoteTask } from '../../contract/remote-task.ts';
import type { MemoryNames, WorkingMemory } from '../../contract/working-memory.ts';
import type { Turn } from '../agent.ts';
import type { A2aCard } from './connection.ts';

/**
 * Number of a user's role in the protocol's schema: whoever asks is a user to the one who is asked. Not the SDK's own
 * name for it, which would load the SDK with every worker.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- see above
const ROLE_USER = 1 as Role;

/** What a first message is made with. */
export interface Composing {
  readonly remote: RemoteTask;
  readonly card: A2aCard;
  /** Empty for a new one. */
  readonly messageId: string;
  /** What crosses of the working memory: cut to what the agent takes up. */
  readonly memory?: WorkingMemory | undefined;
  /** What of the other side's working memory is wanted back. */
  readonly takes?: MemoryNames | undefined;
}

/** Messages that the other side was not told. */
export function newsFor(turn: Turn<JsonObject>, remote: RemoteTask): readonly Message[] {
  return turn.unanswered.filter((message) => message.sequence > remote.toldUpTo);
}

/**
 * What another vendor's agent is told: words that any agent reads, facts as data, and, where it knows our extension, the
 * handoff itself. All of it has come over the edge: cut to what the agent accepts, masked as the edge says (I6, X5).
 */
export function composeMessage(turn: Turn<JsonObject>, composing: Composing): SendMessageRequest {
  const { remote, card, messageId } = composing;
  const isFirst = remote.taskId === undefined;
  const words = isFirst ? openingWords(turn, remote) : textsOf(newsFor(turn, remote));
  const facts = isFirst && Object.keys(turn.facts).length > 0 ? [dataPart({ facts: turn.facts })] : [];
  return {
    tenant: '',
    message: {
      messageId: messageId === '' ? randomUUID() : messageId,
      contextId: remote.key,
      taskId: remote.taskId ?? '',
      role: ROLE_USER,
      parts: [textPart(words), ...facts],
      metadata: isFirst && card.takesHandoffs ? underExtension(handoffOf(turn, composing)) : undefined,
      extensions: card.takesHandoffs ? [HANDOFF_EXTENSION] : [],
      referenceTaskIds: [],
    },
    configuration: {
      acceptedOutputModes: ['text/plain', 'application/json'],
      taskPushNotificationConfig: undefined,
      historyLength: 20,
      returnImmediately: true,
    },
    metadata: undefined,
  };
}

function openingWords(turn: Turn<JsonObject>, remote: RemoteTask): string {
  const { asked, transfer, task } = turn;
  if (asked) return asked.question;
  const summary = transfer?.summary ? [transfer.summary.decision] : [];
  const why = transfer ? [transfer.explanation, ...summary] : [];
  const said = textsOf(newsFor(turn, remote));
  return [task.definition, ...why, said].filter((part) => part !== '').join('\n\n');
}

function textsOf(messages: readonly Message[]): string {
  return messages.map(({ text }) => text).join('\n\n');
}

function handoffOf(
  { envelope, effects, asked, transfer, facts, language, locale }: Turn<JsonObject>,
  { remote, memory, takes }: Composing,
): A2aHandoff {
  const from = asked?.by ?? transfer?.from;
  const tongue = language ?? locale;
  return {
    version: '1.0.0',
    idempotencyKey: remote.key,
    trace: envelope.trace,
    ...(from === undefined ? {} : { from }),
    ...(transfer ? { reasonCode: transfer.reasonCode, explanation: transfer.explanation } : {}),
    ...(asked ? { reasonCode: asked.reasonCode } : {}),
    definition: asked?.question ?? envelope.task.definition,
    facts: facts as A2aHandoff['facts'],
    ...(memory ? { memory: memory as NonNullable<A2aHandoff['memory']> } : {}),
    // The task itself is no news to whoever is asked for it.
    effects: effects.filter(({ key }) => key !== remote.key).slice(-EFFECTS_ELSEWHERE),
    provenance: envelope.provenance.slice(-PROVENANCE_ENTRIES).map(bareProvenance),
    ...(takes ? { takes } : {}),
    ...(tongue === undefined ? {} : { locale: tongue }),
    ...(envelope.signature === undefined ? {} : { signature: envelope.signature }),
    ...(envelope.nonce === undefined ? {} : { nonce: envelope.nonce }),
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

function dataPart(value: JsonObject): Part {
  const mediaType = 'application/json';
  return { content: { $case: 'data', value }, metadata: undefined, filename: '', mediaType };
}
