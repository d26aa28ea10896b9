/** A person's context exported and erased, by the command, while cases of theirs and of others go on (M11). */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createBatonClient, type BatonClient } from '../../client/baton-client.ts';
import { until } from '../../scripts/ports.ts';
import { cipherOfEnvironment } from '../../security/index.ts';
import { createService } from '../../service/http/create-service.ts';
import { contextLocations, openContextAt } from '../../stores/index.ts';
import { startDesk, type RunningDesk } from '../client/desk.ts';
import { clientOfDocument } from '../service/document-client.ts';
import { accessForAll, keyOf } from '../service/principals.ts';
import { quietRuntime, unique } from '../support/bed.ts';
import type { Ended } from './baton-process.ts';
import { runBatonHere } from './run-here.ts';

let desk: RunningDesk;
let client: BatonClient;
beforeAll(async () => {
  quietRuntime();
  desk = await startDesk({ context: true });
  client = createBatonClient({ client: desk.client, ledger: desk.ledger });
});
afterAll(() => desk.stop());

const run = (...words: readonly string[]): Promise<Ended> =>
  runBatonHere(words, { environment: desk.environment });

async function json(...words: readonly string[]): Promise<unknown> {
  const ended = await run(...words, '--json');
  expect({ words, ...ended }).toMatchObject({ exitCode: 0, errors: '' });
  return JSON.parse(ended.output);
}

/** Opens a case of a person and waits for its first answer. */
async function openCase(person: string, text: string): Promise<string> {
  const { caseId } = await client.open(
    {
      team: 'test-desk',
      task: { definition: 'help' },
      user: { id: person, name: 'Bianca Castafiore' },
      message: { id: 'm-1', text },
    },
    { caseId: unique('persons') },
  );
  const answered = await until(async () => (await client.status(caseId)).stage === 'waiting-user', {
    limitMs: 60_000,
  });
  expect(answered).toBe(true);
  return caseId;
}

async function finish(caseId: string): Promise<void> {
  await client.say(caseId, { messageId: 'm-2', text: 'finish done' });
  await client.result(caseId);
}

test('a person is exported whole, kept while a case is open, and erased once all have ended', async () => {
  const ann = unique('ann');
  const ben = unique('ben');
  const first = await openCase(ann, 'my song is the jewel song');
  const second = await openCase(ann, 'again');
  const other = await openCase(ben, 'my own song');
  await finish(first);
  await finish(other);

  const exported = await json('export', ann);
  expect(exported).toMatchObject({ version: '1.0.0', person: ann });
  const { cases } = exported as {
    readonly cases: readonly { readonly caseId: string; readonly open: boolean }[];
  };
  expect(new Map(cases.map((one) => [one.caseId, one.open]))).toEqual(
    new Map([
      [first, false],
      [second, true],
    ]),
  );
  expect(cases.find(({ caseId }) => caseId === first)).toMatchObject({
    conversation: expect.arrayContaining([
      expect.objectContaining({ id: 'm-1', text: 'my song is the jewel song' }),
    ]) as unknown,
    ledger: expect.arrayContaining([expect.objectContaining({ kind: 'case-closed' })]) as unknown,
  });
  expect(await run('export', ann)).toMatchObject({
    exitCode: 0,
    output: expect.stringContaining(`${second} (open): `) as string,
  });

  expect(await run('erase', ann)).toMatchObject({
    exitCode: 2,
    errors: expect.stringContaining('--yes') as string,
  });
  const refused = await run('erase', ann, '--yes', '--json');
  expect(refused.exitCode).toBe(1);
  expect(JSON.parse(refused.errors)).toMatchObject({
    error: { code: 'PERSON_HAS_OPEN_CASES', message: expect.stringContaining(second) as string },
  });
  expect(refused.errors).not.toContain(first);
  expect(await json('export', ann)).toMatchObject({ cases: [{}, {}] });

  const waiting = run('erase', ann, '--yes', '--wait', '--json');
  await finish(second);
  const erased = await waiting;
  expect(erased).toMatchObject({ exitCode: 0, errors: '' });
  expect(JSON.parse(erased.output)).toMatchObject({
    person: ann,
    cases: expect.arrayContaining([
      expect.objectContaining({ caseId: first }),
      expect.objectContaining({ caseId: second }),
    ]) as unknown,
  });
  expect(await json('export', ann)).toMatchObject({ cases: [] });
  expect(await json('export', ben)).toMatchObject({
    cases: [
      {
        caseId: other,
        conversation: expect.arrayContaining([expect.objectContaining({ text: 'my own song' })]) as unknown,
      },
    ],
  });
  // The ledger holds digests only, and still verifies.
  const folder = path.dirname(desk.ledgerUrl.slice('file:'.length));
  for (const file of await readdir(folder))
    expect((await readFile(path.join(folder, file))).includes('the jewel song')).toBe(false);
  expect(await json('verify', first)).toMatchObject({ ok: true, closed: true, lag: 0, anchored: true });
}, 360_000);

