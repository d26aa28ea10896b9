import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { BatonClient } from '../../client/baton-client.ts';
import { createBatonClient } from '../../client/baton-client.ts';
import type { StatusAnswer } from '../../client/cases/read.ts';
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

async function open(text: string): Promise<string> {
  const { caseId } = await baton.open({ team: 'test-desk', task, message: { id: 'm-1', text } });
  return caseId;
}
async function reaching(caseId: string, wanted: Partial<StatusAnswer>): Promise<void> {
  const reached = await until(
    async () => {
      const status = await baton.status(caseId);
      return Object.entries(wanted).every(([name, value]) => status[name as keyof StatusAnswer] === value);
    },
    { limitMs: 60_000 },
  );
  if (!reached)
    throw new Error(`never came to ${JSON.stringify(wanted)}: ${JSON.stringify(await baton.show(caseId))}`);
}

test('a message repeated five times is one message, and another text under its id is refused (F07)', async () => {
  const caseId = await open('hello');
  await reaching(caseId, { stage: 'waiting-user' });
  const message = { messageId: 'm-2', text: 'and again' };
  const receipts = await Promise.all([1, 2, 3, 4, 5].map(() => baton.say(caseId, message)));
  expect(receipts).toHaveLength(5);
  await desk.client.workflow.getHandle(caseId).signal('say', message);
  await reaching(caseId, { stage: 'waiting-user' });
  const transcript = await baton.transcript(caseId);
  expect(transcript.filter((one) => one.id === 'm-2')).toHaveLength(1);
  expect(await failureFrom(baton.say(caseId, { ...message, text: 'something else' }))).toMatchObject({
    code: 'MESSAGE_CONFLICT',
    field: 'messageId',
  });
});

test.each<[string, unknown, string, string]>([
  ['no text', { messageId: 'm' }, 'INPUT_INVALID', 'message.text'],
  ['text of the wrong type', { messageId: 'm', text: {} }, 'INPUT_INVALID', 'message.text'],
  ['no id', { text: 'hello' }, 'INPUT_INVALID', 'message.messageId'],
  ['2.5 MB', { messageId: 'm', text: 'x'.repeat(2_621_440) }, 'INPUT_TOO_LARGE', 'message'],
  ['5 MB', { messageId: 'm', text: 'x'.repeat(5_242_880) }, 'INPUT_TOO_LARGE', 'message'],
])('refuses a message of %s before it is sent', async (_, message, code, field) => {
  expect(await failureFrom(baton.say('no-such-case', message as never))).toMatchObject({ code, field });
});

test('a message that no worker answers for is left with the server, and taken once', async () => {
  const caseId = await open('hello');
  await reaching(caseId, { stage: 'waiting-user' });
  await desk.stopWorkers();
  const message = { messageId: 'm-2', text: 'are you there?' };
  const receipt = await createBatonClient({ client: desk.client, answerMs: 300 }).say(caseId, message);
  expect(receipt).toMatchObject({ accepted: true, detail: expect.stringContaining('left with') as string });
  await desk.startWorkers();
  await until(async () => (await baton.transcript(caseId)).length >= 4, { limitMs: 60_000 });
  const texts = (await baton.transcript(caseId)).map((one) => one.text);
  expect(texts).toEqual(['hello', 'you said: hello', 'are you there?', 'you said: are you there?']);
});

