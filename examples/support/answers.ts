import type { Turn } from '../../activities/agent.ts';
import type { Message } from '../../contract/conversation.ts';
import type { CallAnswer } from '../../contract/activities.ts';

/** The answer to the call of a tool that the agent asked for on its turn before. */
export function answerTo(
  turn: Pick<Turn<unknown>, 'answers'>,
  tool: string,
): CallAnswer['answer'] | undefined {
  return turn.answers.find((one) => one.tool === tool)?.answer;
}

/** What the user has said since the last answer, as one text. */
export function askedIn(turn: Pick<Turn<unknown>, 'unanswered'>): string {
  return turn.unanswered
    .filter((message: Message) => message.from.kind === 'user')
    .map((message) => message.text)
    .join('\n');
}

/** Whether the user agrees, in the languages of the desk. */
export function agrees(text: string): boolean {
  return (
    /^\s*(yes|please do|ok|fine|haa?n|ji haa?n|theek)\b/i.test(text) ||
    /^\s*(हाँ|हां|जी|ठीक|ஆம்|ஆமா|சரி|అవును|సరే)/u.test(text)
  );
}
