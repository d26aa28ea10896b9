/**
 * Everything that anybody says in a private team, planted and sought: in every event and query answer of the history
 * with no codec, search attributes, ledger rows, logs, and the files of all databases (X5).
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { BatonClient } from '../../client/baton-client.ts';
import type { Review } from '../../contract/review.ts';
import { until } from '../../scripts/ports.ts';
import { startTemporalServer, type OwnedTemporalServer } from '../../scripts/temporal-server.ts';
import { runBatonHere } from '../command/run-here.ts';
import { awaitCase } from '../support/await-case.ts';
import { ACCOUNT, canary, canaryTeam as team, planted, seen, shown } from '../support/canary-team.ts';
import { openPrivateBed, type PrivateBed } from '../support/private-bed.ts';

const logged: string[] = [];
let server: OwnedTemporalServer;
let bed: PrivateBed;
let client: Client;
let baton: BatonClient;

beforeAll(async () => {
  const filter = makeTelemetryFilterString({ core: 'INFO', other: 'ERROR' });
  Runtime.install({
    logger: new DefaultLogger('TRACE', (entry) => {
      logged.push(`${entry.message} ${String(entry.meta?.['error'])} ${stackOf(entry.meta?.['error'])}`);
      logged.push(
        Object.values(entry.meta ?? {})
          .map(String)
          .join(' '),
      );
    }),
    telemetryOptions: { logging: { filter, forward: {} } },
  });
  server = await startTemporalServer({ headless: true });
  bed = await openPrivateBed(team, server);
  ({ client, baton } = bed);
});
afterAll(async () => {
  await bed.close();
  await server.stop();
});

function stackOf(error: unknown): string {
  for (let one = error, all = ''; ; one = one.cause) {
    if (!(one instanceof Error)) return all;
    all += `${one.message} ${String(one.stack)}`;
  }
}

/** Every byte of the files in a folder. */
async function bytesIn(place: string): Promise<Buffer> {
  const names = await readdir(place);
  return Buffer.concat(await Promise.all(names.map((name) => readFile(path.join(place, name)))));
}

/** Everything that a history says, payloads as text. */
async function textOfHistory(handle: WorkflowHandle): Promise<string> {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (value instanceof Uint8Array) texts.push(new TextDecoder().decode(value));
    else if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'object' && value !== null)
      for (const [name, member] of Object.entries(value)) {
        texts.push(name);
        walk(member);
      }
  };
  walk((await handle.fetchHistory()).events);
  return texts.join('\n');
}

async function stageIs(caseId: string, stage: string, owner: string): Promise<void> {
  const there = await until(
    async () => {
      const status = await baton.status(caseId);
      return status.stage === stage && status.owner === owner;
    },
    { limitMs: 60_000 },
  );
  expect({ there, caseId, stage, owner }).toMatchObject({ there: true });
}

async function openReview(caseId: string): Promise<Review> {
  let found: Review | undefined;
  await until(
    async () => {
      found = (await baton.show(caseId)).reviews.find((one) => one.status === 'open');
      return found !== undefined;
    },
    { limitMs: 60_000 },
  );
  if (!found) throw new Error('no review is open');
  return found;
}

/** The user says something that the front agent knows what to do with, and waits for its answer. */
async function ask(caseId: string, word: string): Promise<void> {
  await baton.say(caseId, { messageId: word, text: `${word} ${canary(`message ${word}`)}` });
  await stageIs(caseId, 'waiting-user', 'front');
}

async function play(caseId: string): Promise<void> {
  await baton.open(
    {
      team: team.name,
      task: {
        definition: canary('task'),
        acceptance: [canary('acceptance')],
        constraints: { policies: [canary('policy of the task')] },
      },
      facts: { story: canary('opening fact'), account: ACCOUNT, deep: { inner: canary('nested fact') } },
      user: { id: 'user-1', name: canary('name'), preferences: { mail: canary('preference') } },
      message: { id: 'm1', text: canary('first message') },
    },
    { caseId },
  );
  await stageIs(caseId, 'waiting-user', 'front');
  await ask(caseId, 'look');
  await ask(caseId, 'refuse');
  await ask(caseId, 'fail');
  await ask(caseId, 'misspell');
  await ask(caseId, 'clerk');
  await ask(caseId, 'vague');
  shown.push(await baton.status(caseId));

  await baton.say(caseId, { messageId: 'write', text: 'write' });
  const asked = await openReview(caseId);
  shown.push(asked);
  const by = 'ann';
  const decision = { reviewId: asked.id, digest: asked.digest, by };
  await baton.decide(caseId, { ...decision, decision: 'ask', reason: canary('question to the user') });
  await baton.decide(caseId, { ...decision, decision: 'ask-agent', reason: canary('question to the agent') });
  await until(
    async () => (await openReview(caseId)).questions?.some((one) => one.answer !== undefined) === true,
    { limitMs: 60_000 },
  );
  await baton.decide(caseId, {
    ...decision,
    decision: 'edit',
    edits: { text: canary('edited argument'), amount: 40 },
    reason: canary('reason of an edit'),
  });
  await stageIs(caseId, 'waiting-user', 'front');
  await baton.say(caseId, { messageId: 'ask', text: 'ask' });
  const question = await openReview(caseId);
  await baton.decide(caseId, {
    ...{ reviewId: question.id, digest: question.digest, by },
    decision: 'reject',
    reason: canary('reason to reject'),
  });
  await stageIs(caseId, 'waiting-user', 'front');

  await baton.say(caseId, { messageId: 'throw', text: 'throw' });
  await stageIs(caseId, 'parked', 'front');
  await baton.redrive(caseId, {
    ...{ deadLetterId: 'd1', by, reason: canary('reason to redrive') },
    correction: { given: canary('corrected fact') },
  });
  await stageIs(caseId, 'waiting-user', 'front');

  await baton.whisper(caseId, { by, note: canary('whisper') });
  await baton.takeOver(caseId, { by, reason: canary('reason to take over') });
  await stageIs(caseId, 'human', 'people:desk');
  await baton.reassign(caseId, { by, to: 'ben', reason: canary('reason to reassign') });
  await baton.reply(caseId, { by: 'ben', messageId: 'p1', text: canary('words of a person') });
  await baton.release(caseId, { by: 'ben', note: canary('note of a release') });
  await baton.giveBack(caseId, {
    ...{ by, note: canary('note of a give-back'), facts: { given: canary('fact of a person') } },
    ...{ intent: canary('intent of a person'), partialResults: { draft: canary('result of a person') } },
  });
  await stageIs(caseId, 'waiting-user', 'front');
  await baton.askForHuman(caseId, { reason: canary('wish for a human') });
  await stageIs(caseId, 'human', 'people:desk');
  await baton.giveBack(caseId, { by, note: 'back' });
  await stageIs(caseId, 'waiting-user', 'front');

  await baton.say(caseId, { messageId: 'legal', text: 'legal' });
  await stageIs(caseId, 'waiting-user', 'legal');
  expect(await baton.status(caseId)).toMatchObject({ missing: [{ fact: 'told' }] });
  await baton.say(caseId, { messageId: 'told', text: canary('fact that a user tells') });
  await until(async () => (await baton.status(caseId)).missing === undefined, { limitMs: 60_000 });
  await stageIs(caseId, 'waiting-user', 'legal');
}

