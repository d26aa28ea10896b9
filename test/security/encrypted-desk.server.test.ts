/**
 * The support desk with the codec on, on a server of its own: it plays as in clear, nothing of it is in clear in
 * the server's database, and what was encrypted can be read, verified and replayed by whoever has the keys.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { decodePayload } from '../../client/history/payloads.ts';
import { readConversation } from '../../examples/support/conversation.ts';
import { playConversation } from '../../examples/support/play-conversation.ts';
import { seedRecords } from '../../examples/support/seed.ts';
import { temporalBinary } from '../../scripts/temporal/binary.ts';
import { codecOfEnvironment } from '../../security/index.ts';
import { runBatonHere } from '../command/run-here.ts';
import { openSupportBed, type SupportBed } from '../examples/support/support-bed.ts';
import { keyRingText } from './key-rings.ts';

const keys = { BATON_CODEC_KEYS: keyRingText({ encryptWith: 'k2', active: ['k2'], retired: ['k1'] }) };
const conversations = ['duplicate-charge', 'refund-approved', 'technician-unreachable', 'lawyers-letter'];

let bed: SupportBed;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-encrypted-'));
  const codec = codecOfEnvironment(keys);
  if (!codec) throw new Error('no codec');
  bed = await openSupportBed({ codec });
  for (const name of conversations) {
    await bed.records.load(seedRecords());
    await playConversation(bed.baton, await readConversation(name), { caseId: name, team: 'support-desk' });
  }
});
afterAll(async () => {
  await bed.close();
  await rm(folder, { recursive: true, force: true });
});

/** All bytes of the server's database: the file, and what of it is not merged yet. */
async function databaseBytes(): Promise<Buffer> {
  const { databaseFile } = bed.server;
  const names = await readdir(path.dirname(databaseFile));
  const files = names.filter((name) => name.startsWith(path.basename(databaseFile)));
  return Buffer.concat(
    await Promise.all(files.map((name) => readFile(path.join(path.dirname(databaseFile), name)))),
  );
}

/** What attempts of activities failed with, in the first forty characters of each. */
async function errorTexts(): Promise<readonly string[]> {
  const chains = await Promise.all(conversations.map((name) => bed.baton.histories(name)));
  return chains
    .flatMap((chain) => chain.runs.flatMap((run) => run.history.events ?? []))
    .flatMap((event) => event.activityTaskFailedEventAttributes?.failure ?? [])
    .map((failure) => {
      const encoded = decodePayload(failure.encodedAttributes) as { message?: string } | null;
      return (encoded?.message ?? String(failure.message)).slice(0, 40);
    });
}

test('nothing that was said, known, written or failed is in clear in the server', async () => {
  const canaries: string[] = [];
  for (const name of conversations) {
    const { customer, opens, task } = await readConversation(name);
    canaries.push(String(customer?.name), String(customer?.id), opens.slice(0, 40), task.slice(0, 40));
    const view = await bed.baton.show(name);
    canaries.push(
      ...view.transcript.map((message) => message.text.slice(0, 40)),
      ...view.handoffs.map((handoff) => handoff.explanation.slice(0, 40)),
      ...view.handoffs.flatMap((handoff) => (handoff.failure ? [handoff.failure.message.slice(0, 40)] : [])),
    );
  }
  const errors = await errorTexts();
  expect(errors.length).toBeGreaterThan(0);
  canaries.push(...errors);
  // The control: what is in clear on purpose can be found, so the search finds what is there.
  const control = 'control-canary-5c1e';
  await bed.client.workflow.start('baton-nobody', { taskQueue: control, workflowId: 'control' });
  const bytes = await databaseBytes();
  expect(bytes.includes(control)).toBe(true);
  expect(bytes.includes('BatonOwner')).toBe(true);
  expect(canaries.length).toBeGreaterThan(30);
  expect(canaries.filter((canary) => bytes.includes(canary))).toEqual([]);
});

test('whoever has the keys lists, reads, verifies and replays as ever', async () => {
  for (const name of conversations) {
    const verification = await bed.baton.verify(name);
    expect([name, verification.ok, verification.faults]).toEqual([name, true, []]);
  }
  const environment = { TEMPORAL_ADDRESS: bed.server.address, ...keys };
  const replayed = await runBatonHere(['replay', 'technician-unreachable', '--json'], { environment });
  expect(replayed).toMatchObject({ exitCode: 0, errors: '' });
  const status = await runBatonHere(['status', 'lawyers-letter', '--json'], { environment });
  expect(status).toMatchObject({ exitCode: 0 });
});

test('an exported history replays with the keys, and is refused without', async () => {
  const file = path.join(folder, 'history.json');
  const temporal = await temporalBinary(process.env, () => undefined);
  const { stdout } = await promisify(execFile)(
    temporal,
    ['workflow', 'show', '-w', 'refund-approved', '--output', 'json', '--address', bed.server.address],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  await writeFile(file, stdout);
  const replayed = await runBatonHere(['replay', '--file', file, '--json'], { environment: keys });
  expect(replayed).toMatchObject({ exitCode: 0, errors: '' });
  const refused = await runBatonHere(['replay', '--file', file, '--json']);
  expect(refused.exitCode).not.toBe(0);
  expect(refused.errors).toContain('HISTORY_UNREADABLE');
});

test('without the keys a case is refused to whoever asks, and not shown as nonsense', async () => {
  const environment = { TEMPORAL_ADDRESS: bed.server.address };
  const replayed = await runBatonHere(['replay', 'refund-approved', '--json'], { environment });
  expect(replayed.exitCode).not.toBe(0);
  expect(replayed.errors).toContain('CODEC_KEY_MISSING');
});
