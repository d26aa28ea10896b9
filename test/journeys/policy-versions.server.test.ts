import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import type { PolicyStore } from '../../contract/ports.ts';
import { MESSAGES } from '../../contract/messages.ts';
import type { PolicyWritten } from '../../contract/policy/policy.ts';
import { openPolicyStore } from '../../stores/index.ts';
import { createBatonClient } from '../../client/baton-client.ts';
import { createService } from '../../service/http/create-service.ts';
import { clientOfDocument } from '../service/document-client.ts';
import { accessForAll, keyOf } from '../service/principals.ts';
import { runBatonHere } from '../command/run-here.ts';
import { agent, reply } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';

const desk = people('desk', { bob: { roles: ['lead'] } });

/** Which turns wait for a person, and whether a message escalates. */
function policy(policyVersion: string, below: number, rules: PolicyWritten['rules'] = []): PolicyWritten {
  return {
    version: '1.0.0',
    name: 'desk',
    policyVersion,
    rules: [
      {
        id: 'unsure',
        on: 'turn',
        when: { input: 'confidence', below },
        then: { do: 'review', question: `Is this right? (${policyVersion})`, expiresMs: 60_000 },
      },
      ...rules,
    ],
  };
}

const only = agent('only', unique('pool'), (turn) => ({
  ...reply('maybe'),
  provenance: { confidence: turn.unanswered.some((one) => one.text.includes('sure')) ? 0.9 : 0.4 },
}));
const name = unique('team');
const team = defineTeam({ name, start: only, edges: [escalate(only, desk)], policy: policy('1.0.0', 0.5) });

let folder: string;
let policies: PolicyStore;
let bed: Bed;
let store: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-versions-'));
  store = path.join(folder, 'policies.db');
  policies = await openPolicyStore(store);
  bed = await openBed({ teams: [team], caching: ['uncached'], policies });
});
afterAll(async () => {
  await bed.close();
  await policies.close();
  await rm(folder, { recursive: true, force: true });
});

const open = (text: string): Promise<CaseDriver> =>
  openCase(bed, team, { message: { id: 'm0', text } }, 'uncached');

async function fileOf(written: PolicyWritten): Promise<string> {
  const file = path.join(folder, `${written.policyVersion}.json`);
  await writeFile(file, JSON.stringify(written));
  return file;
}

async function baton(...words: readonly string[]): Promise<Record<string, unknown>> {
  const environment = { TEMPORAL_ADDRESS: String(process.env['TEMPORAL_ADDRESS']) };
  const { exitCode, output, errors } = await runBatonHere(['policy', ...words, '--json'], { environment });
  if (exitCode !== 0) throw new Error(errors);
  return JSON.parse(output) as Record<string, unknown>;
}

const publish = async (written: PolicyWritten): Promise<string> => {
  const told = await baton('publish', await fileOf(written), '--team', name, '--by', 'ann', '--store', store);
  return String(told['digest']);
};

/** As bob, whose name the service knows by his key. */
async function switchOverHttp(caseId: string, body: object): Promise<unknown> {
  const app = await createService({
    baton: createBatonClient({ client: bed.client }),
    access: accessForAll(),
  });
  const asBob = await clientOfDocument(app, keyOf('bob'));
  const answer: unknown = (await asBob('switchPolicy', { path: { caseId }, body })).json();
  await app.close();
  return answer;
}

test('new cases take what was published last; a running one keeps its own until it is told otherwise', async () => {
  const running = await open('guess');
  const review = await running.review();
  expect(review.question).toBe('Is this right? (1.0.0)');

  const digest = await publish(policy('1.1.0', 0.95));
  const later = await open('I am sure');
  expect((await later.review()).question).toBe('Is this right? (1.1.0)');
  expect((await running.view()).policy?.policyVersion).toBe('1.0.0');
  expect((await baton('list', '--team', name, '--store', store))['policies']).toMatchObject([
    { policyVersion: '1.1.0', digest, publishedBy: 'ann', current: true },
  ]);

  const wish = { version: '1.1.0', digest, by: 'bob', reason: 'fewer guesses' };
  expect(await running.refused(MESSAGES.switchPolicy, { ...wish, by: 'eve' })).toMatchObject({
    code: 'PERSON_FORBIDDEN',
  });
  expect(
    await switchOverHttp(running.id, { version: '1.1.0', digest, reason: 'fewer guesses' }),
  ).toMatchObject({
    accepted: true,
    repeated: false,
  });
  const words = ['--digest', digest, '--reason', 'fewer guesses', '--by', 'bob'];
  expect(await baton('switch', running.id, '--version', '1.1.0', ...words)).toMatchObject({ repeated: true });
  const switched = await running.until((one) => one.policy?.policyVersion === '1.1.0');
  expect(switched.policy).toMatchObject({ digest, decisions: [{ policyVersion: '1.0.0' }] });
  expect(await running.send(MESSAGES.switchPolicy, wish)).toMatchObject({ repeated: true });

  // The review is still what the old version wanted asked, and whoever decides it decides that.
  expect(await running.review()).toEqual(review);
  await running.decide('approve', 'bob');
  await running.until((one) => one.stage === 'waiting-user');
  await running.say('I am quite sure');
  expect((await running.review()).question).toBe('Is this right? (1.1.0)');
  const row = (await running.rows()).find((one) => one.kind === 'policy-switched');
  expect(row?.content).toMatchObject({
    from: { policyVersion: '1.0.0' },
    ...{ policyVersion: '1.1.0', digest, by: 'bob', reason: 'fewer guesses', openReviews: [review.id] },
  });

  // What the first version would have done to the case that the second decided.
  const tried = await baton('try', await fileOf(policy('1.0.0', 0.5)), '--case', later.id, running.id);
  expect(tried).toMatchObject({
    cases: 2,
    differing: [
      { caseId: later.id, differences: [{ moment: 'turn', inputs: { confidence: 0.9 }, after: [] }] },
      { caseId: running.id, differences: [{ policyVersion: '1.1.0' }] },
    ],
  });
});

test('a version that is not there, or names whom the team does not have, leaves a case as it is, on record', async () => {
  const driver = await open('I am sure');
  const before = await driver.until((one) => one.openReviews > 0 || one.stage === 'waiting-user');
  const ask = async (version: string, digest: string): Promise<void> => {
    await driver.send(MESSAGES.switchPolicy, { version, digest, by: 'bob', reason: 'try it' });
    await driver.until((one) => one.policy?.switching === undefined);
  };
  await ask('7.0.0', 'f'.repeat(64));
  const stranger = await publish(
    policy('8.0.0', 0.1, [
      {
        id: 'away',
        on: 'message',
        when: { input: 'legal', is: true },
        then: { do: 'transfer', to: 'nobody' },
      },
    ]),
  );
  await ask('8.0.0', stranger);
  const after = await driver.view();
  expect(after.policy?.digest).toBe(before.policy?.digest);
  const failed = (await driver.rows()).filter((one) => one.kind === 'policy-switch-failed');
  expect(failed.map((one) => one.content)).toMatchObject([
    { policyVersion: '7.0.0', failure: { code: 'POLICY_UNKNOWN' } },
    {
      policyVersion: '8.0.0',
      failure: {
        code: 'POLICY_INVALID',
        message: expect.stringContaining('policy.rules.1.then.to') as string,
      },
    },
  ]);
});