test('nothing that anybody says stands anywhere but in the context store, and whoever may reads all of it', async () => {
  const caseId = 'clinic-1';
  await play(caseId);
  const handle = client.workflow.getHandle(caseId);
  const view = await baton.show(caseId);
  // As the case answers, without a client that reads what is kept.
  const answers = JSON.stringify(await awaitCase(client, handle, ({ stage }) => stage === 'waiting-user'));
  await baton.say(caseId, { messageId: 'bye', text: 'bye' });
  await baton.result(caseId);
  await baton.open({ team: team.name, task: { definition: 'control-in-clear' } }, { caseId: 'control-case' });

  const { raw, memo, typedSearchAttributes } = await handle.describe();
  const described = JSON.stringify([raw, memo, typedSearchAttributes], (_, value: unknown) =>
    value instanceof Uint8Array ? new TextDecoder().decode(value) : value,
  );
  const rows = await bed.ledger.read(view.trace);
  const places: Readonly<Record<string, { readonly includes: (word: string) => boolean }>> = {
    history: await textOfHistory(handle),
    queries: answers,
    described,
    ledger: JSON.stringify(rows),
    logs: logged.join('\n'),
    "the server's database": await bytesIn(path.dirname(server.databaseFile)),
    'our databases': await bytesIn(bed.folder),
  };
  // The controls: a search that finds nothing must be able to find something.
  expect(places["the server's database"]?.includes('control-case')).toBe(true);
  expect(places['our databases']?.includes('review-opened')).toBe(true);
  expect(places['logs']?.includes('Activity failed')).toBe(true);
  expect(places['history']?.includes('baton:kept-text:')).toBe(true);
  expect(planted.size).toBeGreaterThan(50);
  const sought = [...planted.values(), String(ACCOUNT), 'canary-7q5z'];
  for (const [place, text] of Object.entries(places))
    expect({ place, found: sought.filter((word) => text.includes(word)) }).toEqual({ place, found: [] });

  // Whoever has the context store reads what they always read: people, the follower of the ledger, and agents.
  const followed: unknown[] = [];
  for await (const row of baton.follow(caseId)) followed.push(row);
  const read = JSON.stringify([view, await baton.show(caseId), followed, seen, shown]);
  expect([...planted].filter(([, word]) => !read.includes(word)).map(([place]) => place)).toEqual([]);
  expect([read.includes(String(ACCOUNT)), read.includes('baton:kept-text:')]).toEqual([true, false]);
  const handed = seen.find((turn) => turn.transfer?.to === 'legal');
  expect(handed?.facts).toMatchObject({ story: canary('fact that crosses') });
  expect(handed?.facts).toMatchObject({ told: canary('fact that a user tells') });
  expect(handed?.transfer?.summary?.decision).toBe(canary('decision of a summary'));
  expect(handed?.workingMemory).toMatchObject({
    intent: canary('intent of an agent'),
    partialResults: { draft: canary('partial result'), guess: { why: canary('nested result') } },
  });
  expect(handed?.workingMemory.partialResults).not.toHaveProperty('own');
  const crossed = view.handoffs.find((one) => one.to === 'legal')?.context;
  expect(crossed?.arrived).toBe(crossed?.crossed);
  expect(crossed?.referenced).toContain('story');
  expect((await baton.verify(caseId)).ok).toBe(true);
  expect(await runBatonHere(['replay', caseId, '--json'], { environment: bed.environment })).toMatchObject({
    exitCode: 0,
  });
});
