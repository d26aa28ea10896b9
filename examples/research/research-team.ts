/**
 * A supervisor and three researchers: it asks all of them at once, needs two, and makes one report of what they say. Each
 * researcher puts what it found on the reading list of the case, which is taken back where nobody makes a report of it.
 */
import { z } from 'zod';
import type { Agent, Answer, Turn } from '../../activities/agent.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import { ask, defineTeam, escalate, people, type Team } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { fanOut } from '../../activities/fan-outs.ts';
import type { Tool } from '../../activities/tool.ts';
import { getOwn } from '../../contract/json.ts';

/** What a collection knows, by topic. */
export type Collection = Readonly<Record<string, string>>;
/** Collections by the researcher who works in them. */
export type Library = Readonly<Record<string, Collection>>;

/** Where researchers leave what they found, by case: titles in order. */
export interface ReadingList {
  readonly add: (caseId: string, title: string) => void;
  readonly remove: (caseId: string, title: string) => void;
}

const Topic = z.object({ topic: z.string().optional() });
type Topic = z.output<typeof Topic>;
const ENOUGH = 2;

/** The team over a library. Pools are named after it, so that several can run side by side. */
export function researchTeam(name: string, library: Library, list: ReadingList): Team {
  const researchers = Object.entries(library).map(([who, collection]) =>
    researcher(name, who, collection, list),
  );
  const supervisor = defineAgent<Topic>({
    name: 'supervisor',
    version: '1.0.0',
    domain: 'research',
    scope: 'Makes one report of what researchers say',
    accepts: Topic,
    pool: name,
    run: (turn) => (turn.answers.length === 0 ? askAll(turn, researchers) : report(turn)),
  });
  return defineTeam({
    name,
    start: supervisor,
    agents: researchers,
    asks: researchers.map((one) => ask(supervisor, one, { ms: 60_000 })),
    fanOuts: [fanOut(supervisor, { need: ENOUGH })],
    edges: [escalate(supervisor, people('librarians', { ada: { roles: ['lead'] } }))],
  });
}

function askAll({ unanswered }: Turn<Topic>, researchers: readonly Agent[]): Answer {
  const topic = unanswered.at(-1)?.text ?? '';
  return {
    facts: { topic },
    intent: {
      kind: 'fan-out',
      asks: researchers.map(({ name: to }) => ({
        id: to,
        to,
        reasonCode: 'to-find',
        question: `What do you have on ${topic}?`,
      })),
    },
  };
}

/** One report of all answers; where too few have one, the user is told so, and who had none. */
function report({ answers, notices, facts }: Turn<Topic>): Answer {
  const found = answers.flatMap(({ id, answer }) =>
    answer.kind === 'done' ? [`${id}: ${textOf(answer.result)}`] : [],
  );
  const without = answers.filter(({ answer }) => answer.kind !== 'done').map(({ id }) => id);
  const unmet = notices.some((one) => one.kind === 'fan-out-unmet');
  return {
    intent: {
      kind: 'finish',
      outcome: unmet ? 'not-enough' : 'reported',
      text: unmet
        ? `Too little is known of ${facts.topic ?? 'that'}: nothing from ${without.join(', ')}.`
        : [...found, ...without.map((id) => `${id}: nothing`)].join('\n'),
    },
  };
}

function textOf(result: unknown): string {
  const { text } = Object(result) as { readonly text?: unknown };
  return typeof text === 'string' ? text : '';
}

function researcher(pool: string, name: string, collection: Collection, list: ReadingList): Agent {
  return defineAgent<Topic>({
    name,
    version: '1.0.0',
    domain: 'research',
    scope: `Knows the collection ${name}`,
    accepts: Topic,
    pool,
    tools: [noting(list)],
    run: ({ facts: { topic = '' }, answers }) => {
      const found = getOwn(collection, topic);
      if (found === undefined)
        return {
          intent: { kind: 'return', reasonCode: 'not-known', explanation: `${name} has no ${topic}` },
        };
      const noted = { id: 'note', tool: 'note', arguments: { title: `${name}: ${topic}` } };
      return answers.length === 0
        ? { intent: { kind: 'call', calls: [noted] } }
        : { intent: { kind: 'reply', text: found } };
    },
  });
}

function noting(list: ReadingList): Tool {
  return defineTool({
    name: 'note',
    description: 'Puts a title on the reading list',
    input: z.object({ title: z.string() }),
    effect: 'write',
    run: ({ caseId, input: { title } }) => {
      list.add(caseId, title);
      return Promise.resolve({ kind: 'done', result: { title } });
    },
    undo: ({ caseId, input: { title } }) => {
      list.remove(caseId, title);
      return Promise.resolve({ kind: 'undone' });
    },
  });
}
