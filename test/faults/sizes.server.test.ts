import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import { MESSAGES, SIGNALS } from '../../contract/messages.ts';
import { agent, finish, reply } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';

const pool = unique('pool');
const desk = people('desk', { ann: { roles: [] } });
const megabytes = (size: number): string => 'x'.repeat(size * 1_000_000);

const talker = agent('talker', pool, (turn) => {
  const asked = /say (\S+)/.exec(turn.unanswered.at(-1)?.text ?? '')?.[1];
  return asked === undefined ? finish('small') : reply(megabytes(Number(asked)));
});
const team = defineTeam({
  name: unique('sizes'),
  start: talker,
  edges: [escalate(talker, desk)],
  limits: { repairs: 0 },
});

let bed: Bed;
beforeAll(async () => {
  bed = await openBed({ teams: [team] });
});
afterAll(async () => {
  await bed.close();
});

test.each([2.5, 5])('F18: an agent that answers with %s MB is refused with size and limit', async (size) => {
  const driver = await openCase(bed, team, { message: { id: 'first', text: `say ${String(size)}` } });
  const view = await driver.until((one) => one.stage === 'parked');
  expect(view.deadLetters[0]?.failure).toMatchObject({ code: 'INPUT_TOO_LARGE' });
  expect(view.deadLetters[0]?.failure.message).toMatch(/has \d+ bytes, the limit is \d+/);
  await driver.send(MESSAGES.discard, { deadLetterId: 'd1', by: 'ann', reason: 'too long' });
  await driver.say('be brief');
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'small' } });
});

test('F18: a signal of 1.9 MB, which the server takes, is refused and recorded without its text', async () => {
  const driver = await openCase(bed, team, { message: { id: 'first', text: 'say 0.001' } });
  await driver.until((one) => one.stage === 'waiting-user');
  await driver.handle.signal(SIGNALS.say, { messageId: 'large', text: megabytes(1.9) });
  const view = await driver.until((one) => one.refusals.length > 0);
  expect(view.refusals).toMatchObject([{ failure: { code: 'INPUT_TOO_LARGE' } }]);
  await driver.say('be brief');
  await driver.result();
});
