import { z } from 'zod';
import type { Answer, Turn } from '../../activities/agent.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import type { JsonObject } from '../../contract/json.ts';
import { agent, call, reply } from './agents.ts';

/** What was planted so far, by place. */
export const planted = new Map<string, string>();

/** A value that is found nowhere else, by the place that it is planted in. */
export function canary(place: string): string {
  const word = `${place} canary-7q5z-${String(planted.size + 100)}`;
  if (!planted.has(place)) planted.set(place, word);
  return planted.get(place) ?? word;
}

/** A value that no text holds. */
export const ACCOUNT = 918_273_645_546_372;

/** What tools were given, and people were shown, on the way. */
export const shown: unknown[] = [];

const find = defineTool({
  name: 'find-account',
  description: 'finds an account',
  input: z.object({ account: z.string() }),
  effect: 'read',
  run: ({ input }) => {
    shown.push(input);
    return Promise.resolve({ kind: 'done', result: { holder: canary('result of a look') } });
  },
});
const write = defineTool({
  name: 'write-note',
  description: 'writes a note',
  input: z.object({ text: z.string(), amount: z.number() }),
  effect: 'write',
  approval: {
    pool: 'desk',
    when: { kind: 'above', field: 'amount', value: 10 },
    expiresMs: 600_000,
    question: 'Write it?',
  },
  run: ({ input }) =>
    Promise.resolve({ kind: 'done', result: { written: input.text, id: canary('result of an effect') } }),
  undo: () => Promise.resolve({ kind: 'undone' }),
  preview: ({ input }) => {
    shown.push(input);
    return Promise.resolve({ before: { text: canary('record before') }, after: { text: input.text } });
  },
});
const refuse = defineTool({
  name: 'refuse-note',
  description: 'says no',
  input: z.object({ text: z.string() }),
  effect: 'write',
  run: ({ input }) => {
    shown.push(input);
    return Promise.resolve({ kind: 'refused', code: 'full', message: canary('refusal of a tool') });
  },
  undo: () => Promise.resolve({ kind: 'undone' }),
});
const fail = defineTool({
  name: 'fail-note',
  description: 'fails',
  input: z.object({ text: z.string() }),
  effect: 'write',
  onFailure: 'return-to-agent',
  retry: { attempts: 1 },
  run: () => Promise.reject(new Error(canary('error of a tool'))),
  undo: () => Promise.resolve({ kind: 'undone' }),
});

const desk = people('desk', { ann: { roles: ['lead'] }, ben: { roles: ['lead'] } });
/** Every turn as its agent saw it. */
export const seen: Turn<JsonObject>[] = [];
const Story = z.object({
  story: z.string().optional(),
  account: z.number().optional(),
  deep: z.object({ inner: z.string() }).optional(),
  learnt: z.string().optional(),
  given: z.string().optional(),
});
/** What the receiver asks the user for before it works. */
const Claim = Story.extend({ told: z.string() });
const taken = {
  intent: true,
  recordsRead: true,
  partialResults: z.object({ draft: z.string(), guess: z.object({ why: z.string() }) }),
} as const;
let failures = 0;

function frontTurn(turn: Turn<JsonObject>): Answer | Promise<Answer> {
  seen.push(turn);
  if (turn.asked?.review) return reply(canary('answer about a review'));
  if (turn.answers.length > 0) return reply(canary('words after tools'));
  if (turn.notices.length > 0) return reply(canary('words after a notice'));
  const word = turn.unanswered.at(-1)?.text.split(' ')[0] ?? '';
  switch (word) {
    case 'look':
      return call({ tool: 'find-account', arguments: { account: canary('argument of a look') } });
    case 'write':
      return call({
        tool: 'write-note',
        arguments: { text: canary('argument of an effect'), amount: 50 },
      });
    case 'refuse':
      return call({ tool: 'refuse-note', arguments: { text: canary('argument that is refused') } });
    case 'fail':
      return call({ tool: 'fail-note', arguments: { text: canary('argument that fails') } });
    case 'ask':
      return {
        intent: {
          kind: 'ask-review',
          question: canary('question of a review'),
          subject: { why: canary('subject of a review') },
        },
      };
    case 'vague':
      return {
        intent: {
          kind: 'reply',
          text: canary('words that ask'),
          missing: [
            {
              fact: 'given',
              why: canary('why it is missing'),
              question: canary('question for what is missing'),
            },
          ],
        },
      };
    case 'throw':
      failures += 1;
      if (failures <= 2) throw new Error(canary('error of an agent'));
      return reply(canary('words after an error'));
    case 'misspell':
      return { intent: { kind: 'reply', [canary('misspelt name')]: 1 } } as unknown as Answer;
    case 'clerk':
    case 'legal':
      return {
        facts: { learnt: canary('fact that an agent learnt') },
        recordsRead: [canary('record that crosses')],
        workingMemory: {
          intent: canary('intent of an agent'),
          partialResults: {
            draft: canary('partial result'),
            guess: { why: canary('nested result') },
            own: canary('result that stays'),
          },
        },
        intent: {
          kind: 'transfer',
          to: word,
          reasonCode: 'letter',
          explanation: canary('explanation of a transfer'),
          facts: { story: canary('fact that crosses') },
          summary: { decision: canary('decision of a summary'), inputs: [], openQuestions: [] },
          completed: [canary('what is done')],
          remaining: [canary('what remains')],
          unable: [canary('what could not be done')],
        },
      };
    default:
      return {
        say: canary('words on the way'),
        facts: { learnt: canary('note of an agent') },
        recordsRead: [canary('record that was read')],
        provenance: { reason: canary('reason of a decision') },
        intent: { kind: 'reply', text: canary('reply of an agent') },
      };
  }
}

const front = agent('front', 'canary-front', frontTurn, {
  domain: 'front',
  accepts: Story,
  workingMemory: taken,
  tools: [find, write, refuse, fail],
  authority: { 'write-note': { amount: 100 } },
});
const clerk = agent('clerk', 'canary-clerk', () => reply('never'), {
  accepts: Story,
  declines: () => canary('reason to decline'),
});
const legal = agent(
  'legal',
  'canary-legal',
  (turn) => {
    seen.push(turn);
    return turn.unanswered.at(-1)?.text.startsWith('bye') === true
      ? { intent: { kind: 'finish', outcome: 'done', text: canary('last words') } }
      : reply(canary('reply of the receiver'));
  },
  {
    domain: 'legal',
    accepts: Claim,
    workingMemory: taken,
    needs: { told: { question: 'What is it about?', why: 'Nobody else has said.' } },
  },
);
/** A private team whose agents, tools and people plant a value wherever they say something. */
export const canaryTeam = defineTeam({
  name: 'canary-clinic',
  start: front,
  edges: [
    edge(front, clerk),
    edge(front, legal, { context: { summary: true } }),
    edge(legal, front),
    escalate(front, desk),
  ],
  private: true,
});
