import type { Answer } from '../../activities/agent.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import type { FailureCode } from '../../contract/failures.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { viewText } from '../../command/output/case-texts.ts';
import { agent, finish, reply, transfer } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';
import { HOSTILE, tryDoor, type Cell } from './row.ts';
import type { Fault } from './table.ts';

const pool = unique('pool');
const circle: Record<string, unknown> = { intent: { kind: 'reply', text: 'x' } };
circle['facts'] = circle;

/** What a model may come up with, by the fault that a case is opened for. */
const answers: Readonly<Record<Fault, unknown>> = {
  missing: { facts: {} },
  'wrong type': { intent: { kind: 'transfer', to: 7, reasonCode: 'next' } },
  'unknown version': { version: '9.0.0', intent: { kind: 'finish', outcome: 'done' } },
  '2.5 MB': reply('x'.repeat(2_500_000)),
  '5 MB': reply('x'.repeat(5_000_000)),
  undecodable: circle,
  'hostile text': {
    ...transfer('other'),
    intent: { ...transfer('other').intent, explanation: HOSTILE, reasonCode: 'a `b` [c](http://evil)' },
  },
};

const other = agent('other', pool, (turn) =>
  turn.unanswered.some((one) => one.text === 'end') ? finish('well') : reply('yes?'),
);
const model = agent('model', pool, (turn) =>
  turn.notices.length > 0
    ? finish('well')
    : // What comes from a model has the type that it has.
      (answers[turn.task.definition as Fault] as Answer),
);
const team = defineTeam({
  name: unique('output'),
  start: model,
  edges: [edge(model, other), escalate(model, people('desk', { ann: { roles: [] } }))],
  limits: { repairs: 0 },
});

let bed: Bed;
beforeAll(async () => {
  bed = await openBed({ teams: [team] });
});
afterAll(() => bed.close());

/** A case with such an output is parked with its failure, and goes on when a person says so: nothing is lost. */
function parked(fault: Fault, code: FailureCode, names: string | RegExp): Cell {
  return {
    code,
    names,
    knock: async () => {
      const driver = await openCase(bed, team, { task: { definition: fault } });
      const view = await driver.until((one) => one.stage === 'parked');
      const [letter] = view.deadLetters;
      if (!letter) throw new Error('parked without a dead letter');
      expect(view).toMatchObject({
        owner: 'model',
        waitingOn: 'people:desk',
        transcript: [{ text: 'Hello' }],
      });
      await driver.send(MESSAGES.discard, { deadLetterId: letter.id, by: 'ann', reason: 'say it again' });
      await driver.say('and now?');
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'well' } });
      return letter.failure;
    },
  };
}

tryDoor(
  'agent output',
  {
    missing: parked('missing', 'AGENT_OUTPUT_INVALID', 'turn.intent'),
    'wrong type': parked('wrong type', 'AGENT_OUTPUT_INVALID', 'turn.intent.to'),
    'unknown version': parked('unknown version', 'VERSION_UNSUPPORTED', 'supported: 1.0.0'),
    '2.5 MB': parked('2.5 MB', 'INPUT_TOO_LARGE', /has 25\d+ bytes, the limit is \d+/),
    '5 MB': parked('5 MB', 'INPUT_TOO_LARGE', /has 50\d+ bytes, the limit is \d+/),
    undecodable: parked('undecodable', 'AGENT_OUTPUT_INVALID', 'turn'),
    'hostile text': {
      shown: async () => {
        const driver = await openCase(bed, team, { task: { definition: 'hostile text' } });
        await driver.until((one) => one.stage === 'waiting-user' && one.owner === 'other');
        const { currentDetails } = await driver.handle.query<{ currentDetails: string }>(
          '__temporal_workflow_metadata',
        );
        expect(currentDetails).toContain('a \\`b\\` \\[c\\]\\(http://evil\\)');
        const view = await driver.view();
        expect(view.handoffs).toMatchObject([{ explanation: HOSTILE }]);
        await driver.say('end');
        await driver.result();
        return `${currentDetails}${viewText(view)}`;
      },
    },
  },
  async () => {
    const driver = await openCase(bed, team, { task: { definition: 'missing' } });
    await driver.until((one) => one.stage === 'parked');
    await driver.handle.cancel();
    await driver.result();
  },
);
