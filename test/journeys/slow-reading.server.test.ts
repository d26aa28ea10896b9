/** What a user says is read to the end, however long that takes, and whoever asks about the case meanwhile (T4, I10). */
import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import { contextText } from '../../contract/context.ts';
import { doorTrace, keptText } from '../../contract/kept-text.ts';
import { agent, reply } from '../support/agents.ts';
import { awaitEvent } from '../support/await-case.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';
import { createGates } from '../support/gates.ts';
import { memoryContext } from '../support/memory-context.ts';

/** Longer than a message was read for once, and than most of a workflow task. */
const PATIENCE_MS = 1_600;

const first = agent('first', unique('pool'), () => reply('certainly'));
const desk = people('desk', { bob: { roles: ['lead'] } });
const team = defineTeam({
  name: 'slowly-read',
  start: first,
  edges: [escalate(first, desk)],
  escalation: desk,
  policy: {
    version: '1.0.0',
    name: 'desk',
    policyVersion: '1.0.0',
    rules: [
      {
        id: 'human',
        on: 'message',
        when: { input: 'asks-for-human', is: true },
        then: { do: 'escalate' },
      },
      { id: 'late', on: 'time', when: { input: 'waiting-ms', atLeast: PATIENCE_MS }, then: { do: 'tell' } },
    ],
  },
});

const gates = createGates();
const memory = memoryContext();
const slow: typeof memory = {
  ...memory,
  read: async (request) => {
    await gates.pass('read');
    return memory.read(request);
  },
};

let bed: Bed;
beforeAll(async () => {
  bed = await openBed({ teams: [team], caching: ['uncached'], context: slow });
});
afterAll(async () => {
  gates.open('read');
  await bed.close();
});

test('a request for a human that takes long to read is honoured, and the case replays', async () => {
  const entry = {
    key: `door:${'a'.repeat(64)}`,
    value: { value: 'let me speak to a human', salt: 'salt' },
    expectedVersion: 0,
  };
  const text = keptText(contextText(entry).reference);
  const driver = await openCase(bed, team, { message: { id: 'm0', text } }, 'uncached');
  await memory.write({ case: { trace: doorTrace(driver.id), caseId: driver.id }, values: [entry] });
  await gates.reached('read');
  expect((await driver.view()).stage).toBe('working');
  await awaitEvent(bed.client, driver.handle, (event) => event.timerFiredEventAttributes != null);
  expect((await driver.view()).path).toEqual(['first']);
  gates.open('read');
  const view = await driver.until((one) => one.stage === 'human');
  expect(view.path).toEqual(['first', 'people:desk']);
  expect(view.policy?.decisions.map((one) => one.rule)).toEqual(['late', 'human']);
});