test('what is quiet for long is forgotten, unless its case is open', async () => {
  const eve = unique('eve');
  const closed = await openCase(eve, 'one');
  const open = await openCase(eve, 'two');
  await finish(closed);
  const casesOfEve = async (): Promise<readonly unknown[]> =>
    ((await json('export', eve)) as { readonly cases: readonly { readonly caseId: string }[] }).cases.map(
      ({ caseId }) => caseId,
    );
  expect(await json('expire', '--before', '2001-01-01')).toEqual({ forgotten: [] });
  expect(new Set(await casesOfEve())).toEqual(new Set([closed, open]));
  await json('expire', '--before', new Date(Date.now() + 60_000).toISOString());
  expect(await casesOfEve()).toEqual([open]);
  expect((await run('expire', '--before', 'soon')).exitCode).toBe(2);
  await finish(open);
});

test('a client without a context store says what it lacks', async () => {
  await expect(client.exportPerson('ann')).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  await expect(client.erasePerson('ann')).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
});

test('U8: a user says how it went, once, after the end; it is tied to the path, shown, exported and erased', async () => {
  // A user of the HTTP service is who the case is for.
  const uma = 'uma';
  const caseId = await openCase(uma, 'how it goes');
  const early = await run('feedback', caseId, '--rating', '5', '--json');
  expect(JSON.parse(early.errors)).toMatchObject({ error: { code: 'FEEDBACK_TOO_EARLY' } });
  await finish(caseId);
  expect(await run('feedback', caseId, '--rating', '6')).toMatchObject({ exitCode: 2 });

  const { environment } = desk;
  const context = await openContextAt(contextLocations(environment), cipherOfEnvironment(environment));
  const baton = createBatonClient({ client: desk.client, ledger: desk.ledger, context });
  const app = await createService({ baton, access: accessForAll() });
  try {
    const as = await clientOfDocument(app, keyOf('uma'));
    const vic = await clientOfDocument(app, keyOf('vic'));
    const body = { rating: 4, text: 'quick, and polite' };
    expect((await vic('giveFeedback', { path: { caseId }, body })).statusCode).toBe(404);
    const given = await as('giveFeedback', { path: { caseId }, body });
    expect([given.statusCode, given.json()]).toEqual([
      200,
      { accepted: true, repeated: false, detail: '4 of 5, kept' },
    ]);
    // The same once more is the same; anything else comes too late.
    expect((await as('giveFeedback', { path: { caseId }, body })).json()).toMatchObject({ repeated: true });
    const other = await as('giveFeedback', { path: { caseId }, body: { rating: 1 } });
    expect([other.statusCode, other.json()]).toMatchObject([409, { code: 'FEEDBACK_GIVEN' }]);
  } finally {
    await app.close();
    await context.close();
  }

  const kept = { rating: 4, text: 'quick, and polite', team: 'test-desk', outcome: 'finished' };
  const { feedback, path: went } = (await json('show', caseId)) as {
    feedback: object;
    path: readonly string[];
  };
  expect(feedback).toMatchObject({ ...kept, path: went });
  expect((await run('show', caseId)).output).toContain(
    `4 of 5, by way of ${went.join(' -> ')}: quick, and polite`,
  );
  const { cases } = (await json('export', uma)) as {
    cases: readonly { caseId: string; values: readonly object[] }[];
  };
  expect(cases.find((one) => one.caseId === caseId)?.values).toContainEqual(
    expect.objectContaining({ value: expect.objectContaining(kept) as unknown }),
  );
  await json('erase', uma, '--yes');
  expect(await json('export', uma)).toMatchObject({ cases: [] });
  const again = await run('feedback', caseId, '--rating', '5', '--json');
  expect(JSON.parse(again.errors)).toMatchObject({ error: { code: 'PERSON_ERASED' } });
}, 180_000);
