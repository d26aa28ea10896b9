import type { AskedQuestion } from '../../contract/activities.ts';
import type { ContextReference } from '../../contract/context.ts';
import type { Message } from '../../contract/conversation.ts';
import type { Envelope, Transfer } from '../../contract/envelope.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { AgentTurn } from '../../contract/turn.ts';
import {
  joinMemory,
  joinResults,
  workingMemoryOf,
  type WorkingMemory,
} from '../../contract/working-memory.ts';
import type { AskingLine } from './answers.ts';
import type { RehearsedInput } from './rehearsal.ts';

/** Where an agent stands between two turns: what the case would carry for it. */
export interface Line extends AskingLine {
  readonly facts: JsonObject;
  readonly memory: WorkingMemory;
  readonly conversation: readonly Message[];
  /** Sequence of the last message that it has answered. */
  readonly answeredUpTo: number;
  readonly task: Envelope['task'];
  /** How the case came to it; absent for who has it first, and for who is asked. */
  readonly transfer?: Transfer;
  /** The question it works on; absent where it has the case. */
  readonly asked?: AskedQuestion;
  /** Questions that what it writes is written for, the outermost first: by them it is taken back. */
  readonly askedFor: readonly string[];
  /** Last entry of its thread with its model. */
  readonly thread?: ContextReference;
}

/** A line once its agent is told what is new. */
export function withInput(line: Line, { says = [], facts = {} }: RehearsedInput): Line {
  const texts = typeof says === 'string' ? [says] : says;
  return {
    ...line,
    facts: { ...line.facts, ...facts },
    conversation: texts.reduce((all, text) => withMessage(all, { kind: 'user' }, text), line.conversation),
  };
}

/** A line once its agent has taken a turn. */
export function withTurn(line: Line, turn: AgentTurn, thread: ContextReference | undefined): Line {
  const { intent, say, recordsRead = [], workingMemory: stated = {} } = turn;
  const spoken = [say, 'text' in intent ? intent.text : undefined].flatMap((text) => text ?? []);
  const rests = intent.kind === 'reply' || intent.kind === 'finish';
  const memory = joinMemory(line.memory, workingMemoryOf({ intent: stated.intent, recordsRead }));
  return {
    ...line,
    facts: { ...line.facts, ...turn.facts },
    memory: workingMemoryOf({
      ...memory,
      partialResults: joinResults(memory.partialResults, stated.partialResults),
    }),
    answeredUpTo: rests ? (line.conversation.at(-1)?.sequence ?? 0) : line.answeredUpTo,
    // What an agent says to whoever asks it, the user does not hear.
    conversation: line.asked
      ? line.conversation
      : spoken.reduce(
          (all, text) => withMessage(all, { kind: 'agent', name: line.agent }, text),
          line.conversation,
        ),
    ...(thread ? { thread } : {}),
  };
}

function withMessage(
  conversation: readonly Message[],
  from: Message['from'],
  text: string,
): readonly Message[] {
  const sequence = (conversation.at(-1)?.sequence ?? 0) + 1;
  const message = { id: `m${String(sequence)}`, sequence, at: new Date(0).toISOString(), from, text };
  return [...conversation, message];
}
