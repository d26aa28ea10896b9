import { defineTeam, people } from '../../activities/define-team.ts';
import type { Answer, Turn } from '../../activities/agent.ts';
import type { JsonObject } from '../../contract/json.ts';
import { scriptedAgent, type ScriptedAgent, type ScriptStep } from '../../testing/scripted-agent.ts';

const hello: Answer = { intent: { kind: 'reply', text: 'hello' } };
const bye: Answer = { intent: { kind: 'finish', outcome: 'done' } };

/** A case as its agent sees it: what an answer noted is there on the next turn. */
interface Played {
  readonly takes: () => Promise<Answer>;
  /** The turn before once more, as after a worker that was killed. */
  readonly takesAgain: () => Promise<Answer>;
}

function caseOf({ agent }: ScriptedAgent, caseId: string): Played {
  let before: JsonObject = {};
  let memory: JsonObject = {};
  const turn = (known: JsonObject): Turn<JsonObject> =>
    ({ caseId, memory: known, facts: known }) as unknown as Turn<JsonObject>;
  return {
    takes: async () => {
      before = memory;
      const answer = await agent.run(turn(memory));
      memory = { ...memory, ...(answer.facts as JsonObject) };
      return answer;
    },
    takesAgain: () => agent.run(turn(before)),
  };
}

function play(steps: readonly ScriptStep[]): { readonly script: ScriptedAgent; readonly played: Played } {
  const script = scriptedAgent('ann', steps);
  return { script, played: caseOf(script, 'case-1') };
}

test('answers step after step, and is complete when all were asked for', async () => {
  const { script, played } = play([hello, bye]);
  expect((await played.takes()).intent).toEqual(hello.intent);
  expect((await played.takes()).intent).toEqual(bye.intent);
  expect(() => script.assertComplete('case-1')).not.toThrow();
  expect(script.turns('case-1')).toHaveLength(2);
});

test('a step may look at the turn', async () => {
  const { played } = play([(turn) => ({ intent: { kind: 'reply', text: `this is ${turn.caseId}` } })]);
  expect((await played.takes()).intent).toMatchObject({ text: 'this is case-1' });
});

test('what a step notes stays beside the place in the script', async () => {
  const { played } = play([{ ...hello, facts: { topic: 'money' } }]);
  expect((await played.takes()).facts).toEqual({ topic: 'money', 'script-of-ann': 1 });
});

test('a turn that is tried again gets the same step, and counts once', async () => {
  const { script, played } = play([hello, bye]);
  await played.takes();
  expect((await played.takesAgain()).intent).toEqual(hello.intent);
  await played.takes();
  script.assertComplete('case-1');
});

test('cases do not move each other on', async () => {
  const { script, played } = play([hello, bye]);
  const other = caseOf(script, 'case-2');
  await played.takes();
  expect((await other.takes()).intent).toEqual(hello.intent);
  await played.takes();
  script.assertComplete('case-1');
  expect(() => script.assertComplete('case-2')).toThrow('ann took 1 of 2 steps in case-2');
});

test('a call beyond the last step fails, and says so at the end', async () => {
  const { script, played } = play([hello]);
  await played.takes();
  await expect(played.takes()).rejects.toThrow('ann is asked for step 2; its script has 1');
  expect(() => script.assertComplete('case-1')).toThrow(
    'ann took 1 of 1 steps in case-1 and was asked 1 times more',
  );
});

test('steps left over fail at the end, also where nothing was asked at all', () => {
  const { script } = play([hello, bye]);
  expect(() => script.assertComplete('case-1')).toThrow('ann took 0 of 2 steps in case-1');
});

test('an agent without steps is complete while nobody asks', async () => {
  const { script, played } = play([]);
  script.assertComplete('case-1');
  await expect(played.takes()).rejects.toThrow('ann is asked for step 1; its script has 0');
});

test('a memory that is not its own does not move it', async () => {
  const { agent } = scriptedAgent('ann', [hello]);
  const turn = { caseId: 'case-1', memory: { 'script-of-ann': 'nonsense' }, facts: {} };
  expect((await agent.run(turn as unknown as Turn<JsonObject>)).intent).toEqual(hello.intent);
});

test('it is an agent like any other: a team takes it', () => {
  const { agent } = scriptedAgent('ann', [hello], { scope: 'says hello' });
  const team = defineTeam({
    name: 'small',
    start: agent,
    edges: [],
    escalation: people('desk', { pam: { roles: [] } }),
  });
  expect(team.manifest.agents['ann']).toMatchObject({ scope: 'says hello', retry: { attempts: 1 } });
});
