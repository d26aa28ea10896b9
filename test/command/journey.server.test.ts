import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { createBatonClient, type BatonClient } from '../../client/baton-client.ts';
import { until } from '../../scripts/ports.ts';
import { startDesk, type RunningDesk } from '../client/desk.ts';
import { quietRuntime } from '../support/bed.ts';
import { runBatonProcess, type Ended } from './baton-process.ts';
import { runBatonHere } from './run-here.ts';

let desk: RunningDesk;
let client: BatonClient;
let folder: string;

beforeAll(async () => {
  quietRuntime();
  desk = await startDesk();
  client = createBatonClient({ client: desk.client, ledger: desk.ledger });
  folder = await mkdtemp(path.join(tmpdir(), 'baton-command-'));
});
afterAll(async () => {
  await desk.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command in this process: the program is the same, and loading it takes seconds of a processor. */
const run: Run = (words, input) =>
  runBatonHere(words, { environment: desk.environment, ...(input === undefined ? {} : { input }) });

/** Runs a command as a person or script would: each exit code, streams, and that it ends by itself. */
const runApart: Run = (words, input) =>
  runBatonProcess(words, { environment: desk.environment, ...(input === undefined ? {} : { input }) });

type Run = (words: readonly string[], input?: string) => Promise<Ended>;

/** Runs a command that must work, for people. */
async function text(words: readonly string[], how: Run = run, input?: string): Promise<string> {
  const ended = await how(words, input);
  expect({ words, ...ended }).toMatchObject({ exitCode: 0, errors: '' });
  return ended.output;
}
/** Runs a command that must work, as a script. */
async function json(
  words: readonly string[],
  how: Run = run,
  input?: string,
): Promise<Record<string, unknown>> {
  return JSON.parse(await text([...words, '--json'], how, input)) as Record<string, unknown>;
}
async function reaching(caseId: string, stage: string): Promise<void> {
  const is = await until(async () => (await client.status(caseId)).stage === stage, { limitMs: 60_000 });
  if (!is)
    throw new Error(`${caseId} never came to ${stage}: ${JSON.stringify(await client.status(caseId))}`);
}

test('a case from its opening to its end, for people and for scripts', async () => {
  const caseId = 'journey-1';
  const open = ['open', '--team', 'test-desk', '--task', 'pay me back', '--case-id', caseId];
  const limits = [
    '--budget-usd',
    '12.5',
    '--deadline',
    '2030-01-01T00:00:00Z',
    '--allow',
    'refund',
    '--allow',
    'gift',
  ];
  open.push(...limits, '--policy', 'be kind', '--acceptance', 'the money is back');
  const hello = [...open, '--message', 'hello', '--message-id', 'm-1', '--facts', '{"orderId":"O-1"}'];
  expect(await text(hello, runApart)).toMatch(/^opened journey-1\n {2}trace [0-9a-f-]{36}\n$/);
  expect(await json(hello)).toMatchObject({ caseId, joined: true });
  await reaching(caseId, 'waiting-user');
  expect((await client.show(caseId)).task).toMatchObject({
    constraints: {
      budgetUsd: 12.5,
      deadline: '2030-01-01T00:00:00Z',
      allowedActions: ['refund', 'gift'],
      policies: ['be kind'],
    },
    acceptance: ['the money is back'],
  });

  expect(await text(['say', caseId, 'billing O-1', '--message-id', 'm-2'])).toContain('taken: message');
  expect(await json(['say', caseId, 'billing O-1', '--message-id', 'm-2'])).toMatchObject({ accepted: true });
  await until(async () => (await client.status(caseId)).owner === 'billing', { limitMs: 60_000 });
  await reaching(caseId, 'waiting-user');
  expect(await json(['say', caseId, '-'], runApart, 'refund 400')).toMatchObject({ accepted: true });
  await reaching(caseId, 'waiting-person');

  const hop = await json(['show', caseId, '--context', 'h1']);
  expect(hop).toMatchObject({ handoff: 'h1', crossed: ['orderId'], complete: true });
  expect(hop['digests']).toMatchObject({ crossed: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
  expect(await text(['show', caseId, '--context', 'h1'])).toContain('complete');
  const unknown = await run(['show', caseId, '--context', 'h9']);
  expect(unknown.exitCode).not.toBe(0);
  expect(unknown.errors).toContain('handoffs of the case: h1');

  const listed = ['list', '--team', 'test-desk', '--owner', 'billing', '--waiting-on', 'people', '--open'];
  await until(async () => (await client.list({ owner: 'billing', waitingOn: 'people' })).length > 0, {
    limitMs: 60_000,
  });
  const looks = [
    ['status', caseId],
    ['show', caseId],
    ['transcript', caseId],
    listed,
    ['reviews', '--pool', 'finance'],
  ];
  const [status, show, transcript, list, reviews = ''] = await Promise.all(looks.map((words) => text(words)));
  const [statusJson, showJson, transcriptJson, listJson, reviewsJson] = await Promise.all(
    looks.map((words) => json(words)),
  );
  expect(status).toContain('owner       billing');
  expect(status).toContain('path        triage -> billing');
  expect(statusJson).toMatchObject({ live: true, owner: 'billing', openReviews: 1 });
  expect(show).toContain('h1 triage -> billing: billing-question, accepted');
  expect(showJson).toMatchObject({ caseId, task: { definition: 'pay me back' } });
  expect(transcript).toContain('triage (AI): you said: hello');
  expect(transcriptJson).toMatchObject({ messages: [{ id: 'm-1' }, {}, { id: 'm-2' }, {}, {}, {}] });
  expect(list).toMatch(/^CASE .*\njourney-1 +test-desk +waiting-person +billing +people:finance +1 /);
  expect(listJson).toMatchObject({ cases: [{ caseId }] });
  const [digest = ''] = /[0-9a-f]{64}/.exec(reviews) ?? [];
  expect(reviews).toContain('Refund to the customer?');
  expect(reviewsJson).toMatchObject({ reviews: [{ caseId, review: { id: 'r1', digest } }] });

  const decide = ['decide', caseId, 'r1', '--approve', '--by', 'ann', '--reason', 'it is due'];
  const unseen = await runApart(decide);
  expect(unseen).toMatchObject({ exitCode: 2, output: '' });
  expect(unseen.errors).toContain('"amountEur": 400');
  expect(unseen.errors).toContain(`--digest ${digest}`);
  const stale = await runApart([...decide, '--digest', '0'.repeat(64), '--json']);
  expect(stale).toMatchObject({ exitCode: 1, output: '' });
  expect(JSON.parse(stale.errors)).toMatchObject({ error: { code: 'REVIEW_STALE', field: 'digest' } });
  expect((await run([...decide, '--by', 'mallory', '--digest', digest])).errors).toContain(
    'REVIEW_FORBIDDEN',
  );
  expect(await text([...decide, '--digest', digest])).toBe('taken: r1 approved by ann\n');
  expect(await json([...decide, '--yes'])).toMatchObject({ accepted: true, review: { id: 'r1', digest } });
  const late = await run([
    'decide',
    caseId,
    'r1',
    '--reject',
    '--by',
    'bob',
    '--reason',
    'no',
    '--digest',
    digest,
  ]);
  expect(late).toMatchObject({ exitCode: 1, output: '' });
  expect(late.errors).toContain('ann: approve');
  await reaching(caseId, 'waiting-user');

  expect(await text(['ask-for-human', caseId, '--by', 'user-1', '--reason', 'please'])).toContain('taken');
  expect(await json(['ask-for-human', caseId])).toMatchObject({ accepted: true });
  await reaching(caseId, 'human');
  const mallory = await run(['claim', caseId, '--by', 'mallory']);
  expect(mallory).toMatchObject({ exitCode: 1 });
  expect(await text(['claim', caseId, '--by', 'ann'])).toContain('ann holds the case');
  expect(await json(['claim', caseId, '--by', 'ann'])).toMatchObject({ repeated: true });
  const reply = ['reply', caseId, 'I am here', '--by', 'ann', '--message-id', 'p-1'];
  expect(await text(reply)).toContain('taken');
  expect(await json(reply)).toMatchObject({ accepted: true });
  expect(await text(['give-back', caseId, '--by', 'ann', '--note', 'all clear'])).toContain('taken');
  await reaching(caseId, 'waiting-user');
  await client.askForHuman(caseId);
  await reaching(caseId, 'human');
  expect(await json(['give-back', caseId, '--by', 'ann', '--note', 'again', '--facts', '{}'])).toMatchObject({
    accepted: true,
  });
  await reaching(caseId, 'waiting-user');
  await client.askForHuman(caseId);
  await reaching(caseId, 'human');
  const watching = runApart(['watch', caseId, '--json', '--interval', '250']);
  const looking = run(['watch', caseId]);
  expect(
    await json(['resolve', caseId, '--by', 'bob', '--outcome', 'settled', '--note', 'done']),
  ).toMatchObject({
    accepted: true,
  });
  const { output } = await watching;
  const seen = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { stage: string });
  expect(seen.at(-1)).toMatchObject({ stage: 'closed', outcome: { kind: 'finished', outcome: 'settled' } });
  expect((await looking).output).toContain('outcome     finished, settled');

  const resolveAgain = await run(['resolve', caseId, '--by', 'bob', '--outcome', 'x', '--note', 'y']);
  expect(resolveAgain).toMatchObject({ exitCode: 1, output: '' });
  expect(resolveAgain.errors).toContain('finished, settled');
  expect(await text(['verify', caseId], runApart)).toContain('journey-1: the ledger is sound');
  expect(await json(['verify', caseId])).toMatchObject({ ok: true, closed: true, anchored: true, lag: 0 });
  const elsewhere = await run(['verify', caseId, '--ledger', path.join(folder, 'empty.db')]);
  expect(elsewhere.exitCode).toBe(1);
  expect(elsewhere.output).toContain('NOT sound');
  const repaired = await json(['verify', caseId, '--repair', '--ledger', path.join(folder, 'empty.db')]);
  expect(repaired).toMatchObject({ ok: true, anchored: true });

  const story = await text(['replay', caseId], runApart);
  expect(story).toContain('plain replay: the same');
  expect(story).toMatch(/handoff-accepted +billing +triage -> billing/);
  expect(story).toMatch(/review-decided .*by=ann/);
  expect(story).toMatch(/effect-committed .*tool=refund/);
  const replayed = await json(['replay', caseId]);
  expect(replayed).toMatchObject({ ok: true, replays: [{ plain: { ok: true } }] });

  const chain = await client.histories(caseId);
  const file = path.join(folder, 'journey.json');
  const history = historyToJSON(chain.runs[0]?.history ?? {});
  await writeFile(file, history);
  const nowhere = { environment: { ...desk.environment, TEMPORAL_ADDRESS: '127.0.0.1:1' } };
  const offline = await runBatonProcess(['replay', '--file', folder, '--json'], nowhere);
  expect(offline).toMatchObject({ exitCode: 0, errors: '' });
  expect(JSON.parse(offline.output)).toMatchObject({ ok: true });
  await writeFile(file, changedTimer(history));
  const diverged = await runBatonHere(['replay', '--file', file], nowhere);
  expect(diverged.exitCode).toBe(1);
  expect(diverged.output).toContain('strict replay: DIVERGED at event');
}, 360_000);

/** The history with the first timer of another length: as if the code had been changed since. */
function changedTimer(history: string): string {
  return history.replace(/"startToFireTimeout":\s*"[^"]*"/, '"startToFireTimeout": "77s"');
}

test('dead letters and cancelling, for people and for scripts', async () => {
  const first = String((await json(['open', '--team', 'test-desk', '--message', 'fail']))['caseId']);
  await reaching(first, 'parked');
  expect(await text(['dead-letters', first])).toContain(`dead letter d1 of ${first} (open)`);
  await until(async () => (await client.deadLetters()).items.length > 0, { limitMs: 60_000 });
  expect(await json(['dead-letters'])).toMatchObject({ deadLetters: [{ caseId: first }], unanswered: [] });
  const act = ['--by', 'ann', '--reason', 'once more'];
  const unknown = await run(['redrive', first, 'd9', ...act]);
  expect(unknown).toMatchObject({ exitCode: 1, output: '' });
  expect(await text(['redrive', first, 'd1', ...act])).toContain('d1 redriven');
  await until(async () => (await client.deadLetters({ caseId: first })).items.length === 2, {
    limitMs: 60_000,
  });
  expect(await json(['redrive', first, 'd2', ...act, '--correction', '{"orderId":"O-2"}'])).toMatchObject({
    accepted: true,
  });
  await until(async () => (await client.deadLetters({ caseId: first })).items.length === 3, {
    limitMs: 60_000,
  });
  expect(await text(['discard', first, 'd3', ...act])).toContain('d3 discarded');
  await reaching(first, 'waiting-user');
  await client.say(first, { messageId: 'm-9', text: 'fail' });
  await reaching(first, 'parked');
  expect(await json(['discard', first, 'd4', ...act])).toMatchObject({ accepted: true });
  const cancelled = await json(['cancel', first, '--wait'], runApart);
  expect(cancelled).toMatchObject({ outcome: { kind: 'cancelled' } });
  const again = await run(['cancel', first]);
  expect(again).toMatchObject({ exitCode: 1, output: '' });
  expect(again.errors).toContain('cancelled');
  const second = String((await json(['open', '--team', 'test-desk', '--message', 'hello']))['caseId']);
  expect(await text(['cancel', second])).toContain('taken');
  await reaching(second, 'closed');
}, 360_000);
