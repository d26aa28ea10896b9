import { z } from 'zod';
import type { AgentDefinition, Answer } from '../../activities/agent.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import { ask, defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import type { JsonObject } from '../../contract/json.ts';
import { finish, replyWith } from './drill-answers.ts';

const desk = people('desk', { ann: { roles: ['lead'] } });
const Known = z.object({ order: z.string().optional() });
/** Large enough to be worth a reference. */
const DRAFT = 'We have looked into what you were charged, line by line. '.repeat(200);
const workingMemory = {
  intent: true,
  recordsRead: true,
  partialResults: z.object({ draft: z.string(), sum: z.number() }),
} as const;

/** What intake works with whenever it hands something on. */
const stated = {
  recordsRead: ['orders/O-1044', 'invoices/9'],
  workingMemory: {
    intent: 'find out which of two charges is the wrong one',
    partialResults: { draft: DRAFT, scratch: 'of intake alone' },
  },
} satisfies Partial<Answer>;

type Run = AgentDefinition<JsonObject>['run'];

function memoryAgent(
  name: string,
  run: Run,
  more: Partial<AgentDefinition<JsonObject>> = {},
): ReturnType<typeof defineAgent> {
  return defineAgent<JsonObject>({
    ...{ name, version: '1.0.0', domain: 'desk', scope: 'Works with what was worked out before' },
    accepts: Known,
    workingMemory,
    retry: { attempts: 2, initialMs: 10, maximumMs: 20 },
    ...more,
    run,
  });
}

/**
 * A team whose agents hand on what they work with: to whoever is asked, to a receiver that declines, to its stand-in, to
 * people and back.
 * @param isPrivate words and results stand in the context store alone; nobody is asked there
 */
export function memoryTeam(isPrivate: boolean): Team {
  const intake = memoryAgent('intake', (turn) => {
    const word = turn.unanswered.at(-1)?.text;
    if (word === 'end') return finish('ended');
    if (turn.answers.length > 0) return replyWith(`intake knows ${String(results(turn).sum)}`);
    if (word === 'ask')
      return {
        ...stated,
        intent: { kind: 'ask', to: 'adder', reasonCode: 'sum', question: 'What is the sum?' },
      };
    if (word !== 'over') return replyWith('intake heard');
    return {
      ...stated,
      intent: { kind: 'transfer', to: 'clerk', reasonCode: 'letter', explanation: 'a letter is due' },
    };
  });
  const adder = memoryAgent('adder', () => ({
    ...replyWith('They come to 40.'),
    recordsRead: ['ledgers/2026'],
    workingMemory: { partialResults: { sum: 40 } },
  }));
  const clerk = memoryAgent('clerk', () => replyWith('never'), { declines: () => 'the clerk is out' });
  const writer = memoryAgent('writer', (turn) => {
    if (turn.unanswered.at(-1)?.text === 'end') return finish('ended');
    const { intent = 'nothing', recordsRead = [] } = turn.workingMemory;
    const { draft = '', sum = 0 } = results(turn);
    return {
      ...replyWith(
        `writer is to ${intent}: ${String(draft.length)} characters, ${String(recordsRead.length)} records, ${String(sum)}`,
      ),
      workingMemory: { intent: 'send the letter', partialResults: { sum: sum + 1 } },
    };
  });
  return defineTeam({
    name: isPrivate ? 'private-memory-desk' : 'memory-desk',
    start: intake,
    edges: [edge(intake, clerk, { fallback: [writer] }), edge(intake, writer), escalate(writer, desk)],
    ...(isPrivate ? { private: true } : { asks: [ask(intake, adder)] }),
  });
}

function results(turn: Parameters<Run>[0]): { readonly draft?: string; readonly sum?: number } {
  const read = workingMemory.partialResults.partial().safeParse(turn.workingMemory.partialResults ?? {});
  return read.success ? (read.data as { draft?: string; sum?: number }) : {};
}
