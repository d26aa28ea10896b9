import { defineAgent } from '../../activities/define-agent.ts';
import type { Agent, Answer, Turn } from '../../activities/agent.ts';
import type { JsonObject } from '../../contract/json.ts';
import { agentConformance, answerOfThought, untilStopped, type AgentSubject } from '../../testing/index.ts';
import { byRules } from '../support/subjects.ts';

/** The names of the checks that a subject does not pass, of those whose names match. */
async function failing(subject: AgentSubject, named = /./): Promise<readonly string[]> {
  const names: string[] = [];
  for (const check of agentConformance(subject).filter((one) => named.test(one.name)))
    await check.run().catch(() => {
      names.push(check.name);
    });
  return names;
}

/** An agent by rules with one fault planted into its turns. */
function faulty(
  fault: (
    turn: Turn<JsonObject>,
    usual: () => Answer | Promise<Answer>,
    agent: Agent,
  ) => Answer | Promise<Answer>,
  more: Partial<AgentSubject> = {},
): AgentSubject {
  return {
    ...byRules,
    instant: true,
    ...more,
    open: (role, mind) => {
      const agent: Agent = defineAgent({
        ...role,
        run: (turn): Answer | Promise<Answer> =>
          fault(
            turn,
            () => {
              const thought = mind.next(JSON.stringify({ ...turn, signal: undefined }));
              if (thought.kind === 'is-silent') return untilStopped(turn.signal);
              return answerOfThought(thought, `call-${String(turn.number)}`);
            },
            agent,
          ),
      });
      return { agent };
    },
  };
}

/** A call of a tool as the case would make it, by an agent that does not wait for the case. */
async function actItself(turn: Turn<JsonObject>, answer: Answer, agent: Agent): Promise<Answer> {
  if (answer.intent.kind !== 'call') return answer;
  for (const { tool, arguments: input } of answer.intent.calls)
    await agent.tools[tool]?.run({
      input,
      key: `own-${String(turn.number)}`,
      inputDigest: 'own',
      fence: { epoch: 1, attempt: 1 },
      trace: turn.trace,
      caseId: turn.caseId,
      signal: turn.signal,
    });
  return answer;
}

const inProcess = new Map<string, number>();

test.each<[string, AgentSubject, RegExp]>([
  [
    'does what it proposes',
    faulty(async (turn, usual, agent) => actItself(turn, await usual(), agent)),
    /not done/,
  ],
  ['asks again what it has paid for', faulty((_, usual) => usual(), { free: false }), /pays nothing twice/],
  [
    'answers differently when it is tried again',
    faulty(async (turn, usual) => ({ ...(await usual()), say: `attempt ${String(turn.attempt)}` })),
    /pays nothing twice/,
  ],
  [
    'calls under a name that nobody can answer to',
    faulty(async (turn, usual) => {
      const answer = await usual();
      const first = inProcess.size;
      inProcess.set(`${turn.trace} ${String(first)}`, 1);
      if (answer.intent.kind !== 'call') return answer;
      const calls = answer.intent.calls.map((one) => ({ ...one, id: `call-${String(first)}` }));
      return { ...answer, intent: { kind: 'call', calls } };
    }),
    /read by the next one/,
  ],
  [
    'swallows what breaks',
    faulty(async (_, usual) => {
      try {
        return await usual();
      } catch {
        return { intent: { kind: 'reply', text: 'Sorry.' } };
      }
    }),
    /breakdown/,
  ],
  [
    'tries again by itself',
    faulty(async (_, usual) => {
      try {
        return await usual();
      } catch {
        return usual();
      }
    }),
    /breakdown/,
  ],
  [
    'cuts what is too long instead of saying so',
    faulty(async (_, usual) => {
      const answer = await usual();
      const { intent } = answer;
      return intent.kind === 'reply' ? { intent: { ...intent, text: intent.text.slice(0, 1_000) } } : answer;
    }),
    /too long/,
  ],
  [
    'hands over inside, out of sight of the case',
    faulty(async (_, usual) => {
      const answer = await usual();
      return answer.intent.kind === 'transfer'
        ? { intent: { kind: 'reply', text: 'Billing here.' } }
        : answer;
    }),
    /along an edge/,
  ],
  [
    'shows what was masked',
    {
      ...byRules,
      instant: true,
      open: (role, mind) => ({
        agent: defineAgent({
          ...role,
          run: (turn) =>
            answerOfThought(
              mind.next(JSON.stringify({ ...turn, signal: undefined, raw: '4111 1111 1111 1111' })),
              'call',
            ),
        }),
      }),
    },
    /masked on the way here/,
  ],
  [
    'does not tell what became of its calls',
    {
      ...byRules,
      instant: true,
      open: (role, mind) => ({
        agent: defineAgent({
          ...role,
          run: (turn) =>
            answerOfThought(mind.next(JSON.stringify(turn.conversation)), `call-${String(turn.number)}`),
        }),
      }),
    },
    /refusal goes back/,
  ],
  [
    'goes on when nobody wants it any more',
    faulty(
      (_, usual) =>
        new Promise((resolve, reject) => {
          const lasting = setTimeout(() => {
            reject(new Error('too late'));
          }, 8_000).unref();
          void Promise.resolve(usual()).then(
            (answer) => {
              clearTimeout(lasting);
              resolve(answer);
            },
            () => undefined,
          );
        }),
      { instant: false },
    ),
    /stops when/,
  ],
])('an agent that %s does not', async (_, subject, check) => {
  expect(await failing(subject, check)).toHaveLength(1);
});
