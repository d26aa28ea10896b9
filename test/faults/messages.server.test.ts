import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { MESSAGES, SIGNALS } from '../../contract/messages.ts';
import type { Decision } from '../../contract/decision.ts';
import { temporalBinary } from '../../scripts/temporal/binary.ts';
import { agent, finish, reply, transfer } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';
import { createGates } from '../support/gates.ts';

const pool = unique('pool');
const desk = people('desk', { ann: { roles: [] }, bob: { roles: [] } });
const gates = createGates();

const asker = agent('asker', pool, (turn) => {
  const [notice] = turn.notices;
  return notice?.kind === 'review-decided'
    ? finish(`${notice.decision} by ${String(notice.by)}`)
    : { intent: { kind: 'ask-review', question: 'Yes?', subject: turn.caseId } };
});
const asking = defineTeam({ name: unique('asking'), start: asker, edges: [escalate(asker, desk)] });

const talker = agent('talker', pool, (turn) =>
  reply(turn.unanswered.map((message) => message.text).join(' ')),
);
const talking = defineTeam({ name: unique('talking'), start: talker, edges: [escalate(talker, desk)] });

const slowOther = agent('other', pool, async (turn) => {
  await gates.pass(`${turn.caseId} other`, turn.signal);
  return reply(`other heard ${turn.unanswered.map((message) => message.text).join(' ')}`);
});
const starter = agent('starter', pool, async (turn) => {
  await gates.pass(`${turn.caseId} starter`, turn.signal);
  return transfer('other');
});
const handing = defineTeam({
  name: unique('handing'),
  start: starter,
  edges: [edge(starter, slowOther), escalate(starter, desk)],
});

/** Nobody serves its queue, so that whatever is offered to it stays offered. */
const empty = unique('empty');
const absent = agent('absent', empty, () => finish());
const unheard = defineTeam({ name: unique('unheard'), start: absent, edges: [escalate(absent, desk)] });

let bed: Bed;
beforeAll(async () => {
  bed = await openBed({ teams: [asking, talking, handing, unheard], unserved: [empty] });
});
afterAll(async () => {
  await bed.close();
});

async function decisionFor(driver: CaseDriver, change: Partial<Decision> = {}): Promise<Decision> {
  const { id, digest } = await driver.review();
  return { reviewId: id, digest, decision: 'approve', by: 'ann', reason: 'fine', ...change };
}

test('F07, F08: the same message five times is one, another text under its id is refused', async () => {
  const driver = await openCase(bed, talking);
  await driver.until((view) => view.stage === 'waiting-user');
  const receipts = await Promise.all(Array.from({ length: 5 }, () => driver.say('once', 'same')));
  expect(receipts.filter((receipt) => !receipt.repeated)).toHaveLength(1);
  for (let time = 0; time < 5; time += 1)
    await driver.handle.signal(SIGNALS.say, { messageId: 'same', text: 'once' });
  expect(await driver.refused(MESSAGES.say, { messageId: 'same', text: 'twice' })).toMatchObject({
    code: 'MESSAGE_CONFLICT',
  });
  const view = await driver.until((one) => one.stage === 'waiting-user' && one.transcript.length >= 4);
  expect(view.transcript.filter((message) => message.text === 'once')).toHaveLength(2);
  await expect(
    bed.client.workflow.start('baton-case', { workflowId: driver.id, taskQueue: bed.caseQueue() }),
  ).rejects.toThrow(/already/);
  await driver.handle.cancel();
  await driver.result();
});

test('T8: messages during a turn and during an offer are answered once, by whoever owns the case then', async () => {
  const driver = await openCase(bed, handing);
  await gates.reached(`${driver.id} starter`);
  await driver.say('during the turn');
  gates.open(`${driver.id} starter`);
  await gates.reached(`${driver.id} other`);
  await driver.say('during the offer');
  gates.open(`${driver.id} other`);
  const view = await driver.until(
    (one) =>
      one.transcript.at(-1)?.text.endsWith('during the offer') === true && one.stage === 'waiting-user',
  );
  const answers = view.transcript
    .filter((message) => message.from.kind === 'agent')
    .map((message) => message.text);
  expect(answers.join(' ').match(/during the turn/g)).toHaveLength(1);
  expect(answers.join(' ').match(/during the offer/g)).toHaveLength(1);
  await driver.handle.cancel();
  await driver.result();
});