test('without a worker status, list, verify and cancel still answer; show says who is missing', async () => {
  const caseId = await open('billing O-7');
  await reaching(caseId, { owner: 'billing', stage: 'waiting-user' });
  await until(async () => (await baton.verify(caseId)).lag === 0, { limitMs: 60_000 });
  const live = await baton.status(caseId);
  expect(live).toMatchObject({ live: true, path: ['triage', 'billing'], hops: 1 });
  await desk.stopWorkers();
  const impatient = createBatonClient({ client: desk.client, ledger: desk.ledger, answerMs: 300 });
  try {
    expect(await impatient.status(caseId)).toEqual({ ...live, live: false });
    const owned = await impatient.list({ owner: 'billing', stage: 'waiting-user', open: true });
    expect(owned.map((one) => one.caseId)).toContain(caseId);
    expect(await impatient.verify(caseId)).toMatchObject({ ok: true, closed: false });
    expect(await failureFrom(impatient.show(caseId))).toMatchObject({ code: 'NO_WORKER' });
    const decision = {
      reviewId: 'r1',
      digest: '0'.repeat(64),
      decision: 'approve',
      by: 'ann',
      reason: 'x',
    } as const;
    expect(await failureFrom(impatient.decide(caseId, decision))).toMatchObject({ code: 'NO_WORKER' });
    await impatient.cancel(caseId);
  } finally {
    await desk.startWorkers();
  }
  expect(await baton.result(caseId)).toMatchObject({ outcome: { kind: 'cancelled' } });
  expect(await failureFrom(baton.cancel(caseId))).toMatchObject({
    code: 'CASE_CLOSED',
    message: expect.stringContaining('cancelled') as string,
  });
});

test('a human is asked for, claims, replies, gives back, and ends the case', async () => {
  const caseId = await open('billing O-1');
  await reaching(caseId, { owner: 'billing' });
  await baton.askForHuman(caseId, { by: 'user-1', reason: 'please' });
  await reaching(caseId, { stage: 'human', owner: 'people:finance', waitingOn: 'people:finance' });
  const stranger = baton.claim(caseId, { by: 'mallory' });
  expect(await failureFrom(stranger)).toMatchObject({ code: 'PERSON_FORBIDDEN', field: 'by' });
  await baton.claim(caseId, { by: 'ann' });
  expect(await failureFrom(baton.claim(caseId, { by: 'bob' }))).toMatchObject({ code: 'CLAIMED_BY_OTHER' });
  const reply = { by: 'ann', messageId: 'p-1', text: 'I am here' };
  await baton.reply(caseId, reply);
  await baton.reply(caseId, reply);
  await baton.giveBack(caseId, { by: 'ann', note: 'all clear' });
  await reaching(caseId, { owner: 'billing', stage: 'waiting-user' });
  expect(await failureFrom(baton.reply(caseId, { ...reply, messageId: 'p-2' }))).toMatchObject({
    code: 'NOT_OWNED_BY_PERSON',
  });
  await baton.askForHuman(caseId);
  await reaching(caseId, { stage: 'human' });
  await baton.resolve(caseId, { by: 'bob', outcome: 'settled', note: 'done by telephone' });
  expect(await baton.result(caseId)).toMatchObject({ outcome: { kind: 'finished', outcome: 'settled' } });
  expect((await baton.transcript(caseId)).filter((one) => one.id === 'p-1')).toHaveLength(1);
  expect(await failureFrom(baton.claim(caseId, { by: 'ann' }))).toMatchObject({
    code: 'CASE_CLOSED',
    message: expect.stringContaining('finished, settled') as string,
  });
  expect(await baton.verify(caseId)).toMatchObject({ ok: true, closed: true, lag: 0, anchored: true });
});

test('dead letters are found, redriven, discarded', async () => {
  const caseId = await open('fail');
  await reaching(caseId, { stage: 'parked', openDeadLetters: 1 });
  await until(async () => (await baton.deadLetters()).items.some((one) => one.caseId === caseId), {
    limitMs: 60_000,
  });
  const { items } = await baton.deadLetters({ caseId });
  expect(items).toMatchObject([{ caseId, deadLetter: { id: 'd1', status: 'open', agent: 'triage' } }]);
  const by = 'ann';
  expect(await failureFrom(baton.redrive(caseId, { deadLetterId: 'd9', by, reason: 'x' }))).toMatchObject({
    code: 'DEAD_LETTER_UNKNOWN',
    field: 'deadLetterId',
  });
  const stranger = { deadLetterId: 'd1', by: 'mallory', reason: 'x' };
  expect(await failureFrom(baton.discard(caseId, stranger))).toMatchObject({ code: 'PERSON_FORBIDDEN' });
  await baton.redrive(caseId, { deadLetterId: 'd1', by, reason: 'once more' });
  await until(async () => (await baton.deadLetters({ caseId })).items.length === 2, { limitMs: 60_000 });
  await baton.discard(caseId, { deadLetterId: 'd2', by, reason: 'it is no use' });
  await reaching(caseId, { openDeadLetters: 0 });
  expect((await baton.deadLetters({ caseId })).items.map((one) => one.deadLetter.status)).toEqual([
    'redriven',
    'discarded',
  ]);
});

