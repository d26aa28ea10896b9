import { Client, Connection } from '@temporalio/client';
import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import { viewText } from '../../command/output/case-texts.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { CASE_WORKFLOW } from '../../contract/queues.ts';
import { agent, reply } from '../support/agents.ts';
import { caseInput, openBed, unique, type Bed } from '../support/bed.ts';
import { driveCase, openCase, type CaseDriver } from '../support/case-driver.ts';
import { HOSTILE, tryDoor, type Cell, type Told } from './row.ts';

const echo = agent('echo', unique('pool'), (turn) =>
  reply(`heard ${turn.unanswered.map((message) => message.text).join(', ')}`),
);
const team = defineTeam({
  name: unique('doors'),
  start: echo,
  edges: [escalate(echo, people('desk', { ann: { roles: [] } }))],
});

let bed: Bed;
/** A client that tells what the server says: the SDK's own asks again and again until its deadline. */
let around: Client;
let driver: CaseDriver;
let said = 0;

beforeAll(async () => {
  bed = await openBed({ teams: [team] });
  around = new Client({
    connection: await Connection.connect({
      address: String(process.env['TEMPORAL_ADDRESS']),
      interceptors: [],
    }),
  });
  driver = await openCase(bed, team);
  await driver.until((view) => view.stage === 'waiting-user');
});
afterAll(async () => {
  await around.connection.close();
  await bed.close();
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const json = (value: unknown): object => ({
  metadata: { encoding: bytes('json/plain') },
  data: bytes(JSON.stringify(value)),
});
const large = (megabytes: number): object =>
  json({ messageId: 'large', text: 'x'.repeat(megabytes * 1_000_000) });
const encrypted = { metadata: { encoding: bytes('binary/encrypted') }, data: bytes('\u0001\u0002') };
const half = { metadata: { encoding: bytes('json/plain') }, data: bytes('{"messageId": "m"') };
const noReason = { reviewId: 'r1', digest: 'a'.repeat(64), decision: 'approve', by: 'ann' };

/** Calls of the server itself, with nothing of ours before it. A call that is never answered fails in time. */
async function aroundOurDoors(ask: () => Promise<unknown>): Promise<unknown> {
  return around.withDeadline(Date.now() + 5_000, ask);
}

/** Sends a signal that the case refuses, and brings back what it recorded. */
async function signal(signalName: string, payload: object): Promise<Told> {
  const before = (await driver.view()).refusals.length;
  await aroundOurDoors(() =>
    around.workflowService.signalWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: driver.id },
      signalName,
      input: { payloads: [payload] },
    }),
  );
  const view = await driver.until((one) => one.refusals.length > before);
  const refusal = view.refusals.at(-1)?.failure;
  if (!refusal) throw new Error('it was let in');
  return refusal;
}

function updateRequest(workflowId: string, name: string, payload: object): object {
  return {
    namespace: 'default',
    workflowExecution: { workflowId },
    waitPolicy: { lifecycleStage: 3 as never },
    request: { meta: { updateId: unique('update') }, input: { name, args: { payloads: [payload] } } },
  };
}

/** Sends an update, and brings back how it was refused: by the case, or by the server. */
async function update(name: string, payload: object): Promise<Told> {
  const answer = (await aroundOurDoors(() =>
    around.workflowService.updateWorkflowExecution(updateRequest(driver.id, name, payload)),
  ).catch((error: unknown) => ({ refused: error }))) as {
    readonly refused?: Error;
    readonly outcome?: {
      readonly failure?: {
        readonly message?: string;
        readonly applicationFailureInfo?: { readonly type?: string };
      };
    };
  };
  if (answer.refused) return { message: answer.refused.message };
  const failure = answer.outcome?.failure;
  if (!failure) throw new Error('it was let in');
  return { message: String(failure.message), code: failure.applicationFailureInfo?.type };
}

/** Nothing is lost and nothing wedged: the case takes the next message, and answers it once. */
async function stillWorks(): Promise<void> {
  said += 1;
  const text = `word ${String(said)}`;
  await driver.say(text);
  const view = await driver.until((one) => one.transcript.at(-1)?.text === `heard ${text}`);
  expect(view.transcript.filter((message) => message.text === text)).toHaveLength(1);
}

/** What the server itself says to what is too large for it: see docs/limits.md. */
const refusedByTheServer =
  /Blob data size exceeds limit|larger than max|rejected because it wasn't processed by worker/;
const tooLargeForTheServer = (knock: () => Promise<Told>): Cell => ({
  knock: () => knock().catch((error: unknown) => ({ message: String(error) })),
  names: refusedByTheServer,
});

