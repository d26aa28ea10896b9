/**
 * A person erased from Temporal too (M11): payloads of their closed cases have keys of their own, over all runs, and
 * once the person's key is gone nobody reads them, while other cases and what the ring encrypted stay readable.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { createBatonClient, type BatonClient, type RunChain } from '../../client/index.ts';
import { isPoison } from '../../contract/poison.ts';
import { until } from '../../scripts/ports.ts';
import { startTemporalServer, type OwnedTemporalServer } from '../../scripts/temporal-server.ts';
import { cipherOfEnvironment, payloadsOfEnvironment, type Payloads } from '../../security/index.ts';
import {
  contextLocations,
  openContextAt,
  openLedgerStore,
  openManifestStore,
  openPersonKeyTable,
} from '../../stores/index.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { runBatonHere } from '../command/run-here.ts';
import { bundledWorkflows } from '../../examples/workflow-bundle.ts';
import { agent, finish, reply, transfer } from '../support/agents.ts';
import { quietRuntime, unique } from '../support/bed.ts';
import { keyRingText } from './key-rings.ts';

const SAID = 'canary-said-8b1d';
const ANSWERED = 'canary-answered-4f0a';
const KNOWN = 'canary-known-77c3';
const WHY = 'canary-why-19e2';
const NAME = 'canary-name-Bianca';

const pool = unique('pool');
const triage = agent('triage', pool, (turn) =>
  turn.unanswered.at(-1)?.text === 'hand over' ? transfer('clerk', { topic: KNOWN }, WHY) : reply(ANSWERED),
);
const clerk = agent('clerk', pool, (turn) =>
  turn.unanswered.at(-1)?.text === 'end' ? finish('done', ANSWERED) : reply(ANSWERED),
);
const team = defineTeam({
  name: 'erasure-desk',
  start: triage,
  edges: [edge(triage, clerk), escalate(triage, people('desk', { ann: { roles: [] } }))],
});

let server: OwnedTemporalServer;
let folder: string;
let environment: Record<string, string>;
let client: Client;
let baton: BatonClient;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  quietRuntime();
  folder = await mkdtemp(path.join(tmpdir(), 'baton-erasure-'));
  server = await startTemporalServer({
    headless: true,
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 60 },
  });
  environment = {
    TEMPORAL_ADDRESS: server.address,
    BATON_LEDGER_URL: `file:${path.join(folder, 'baton.db')}`,
    BATON_CODEC_KEYS: keyRingText({ encryptWith: 'k1', active: ['k1'] }),
  };
  const openKeys = (): ReturnType<typeof openPersonKeyTable> =>
    openPersonKeyTable(contextLocations(environment).keysUrl);
  const ofWorkers = (await payloadsOfEnvironment(environment, { openKeys, onlyOpenCases: true })) as Payloads;
  const ofClient = (await payloadsOfEnvironment(environment, { openKeys })) as Payloads;
  const bare = await openLedgerStore(String(environment['BATON_LEDGER_URL']));
  const ledger = ofClient.sealed(bare);
  const manifests = await openManifestStore(String(environment['BATON_LEDGER_URL']));
  const context = await openContextAt(contextLocations(environment), cipherOfEnvironment(environment));
  const native = await NativeConnection.connect({ address: server.address });
  const connection = await Connection.connect({ address: server.address });
  client = new Client({ connection, dataConverter: { payloadCodecs: [ofClient.codec] } });
  baton = createBatonClient({ client, ledger, context, caseKeys: ofClient.caseKeys });
  const workers = await createWorkers({
    connection: native,
    teams: [team],
    ledger: ofWorkers.sealed(bare),
    manifests,
    context,
    codec: ofWorkers.codec,
    bundle: { codePath: await bundledWorkflows('encrypted') },
    graceMs: 200,
  });
  const running = workers.run();
  closers.push(
    () => (workers.stop(), running),
    () => native.close(),
    () => connection.close(),
    () => Promise.all([ledger, manifests, context, ofWorkers, ofClient].map((one) => one.close())),
    () => server.stop(),
    () => rm(folder, { recursive: true, force: true }),
  );
}, 300_000);
afterAll(async () => {
  for (const close of closers) await close();
});

const run = (...words: readonly string[]): ReturnType<typeof runBatonHere> =>
  runBatonHere(words, { environment });

/** Plays a case with the canaries to its end, over several runs. */
async function play(caseId: string, person?: string): Promise<void> {
  await baton.open(
    {
      team: team.name,
      task: { definition: person === undefined ? 'help' : `help with ${WHY}` },
      ...(person === undefined ? {} : { user: { id: person, name: NAME } }),
      message: { id: 'm-0', text: SAID },
    },
    { caseId },
  );
  const said = [SAID, 'hand over', SAID, SAID, SAID, SAID, SAID, SAID];
  for (const [index, text] of said.entries()) {
    const waits = await until(async () => (await baton.status(caseId)).stage === 'waiting-user', {
      limitMs: 60_000,
    });
    expect(waits).toBe(true);
    await baton.say(caseId, { messageId: `m-${String(index + 1)}`, text });
  }
  await until(async () => (await baton.status(caseId)).stage === 'waiting-user', { limitMs: 60_000 });
  await baton.say(caseId, { messageId: 'end', text: 'end' });
  expect(await baton.result(caseId)).toMatchObject({ outcome: { kind: 'finished' } });
}

/** Key ids of everything encrypted in a case's histories, as the server has them. */
async function keyIdsOf(chain: RunChain): Promise<ReadonlySet<string>> {
  const bare = new Client({ connection: client.connection });
  const ids = new Set<string>();
  for (const { runId } of chain.runs) {
    const history = await bare.workflow.getHandle(chain.caseId, runId).fetchHistory();
    JSON.stringify(history, (name, value: unknown) => {
      if (name === 'encryption-key-id') ids.add(Buffer.from(bytesOf(value)).toString());
      return value;
    });
  }
  return ids;
}

