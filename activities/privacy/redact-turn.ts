import type { Envelope, Summary } from '../../contract/envelope.ts';
import type { Message } from '../../contract/conversation.ts';
import { REASON_CHARACTERS } from '../../contract/limits.ts';
import type { Wall } from '../../contract/redaction.ts';
import { kindsWalledOff, withReasons } from '../../contract/redaction.ts';
import type { AgentTurn, Intent } from '../../contract/turn.ts';
import { maskValue } from './mask.ts';
import { Redaction } from './redact.ts';

/** Characters that the contract lets short texts have. */
const SHORT = 100;

type Handover = Extract<Intent, { kind: 'transfer' | 'return' | 'escalate' }>;

/** The free text of a handover as its edge lets it cross. */
export function redactHandover<Intent extends Handover>(intent: Intent, redaction: Redaction): Intent {
  const { explanation, reasonCode, summary, completed, remaining, unable, flags, sentiment } = intent;
  return {
    ...intent,
    explanation: redaction.text(explanation, 'explanation', REASON_CHARACTERS),
    reasonCode: redaction.text(reasonCode, 'reasonCode', SHORT),
    ...(summary ? { summary: redactSummary(summary, redaction) } : {}),
    completed: redaction.texts(completed, 'completed', REASON_CHARACTERS),
    remaining: redaction.texts(remaining, 'remaining', REASON_CHARACTERS),
    unable: redaction.texts(unable, 'unable', REASON_CHARACTERS),
    ...(flags ? { flags: redaction.texts(flags, 'flags', SHORT) } : {}),
    ...(sentiment === undefined ? {} : { sentiment: redaction.text(sentiment, 'sentiment', SHORT) }),
  };
}

/** A summary as an edge lets it cross. */
export function redactSummary(summary: Summary, redaction: Redaction): Summary {
  return {
    decision: redaction.text(summary.decision, 'summary.decision', REASON_CHARACTERS),
    inputs: redaction.texts(summary.inputs, 'summary.inputs', REASON_CHARACTERS),
    openQuestions: redaction.texts(summary.openQuestions, 'summary.openQuestions', REASON_CHARACTERS),
  };
}

/**
 * Why an agent decided so, without personal data: every later owner reads it in the envelope's provenance, and the
 * ledger keeps it.
 */
export function redactReason(turn: AgentTurn, redaction: Redaction): AgentTurn {
  const { reason, elsewhere } = turn.provenance;
  if (reason === undefined && !elsewhere) return turn;
  const mask = (text: string): string => redaction.text(text, 'provenance.reason', REASON_CHARACTERS);
  return {
    ...turn,
    provenance: {
      ...turn.provenance,
      ...(reason === undefined ? {} : { reason: mask(reason) }),
      ...(elsewhere ? { elsewhere: withReasons(elsewhere, mask) } : {}),
    },
  };
}

/** The envelope as the walls around its receiver let it be seen: what the case was opened with, and why others decided. */
export function redactEnvelope(envelope: Envelope): Envelope {
  const kinds = kindsWalledOff(envelope.transfer?.walls, 0);
  if (kinds.length === 0) return envelope;
  const redaction = new Redaction(kinds);
  const list = (texts: readonly string[]): string[] => redaction.texts(texts, 'task', REASON_CHARACTERS);
  const { task, user, provenance, handedOver } = envelope;
  const mask = (reason: string): string => redaction.text(reason, 'provenance', REASON_CHARACTERS);
  const name = user?.name;
  const hidesNames = kinds.includes('name');
  return {
    ...envelope,
    task: {
      ...task,
      definition: redaction.text(task.definition, 'task', REASON_CHARACTERS),
      acceptance: list(task.acceptance),
      completed: list(task.completed),
      remaining: list(task.remaining),
      unable: list(task.unable),
    },
    provenance: provenance.map((entry) => ({
      ...entry,
      ...(entry.reason === undefined ? {} : { reason: mask(entry.reason) }),
      ...(entry.elsewhere ? { elsewhere: withReasons(entry.elsewhere, mask) } : {}),
    })),
    ...(handedOver ? { handedOver: withReasons(handedOver, mask) } : {}),
    ...(user
      ? {
          user: {
            ...user,
            ...(name === undefined
              ? {}
              : { name: hidesNames ? maskValue('name', name) : redaction.text(name, 'user') }),
            ...(user.preferences
              ? {
                  preferences: redaction.facts(user.preferences, () => []) as typeof user.preferences,
                }
              : {}),
          },
        }
      : {}),
  };
}

/** The conversation as walls let it be seen: each message masked by the walls that stand before it. */
export function redactConversation(
  conversation: readonly Message[],
  walls: readonly Wall[] | undefined,
): readonly Message[] {
  if (!walls || walls.length === 0) return conversation;
  return conversation.map((message) => {
    const kinds = kindsWalledOff(walls, message.sequence);
    return kinds.length === 0 ? message : redactMessage(message, new Redaction(kinds));
  });
}

/** A mask reaches words alone: addresses and digests of recordings and files stay behind the wall. */
function redactMessage(message: Message, redaction: Redaction): Message {
  const text = redaction.text(message.text, 'text');
  const asked = message.missing?.map(({ fact, why, question }) => ({
    fact,
    why: redaction.text(why, 'why', REASON_CHARACTERS),
    ...(question === undefined ? {} : { question: redaction.text(question, 'question', REASON_CHARACTERS) }),
  }));
  const missing = asked ? { missing: asked } : {};
  switch (message.kind) {
    case undefined:
    case 'text':
      return { ...message, text, ...missing };
    case 'voice': {
      const { audio, ...voice } = message.voice;
      return { ...message, text, voice: audio ? { ...voice, audio: unreachable(audio) } : voice };
    }
    case 'file': {
      const { name, ...file } = message.file;
      return { ...message, text, file: { name: redaction.text(name, 'file'), ...unreachable(file) } };
    }
  }
}

function unreachable<Stored extends { readonly mediaType: string; readonly bytes: number }>({
  mediaType,
  bytes,
}: Stored): Pick<Stored, 'mediaType' | 'bytes'> {
  return { mediaType, bytes };
}