tryDoor(
  'signal',
  {
    missing: {
      knock: () => signal('decide', json(noReason)),
      code: 'INPUT_INVALID',
      names: 'decision.reason',
    },
    'wrong type': {
      knock: () => signal('say', json({ messageId: 'm', text: ['x'] })),
      code: 'INPUT_INVALID',
      names: 'message.text',
    },
    'unknown version': {
      knock: () => signal('delegate', json({})),
      code: 'INPUT_INVALID',
      names: 'signals: say, ask-for-human, decide',
    },
    '2.5 MB': tooLargeForTheServer(() => signal('say', large(2.5))),
    '5 MB': tooLargeForTheServer(() => signal('say', large(5))),
    undecodable: {
      knock: () => signal('say', encrypted),
      code: 'PAYLOAD_UNDECODABLE',
      names: 'binary/encrypted',
    },
    'hostile text': {
      shown: async () => {
        await signal(HOSTILE, json({}));
        const metadata = await driver.handle.query<{ currentDetails: string }>(
          '__temporal_workflow_metadata',
        );
        const { currentDetails } = metadata;
        expect(currentDetails).toContain('refused at signal: INPUT_INVALID');
        const text = viewText(await driver.view());
        expect(text).toContain('there is no signal');
        expect(text).toContain('http://evil');
        return `${currentDetails}${text}`;
      },
    },
  },
  stillWorks,
);

tryDoor(
  'update',
  {
    missing: {
      knock: () => update('decide', json(noReason)),
      code: 'INPUT_INVALID',
      names: 'decision.reason',
    },
    'wrong type': {
      knock: () => update('say', json({ messageId: 'm', text: ['x'] })),
      code: 'INPUT_INVALID',
      names: 'message.text',
    },
    'unknown version': {
      knock: () => update('delegate', json({})),
      names: 'No registered handler for update: delegate',
    },
    '2.5 MB': tooLargeForTheServer(() => update('say', large(2.5))),
    '5 MB': tooLargeForTheServer(() => update('say', large(5))),
    undecodable: {
      knock: () => update('say', half),
      code: 'PAYLOAD_UNDECODABLE',
      names: 'json/plain',
    },
    'hostile text': {
      shown: async () => {
        // A whole text is words; half a character has no form that could be kept.
        await driver.send(MESSAGES.say, { messageId: 'hostile', text: HOSTILE });
        const broken = await driver.refused(MESSAGES.say, { messageId: 'half', text: 'a\ud83d' });
        expect(broken).toMatchObject({ code: 'INPUT_INVALID' });
        const view = await driver.view();
        expect(view.transcript.find((message) => message.id === 'hostile')?.text).toBe(HOSTILE);
        return `${broken.message}${viewText(view)}`;
      },
    },
  },
  stillWorks,
);

test.each([2.5, 5])(
  'a case of %s MB that is started around our doors is refused by the server',
  async (size) => {
    const workflowId = unique('large');
    const start = aroundOurDoors(() =>
      around.workflow.start(CASE_WORKFLOW, {
        workflowId,
        taskQueue: bed.caseQueue(),
        args: [caseInput(team.name), 'x'.repeat(size * 1_000_000)],
      }),
    );
    await expect(start).rejects.toMatchObject({
      cause: { message: expect.stringMatching(refusedByTheServer) as string },
    });
    await expect(bed.client.workflow.getHandle(workflowId).describe()).rejects.toThrow(/not found/i);
    await stillWorks();
  },
);

test('an update of 2.5 MB that comes with a workflow task which leaves events does not end the case', async () => {
  const workflowId = unique('large');
  const answer = await aroundOurDoors(() =>
    around.workflowService.executeMultiOperation({
      namespace: 'default',
      operations: [
        {
          startWorkflow: {
            namespace: 'default',
            workflowId,
            workflowType: { name: CASE_WORKFLOW },
            taskQueue: { name: bed.caseQueue() },
            workflowIdConflictPolicy: 1 as never,
            requestId: unique('start'),
            input: { payloads: [json(caseInput(team.name))] },
          },
        },
        { updateWorkflow: updateRequest(workflowId, 'say', large(2.5)) },
      ],
    }),
  );
  expect(JSON.stringify(answer)).toMatch(refusedByTheServer);
  const other = driveCase(bed, bed.client.workflow.getHandle(workflowId));
  await other.until((view) => view.stage === 'waiting-user');
  await other.handle.cancel();
  const { transcript } = await other.until((view) => view.stage === 'closed');
  expect(transcript.filter((message) => message.id === 'large')).toEqual([]);
});

test('while the server is busy with large bodies for one case, the others go on', async () => {
  const large25 = update('say', large(2.5));
  const large5 = update('say', large(5));
  const other = await openCase(bed, team);
  await other.until((view) => view.stage === 'waiting-user');
  await other.say('and I?');
  await other.until((view) => view.transcript.at(-1)?.text === 'heard and I?');
  for (const told of await Promise.all([large25, large5])) expect(told.message).toMatch(refusedByTheServer);
  await other.handle.cancel();
  await other.result();
  await stillWorks();
});

test('through all of it the case stayed one', async () => {
  await driver.handle.cancel();
  expect(await driver.result()).toMatchObject({ outcome: { kind: 'cancelled' } });
  const { transcript } = await driver.view();
  expect(transcript.filter((message) => message.id === 'large')).toEqual([]);
});
