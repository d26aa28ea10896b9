import type { TurnInput } from '../../contract/activities.ts';
import type { Envelope } from '../../contract/envelope.ts';
import type { ContextStore } from '../../contract/ports.ts';
import { redactEnvelope } from '../privacy/redact-turn.ts';
import { readKeptTexts } from './kept-texts.ts';
import type { Received } from './receive.ts';

/** The envelope as the walls around the agent let it be seen: nothing behind this line reads the raw one (X5). */
export function asSeen(
  parsed: Envelope,
  { task, user, transfer, provenance, handedOver, memory }: Envelope,
): Envelope {
  const { intent, recordsRead } = memory;
  return redactEnvelope({
    ...parsed,
    task,
    provenance,
    memory: {
      ...parsed.memory,
      ...(intent === undefined ? {} : { intent }),
      ...(recordsRead ? { recordsRead } : {}),
    },
    ...(user ? { user } : {}),
    ...(transfer ? { transfer } : {}),
    ...(handedOver ? { handedOver } : {}),
  });
}

/**
 * The input with what was kept in its places: in a private team no payload holds what was said. Facts are read with
 * those that the owner declares, and rows of the ledger never are.
 */
export async function withTexts(context: ContextStore | undefined, sent: TurnInput): Promise<TurnInput> {
  const { envelope, conversation, answers, notices, asked } = sent;
  const { task, user, transfer, provenance, handedOver, memory } = envelope;
  const { intent, recordsRead } = memory;
  const texts = await readKeptTexts(context, sent.caseId, {
    said: { conversation, answers, notices, ...(asked ? { asked } : {}) },
    enclosed: {
      ...{ task, provenance },
      ...(user ? { user } : {}),
      ...(transfer ? { transfer } : {}),
      ...(handedOver ? { handedOver } : {}),
    },
    working: { intent, recordsRead },
  });
  const { working } = texts;
  return {
    ...sent,
    ...texts.said,
    envelope: {
      ...envelope,
      ...texts.enclosed,
      memory: {
        ...memory,
        ...(working.intent === undefined ? {} : { intent: working.intent }),
        ...(working.recordsRead ? { recordsRead: working.recordsRead } : {}),
      },
    },
  };
}

/** Who is given an envelope of a private team reads values in it, and no references. */
export function withValues(
  envelope: Envelope,
  { facts, memory }: Pick<Received, 'facts' | 'memory'>,
): Envelope {
  const { partialResults } = memory;
  return {
    ...envelope,
    memory: {
      ...envelope.memory,
      facts: facts as Envelope['memory']['facts'],
      ...(partialResults ? { partialResults } : {}),
    },
  };
}
