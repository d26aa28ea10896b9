import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import type { Answer } from '../../activities/agent.ts';
import type { PolicyWritten } from '../../contract/policy/policy.ts';
import { agent, reply, transfer } from '../support/agents.ts';
import { openBed, unique, type Bed, type Caching } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';
import { createGates } from '../support/gates.ts';

const pool = unique('pool');
const desk = people('desk', { bob: { roles: ['lead'] } });
const gates = createGates();

const policy: PolicyWritten = {
  version: '1.0.0',
  name: 'desk',
  policyVersion: '1.0.0',
  keywords: { away: ['hand me over'], slow: ['slowly'] },
  rules: [
    {
      id: 'human',
      on: 'message',
      when: { input: 'asks-for-human', is: true },
      then: { do: 'escalate' },
      explain: { en: 'You asked for a person.', hi: 'आपने एक व्यक्ति माँगा है।' },
    },
    {
      id: 'away',
      on: 'message',
      when: { input: 'keyword.away', is: true },
      then: { do: 'transfer', to: 'next' },
    },
    {
      id: 'unsure',
      on: 'turn',
      when: { input: 'confidence', below: 0.5 },
      then: { do: 'review', question: 'Is this right?', expiresMs: 60_000 },
    },
    {
      id: 'ping-pong',
      on: 'handoff',
      when: { input: 'oscillations', atLeast: 2 },
      then: { do: 'escalate', reason: 'ping-pong' },
    },
    {
      id: 'slow',
      on: 'time',
      when: {
        all: [
          { input: 'waiting-ms', atLeast: 400 },
          { input: 'keyword.slow', is: true },
        ],
      },
      then: { do: 'tell' },
    },
  ],
};

function answer(said: string, me: string, other: string, caseId: string): Answer | Promise<Answer> {
  if (said.includes('slowly')) return gates.pass(caseId).then(() => reply('at last'));
  if (said.includes('guess')) return { ...reply('maybe'), provenance: { confidence: 0.2 } };
  // Ping-pong with different facts, which no cycle guard can see.
  if (said.includes('bounce')) return transfer(other, { order: `${me}-${String(Math.random())}` });
  return reply('certainly');
}

const lastSaid = (
  conversation: readonly { readonly from: { readonly kind: string }; readonly text: string }[],
): string => conversation.filter((one) => one.from.kind === 'user').at(-1)?.text ?? '';
const first = agent('first', pool, (turn) =>
  answer(lastSaid(turn.conversation), 'first', 'next', turn.caseId),
);
const next = agent('next', pool, (turn) => answer(lastSaid(turn.conversation), 'next', 'first', turn.caseId));
const team = defineTeam({
  name: 'policed',
  start: first,
  edges: [edge(first, next), edge(next, first), escalate(first, desk)],
  escalation: desk,
  policy,
});

describe.each<Caching>(['cached', 'uncached'])('a case with a policy, %s', (caching) => {
  let bed: Bed;
  beforeAll(async () => {
    bed = await openBed({ teams: [team], caching: [caching] });
  });
  afterAll(() => bed.close());
  const open = (text: string): Promise<CaseDriver> =>
    openCase(bed, team, { message: { id: 'm0', text } }, caching);

  test('a request for a human is honoured before any agent takes a turn, in the language of the user', async () => {
    const driver = await open('मुझे इंसान से बात करनी है');
    const view = await driver.until((one) => one.stage === 'human');
    expect(view.path).toEqual(['first', 'people:desk']);
    expect(view.policy?.decisions).toMatchObject([
      { rule: 'human', action: 'escalate', inputs: { 'asks-for-human': true }, policyVersion: '1.0.0' },
    ]);
    expect(view.transcript.map((one) => one.text)).toContain('आपने एक व्यक्ति माँगा है।');
    const rows = await driver.rows();
    expect(rows.map((row) => row.kind)).not.toContain('turn-completed');
    expect(rows.find((row) => row.kind === 'policy-evaluated')?.content).toMatchObject({
      moment: 'message',
      digest: view.policy?.digest,
      values: { language: 'hi', owner: 'first' },
      decisions: [{ rule: 'human', explanation: 'आपने एक व्यक्ति माँगा है।' }],
    });
  });

  test('a request for a human supersedes the turn at hand', async () => {
    const driver = await open('do it slowly');
    await gates.reached(driver.id);
    await driver.say('no, I want to speak to a human');
    expect(await driver.until((one) => one.stage === 'human')).toMatchObject({ owner: 'people:desk' });
    gates.open(driver.id);
  });

  test('who does not want a human keeps the agent', async () => {
    const driver = await open("I don't want a human");
    const view = await driver.until((one) => one.stage === 'waiting-user');
    expect(view).toMatchObject({ owner: 'first', policy: { decisions: [] } });
  });

  test('a turn that is not sure enough waits for a person, and is said once they agree', async () => {
    const driver = await open('guess');
    const review = await driver.review();
    expect(review).toMatchObject({ question: 'Is this right?', subject: { intent: { text: 'maybe' } } });
    expect((await driver.view()).transcript.map((one) => one.text)).not.toContain('maybe');
    await driver.decide('approve', 'bob');
    const view = await driver.until((one) => one.stage === 'waiting-user');
    expect(view.transcript.at(-1)).toMatchObject({ text: 'maybe', from: { kind: 'agent' } });
  });

  test('a phrase of the policy moves the case along an edge', async () => {
    const driver = await open('please hand me over');
    const view = await driver.until((one) => one.stage === 'waiting-user');
    expect(view.handoffs).toMatchObject([
      { from: 'first', to: 'next', reasonCode: 'away', status: 'accepted' },
    ]);
  });

  test('ping-pong with new facts each time ends with people', async () => {
    const driver = await open('bounce');
    const view = await driver.until((one) => one.stage === 'human');
    expect(view.path).toEqual(['first', 'next', 'first', 'people:desk']);
    expect(view.handoffs.map((one) => one.status)).toEqual(['completed', 'completed', 'refused', 'accepted']);
    expect(view.handoffs.at(-1)?.reasonCode).toBe('ping-pong');
  });

  test('time alone makes a rule act, once', async () => {
    const driver = await open('do it slowly');
    const view = await driver.until((one) => (one.policy?.decisions.length ?? 0) > 0);
    expect(view.policy?.decisions).toMatchObject([{ rule: 'slow', moment: 'time' }]);
    gates.open(driver.id);
    await driver.until((one) => one.stage === 'waiting-user');
    expect((await driver.view()).policy?.decisions).toHaveLength(1);
  });
});
