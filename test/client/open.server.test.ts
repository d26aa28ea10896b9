import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { BatonClient } from '../../client/baton-client.ts';
import { createBatonClient } from '../../client/baton-client.ts';
import { connectBaton } from '../../client/connect-baton.ts';
import { CASE_QUEUE, CASE_WORKFLOW } from '../../contract/queues.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';
import { until } from '../../scripts/ports.ts';
import { failureFrom, startDesk, type RunningDesk } from './desk.ts';

let desk: RunningDesk;
let baton: BatonClient;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  desk = await startDesk();
  baton = createBatonClient({ client: desk.client, ledger: desk.ledger, answerMs: 30_000 });
});
afterAll(() => desk.stop());

const task = { definition: 'a question' };
const message = { id: 'm-1', text: 'hello' };
const started = async (): Promise<number> => (await desk.client.workflow.count()).count;

test('opens a case under an id that people can read out, with its search attributes and a summary', async () => {
  const { caseId, trace, joined } = await baton.open({
    team: 'test-desk',
    task: { definition: 'see [this](http://evil)\u202e' },
  });
  expect(caseId).toMatch(/^case(-[2-9b-z]{4}){3}$/);
  expect(joined).toBe(false);
  const description = await desk.client.workflow.getHandle(caseId).describe();
  expect(description.runId).toBe(trace);
  expect(await description.staticSummary()).toBe('test-desk: see \\[this\\]\\(http://evil\\) ');
  const [listed] = (await baton.list({ team: 'test-desk' })).filter((one) => one.caseId === caseId);
  expect(listed).toMatchObject({ team: 'test-desk', execution: 'running' });
});

test.each(['without search attributes', 'under the name of another team'])(
  'a case that was started around the client %s is listed with its team',
  async (how) => {
    const handle = await desk.client.workflow.start(CASE_WORKFLOW, {
      args: [{ version: '1.0.0', team: 'test-desk', task, message: { id: 'm-1', text: 'finish well' } }],
      workflowId: `around ${how}`.replaceAll(' ', '-'),
      taskQueue: CASE_QUEUE,
      ...(how === 'without search attributes'
        ? {}
        : { typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.team, value: 'another' }] }),
    });
    await handle.result();
    const isListed = async (): Promise<boolean> =>
      (await baton.list({ team: 'test-desk' })).some((one) => one.caseId === handle.workflowId);
    expect(await until(isListed, { limitMs: 60_000 })).toBe(true);
  },
);

test('the same open twice is one case, open or closed; other content under its id is refused (F08)', async () => {
  const input = { team: 'test-desk', task, message: { id: 'm-1', text: 'finish well' } };
  const first = await baton.open(input, { caseId: 'twice' });
  const again = await Promise.all([1, 2, 3].map(() => baton.open(input, { caseId: 'twice' })));
  expect(again).toEqual([1, 2, 3].map(() => ({ ...first, joined: true })));
  await baton.result('twice');
  expect(await baton.open(input, { caseId: 'twice' })).toEqual({ ...first, joined: true });
  const other = { ...input, task: { definition: 'something else' } };
  expect(await failureFrom(baton.open(other, { caseId: 'twice' }))).toMatchObject({
    code: 'CASE_EXISTS',
    field: 'caseId',
  });
});

const big = (megabytes: number): string => 'x'.repeat(megabytes * 1_048_576);

test.each<[string, unknown, string, string]>([
  ['a missing team', { task }, 'INPUT_INVALID', 'case.team'],
  ['a team of the wrong type', { team: 7, task }, 'INPUT_INVALID', 'case.team'],
  ['hostile text as a team', { team: "x' OR 1=1 --", task }, 'INPUT_INVALID', 'case.team'],
  ['no task', { team: 'test-desk' }, 'INPUT_INVALID', 'case.task'],
  ['nothing', null, 'VERSION_UNSUPPORTED', 'case.version'],
  [
    'an unknown version',
    { version: '9.0.0', team: 'test-desk', task },
    'VERSION_UNSUPPORTED',
    'case.version',
  ],
  ['a state of its own', { team: 'test-desk', task, carried: {} }, 'INPUT_INVALID', 'case.carried'],
  ['2.5 MB', { team: 'test-desk', task, facts: { a: big(2.5) } }, 'INPUT_TOO_LARGE', 'case'],
  ['5 MB', { team: 'test-desk', task, facts: { a: big(5) } }, 'INPUT_TOO_LARGE', 'case'],
  ['facts that are no JSON', { team: 'test-desk', task, facts: { a: 1n } }, 'INPUT_INVALID', 'case'],
])('refuses %s before anything is sent', async (_, input, code, field) => {
  const before = await started();
  const failed = await failureFrom(baton.open(input as never));
  expect(failed).toMatchObject({ code, field });
  expect(failed.message.length).toBeLessThan(2_000);
  expect(await started()).toBe(before);
});

test.each(['', '\u0000', 'a\nb', 'x'.repeat(201), 7 as never])('refuses %j as a case id', async (caseId) => {
  const failed = await failureFrom(baton.open({ team: 'test-desk', task }, { caseId }));
  expect(failed).toMatchObject({ code: 'INPUT_INVALID', field: 'caseId' });
});

test('a team that nobody serves fails the case, and says so to whoever waits', async () => {
  const { caseId } = await baton.open({ team: 'no-such-team', task, message });
  expect(await failureFrom(baton.result(caseId))).toMatchObject({ code: 'TEAM_UNKNOWN' });
  expect(await baton.status(caseId)).toMatchObject({
    stage: 'closed',
    outcome: { kind: 'failed', failure: { code: 'TEAM_UNKNOWN' } },
  });
  expect(await failureFrom(baton.say(caseId, { messageId: 'm', text: 'hello?' }))).toMatchObject({
    code: 'CASE_CLOSED',
  });
});

test('a missing search attribute is named with the command that adds it', async () => {
  await desk.client.connection.operatorService.removeSearchAttributes({
    namespace: desk.namespace,
    searchAttributes: ['BatonHops'],
  });
  try {
    const failed = await failureFrom(baton.open({ team: 'test-desk', task }));
    expect(failed.code).toBe('SEARCH_ATTRIBUTE_MISSING');
    expect(failed.message).toContain('temporal operator search-attribute create --name BatonHops --type Int');
  } finally {
    await desk.client.connection.operatorService.addSearchAttributes({
      namespace: desk.namespace,
      searchAttributes: { BatonHops: 3 as never },
    });
  }
});

test('a server that is not there is named with its address', async () => {
  const failed = await failureFrom(connectBaton({ address: '127.0.0.1:1', connectMs: 500 }));
  expect(failed.code).toBe('SERVER_UNREACHABLE');
  expect(failed.message).toContain('127.0.0.1:1');
});

test('a connection is made from the environment', async () => {
  const connected = await connectBaton({ namespace: desk.namespace });
  try {
    expect(connected).toMatchObject({ address: desk.address, namespace: desk.namespace });
    expect(await connected.list({ limit: 1 })).toHaveLength(1);
  } finally {
    await connected.close();
  }
});

test('a namespace that is not there is named', async () => {
  const connected = await connectBaton({ namespace: 'nowhere' });
  try {
    expect(await failureFrom(connected.open({ team: 'test-desk', task }))).toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('nowhere') as string,
    });
  } finally {
    await connected.close();
  }
});