function bytesOf(value: unknown): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value, 'base64');
  return Buffer.from((value as { readonly data?: readonly number[] }).data ?? []);
}

async function bytesIn(place: string): Promise<Buffer> {
  const names = await readdir(place);
  return Buffer.concat(await Promise.all(names.map((name) => readFile(path.join(place, name)))));
}

test('after erasure nothing of a person is found or read, whoever asks, and other cases are untouched', async () => {
  const ann = unique('ann');
  const ben = unique('ben');
  const [hers, his, nobodys] = [unique('hers'), unique('his'), unique('nobodys')];
  await play(hers, ann);
  await play(his, ben);
  await play(nobodys);

  const before = await baton.histories(hers);
  expect(before.runs.length).toBeGreaterThan(1);
  expect(JSON.stringify((await baton.transcript(hers)).map(({ text }) => text))).toContain(SAID);
  // Every payload of the case, wherever it was encrypted, has the one key of the case.
  const ids = await keyIdsOf(before);
  expect([...ids]).toEqual([expect.stringMatching(/^case\/[0-9a-f-]{36}$/)]);
  expect(await keyIdsOf(await baton.histories(his))).not.toEqual(ids);
  expect([...(await keyIdsOf(await baton.histories(nobodys)))]).toEqual(['k1']);

  const erased = await run('erase', ann, '--yes', '--json');
  expect(erased).toMatchObject({ exitCode: 0, errors: '' });
  expect(JSON.parse(erased.output)).toMatchObject({ cases: [{ caseId: hers, trace: before.trace }] });

  // Whoever asks, in a process of its own.
  const verified = await run('verify', hers, '--json');
  expect(verified).toMatchObject({ exitCode: 0, errors: '' });
  expect(JSON.parse(verified.output)).toMatchObject({
    ok: true,
    history: 'erased',
    closed: true,
    faults: [],
  });
  expect((await run('verify', hers)).output).toContain('history: erased');
  const replayed = await run('replay', hers, '--json');
  expect(replayed.exitCode).toBe(1);
  expect(JSON.parse(replayed.errors)).toMatchObject({ error: { code: 'HISTORY_ERASED' } });
  for (const command of ['show', 'transcript']) {
    const shown = await run(command, hers, '--json');
    expect(JSON.parse(shown.errors)).toMatchObject({ error: { code: 'PERSON_ERASED' } });
  }
  const status = await run('status', hers, '--json');
  expect(JSON.parse(status.output)).toMatchObject({ stage: 'closed', history: 'erased' });
  const again = await run('open', '--team', team.name, '--id', hers, '--task', 'x', '--json');
  expect(again.exitCode).not.toBe(0);

  // The codec yields the marker of an erased payload, and no damage.
  const keys = await payloadsOfEnvironment(environment, {
    openKeys: () => openPersonKeyTable(contextLocations(environment).keysUrl),
  });
  const bare = new Client({ connection: client.connection });
  const [started] = (await bare.workflow.getHandle(hers).fetchHistory()).events ?? [];
  const input = started?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const [marker] = (await keys?.codec.decode(input)) ?? [];
  const value = JSON.parse(Buffer.from(marker?.data ?? []).toString()) as unknown;
  expect(isPoison(value) && value.batonPoison.erased).toBe(true);
  await keys?.close();

  // Other people's cases read, verify and replay as ever, and so does what the ring encrypted.
  for (const other of [his, nobodys]) {
    expect(JSON.parse((await run('verify', other, '--json')).output)).toMatchObject({
      ok: true,
      history: 'read',
    });
    expect((await run('replay', other, '--json')).exitCode).toBe(0);
    expect((await run('transcript', other)).output).toContain(SAID);
  }

  // In clear, in the database of the server and in all stores: not one byte of it.
  const bytes = Buffer.concat([await bytesIn(path.dirname(server.databaseFile)), await bytesIn(folder)]);
  expect(bytes.includes(hers)).toBe(true);
  expect(
    [SAID, ANSWERED, KNOWN, NAME, ann, `help with ${WHY}`].filter((canary) => bytes.includes(canary)),
  ).toEqual([]);
}, 180_000);

test("a case's id is never another person's, and an open case is waited for", async () => {
  const [eve, kit] = [unique('eve'), unique('kit')];
  const caseId = unique('shared');
  const input = (person: string): Parameters<BatonClient['open']>[0] => ({
    team: team.name,
    task: { definition: 'help' },
    user: { id: person },
    message: { id: 'm-0', text: SAID },
  });
  await baton.open(input(eve), { caseId });
  await expect(baton.open(input(kit), { caseId })).rejects.toMatchObject({ code: 'CASE_EXISTS' });
  expect(await baton.open(input(eve), { caseId })).toMatchObject({ joined: true });
  const refused = await run('erase', eve, '--yes', '--json');
  expect(JSON.parse(refused.errors)).toMatchObject({ error: { code: 'PERSON_HAS_OPEN_CASES' } });
  await baton.cancel(caseId);
  await baton.result(caseId);
  expect((await run('erase', eve, '--yes', '--json')).exitCode).toBe(0);
  // This process has the key at hand no longer than the one that erased: it asked for the erasure itself.
  await baton.erasePerson(eve);
  await expect(baton.open(input(eve), { caseId })).rejects.toMatchObject({ code: 'PERSON_ERASED' });
  await expect(baton.transcript(caseId)).rejects.toMatchObject({ code: 'PERSON_ERASED' });
}, 60_000);