test('I12: asking for a human while people give the case back leaves it with them', async () => {
  const driver = await openCase(bed, unheard);
  await driver.send(MESSAGES.askForHuman, {});
  await driver.until((view) => view.stage === 'human');
  await driver.send(MESSAGES.giveBack, { by: 'ann', note: 'back' });
  expect(await driver.send(MESSAGES.askForHuman, {})).toMatchObject({ accepted: true });
  const view = await driver.until((one) => one.stage === 'human');
  expect(view.owner).toBe('people:desk');
  expect(view.handoffs.at(-1)).toMatchObject({ verb: 'give-back', status: 'withdrawn' });
  await driver.send(MESSAGES.resolve, { by: 'ann', outcome: 'by hand', note: '' });
  await driver.result();
});

test('a decision by `temporal workflow signal`; a refused one is on record and changes nothing', async () => {
  const driver = await openCase(bed, asking);
  const binary = await temporalBinary(process.env, () => undefined);
  const signal = async (decision: unknown): Promise<void> => {
    await promisify(execFile)(binary, [
      ...['workflow', 'signal', '--address', String(process.env['TEMPORAL_ADDRESS'])],
      ...['--workflow-id', driver.id, '--name', 'decide', '--input', JSON.stringify(decision)],
    ]);
  };
  await signal(await decisionFor(driver, { by: 'mallory' }));
  const view = await driver.until((one) => one.refusals.length > 0);
  expect(view.refusals).toMatchObject([{ failure: { code: 'REVIEW_FORBIDDEN' } }]);
  expect(view.openReviews).toBe(1);
  await signal(await decisionFor(driver));
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'approve by ann' } });
  // F11: after the end the server itself says so.
  await expect(driver.say('late')).rejects.toThrow(/already completed/);
});

test('F17: poison at every door is refused, recorded, and never wedges the case', async () => {
  const driver = await openCase(bed, asking);
  await driver.review();
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const payloads = [
    { metadata: { encoding: bytes('json/plain') }, data: bytes('{"reviewId": "r1"') },
    { metadata: { encoding: bytes('binary/encrypted') }, data: bytes('\u0001\u0002') },
    { metadata: { encoding: bytes('nonsense') }, data: bytes('x') },
    { metadata: {}, data: bytes('x') },
    { metadata: { encoding: bytes('json/plain') }, data: bytes('[1,2]') },
    { metadata: { encoding: bytes('json/plain') }, data: bytes('{"__proto__":{"by":"ann"},"reviewId":7}') },
    { metadata: { encoding: bytes('binary/null') } },
  ];
  const execution = { workflowId: driver.id };
  for (const payload of payloads) {
    for (const signalName of ['decide', 'say', 'accepted', 'no-such-signal']) {
      await bed.client.workflowService.signalWorkflowExecution({
        namespace: 'default',
        workflowExecution: execution,
        signalName,
        input: { payloads: [payload] },
      });
    }
  }
  const view = await driver.view();
  for (const wrong of [undefined, 7, 'text', [], { reviewId: 1 }]) {
    const sent = driver.handle.executeUpdate('decide', { args: [wrong] });
    await expect(sent).rejects.toThrow(WorkflowUpdateFailedError);
  }
  expect(view.refusals.length).toBeGreaterThan(10);
  expect(new Set(view.refusals.map((one) => one.failure.code))).toEqual(
    new Set(['PAYLOAD_UNDECODABLE', 'INPUT_INVALID']),
  );
  expect(view.openReviews).toBe(1);
  await driver.decide('approve', 'ann');
  await driver.result();
});