test('a watch tells every change once and ends with the case', async () => {
  const caseId = await open('hello');
  const seen: string[] = [];
  for await (const status of baton.watch(caseId, { intervalMs: 250 })) {
    seen.push(`${status.stage} ${status.owner}`);
    if (status.stage === 'waiting-user' && status.owner === 'triage') {
      await baton.say(caseId, { messageId: 'm-2', text: 'billing O-1' });
    } else if (status.stage === 'waiting-user') {
      await baton.say(caseId, { messageId: 'm-3', text: 'finish well' });
    }
  }
  expect(seen).toContain('waiting-user billing');
  expect(seen.at(-1)).toBe('closed billing');
  expect(new Set(seen).size).toBe(seen.length);
});

test('a watch ends quietly when it is aborted, and refuses to be hasty', async () => {
  const caseId = await open('hello');
  const controller = new AbortController();
  let looks = 0;
  for await (const status of baton.watch(caseId, { signal: controller.signal })) {
    looks += status.caseId === caseId ? 1 : 0;
    controller.abort();
  }
  expect(looks).toBe(1);
  expect(await failureFrom(baton.watch(caseId, { intervalMs: 10 }).next())).toMatchObject({
    code: 'INPUT_INVALID',
    field: 'intervalMs',
  });
});

test('an unknown case is unknown to every method', async () => {
  const id = 'no-such-case';
  const by = 'ann';
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    say: () => baton.say(id, { messageId: 'm', text: 'hello' }),
    askForHuman: () => baton.askForHuman(id),
    status: () => baton.status(id),
    show: () => baton.show(id),
    transcript: () => baton.transcript(id),
    watch: () => baton.watch(id).next(),
    decide: () =>
      baton.decide(id, {
        reviewId: 'r1',
        digest: '0'.repeat(64),
        decision: 'approve',
        by,
        reason: 'x',
      }),
    claim: () => baton.claim(id, { by }),
    reply: () => baton.reply(id, { by, messageId: 'm', text: 'x' }),
    giveBack: () => baton.giveBack(id, { by, note: '' }),
    resolve: () => baton.resolve(id, { by, outcome: 'x', note: '' }),
    deadLetters: () => baton.deadLetters({ caseId: id }),
    redrive: () => baton.redrive(id, { deadLetterId: 'd1', by, reason: '' }),
    discard: () => baton.discard(id, { deadLetterId: 'd1', by, reason: 'x' }),
    cancel: () => baton.cancel(id),
    verify: () => baton.verify(id),
    histories: () => baton.histories(id),
    result: () => baton.result(id),
  };
  for (const [name, call] of Object.entries(calls)) {
    expect({ name, ...(await failureFrom(call())) }).toMatchObject({
      name,
      code: 'CASE_UNKNOWN',
      field: 'caseId',
    });
  }
});

test('a workflow that is no case is told from one', async () => {
  const handle = await desk.client.workflow.start('something-else', {
    workflowId: 'other',
    taskQueue: 'other',
  });
  try {
    expect(await failureFrom(baton.status('other'))).toMatchObject({ code: 'CASE_UNKNOWN' });
  } finally {
    await handle.terminate();
  }
});

test('a terminated case is closed, by name', async () => {
  const caseId = await open('hello');
  await reaching(caseId, { stage: 'waiting-user' });
  await desk.client.workflow.getHandle(caseId).terminate('by the operator');
  expect(await baton.status(caseId)).toMatchObject({ stage: 'closed', outcome: { kind: 'failed' } });
  const said = { messageId: 'm-2', text: 'hello?' };
  for (const call of [() => baton.say(caseId, said), () => baton.result(caseId)]) {
    const failed = await failureFrom(call());
    expect(failed.code).toBe('CASE_CLOSED');
    expect(failed.message).toContain('terminated');
  }
});
