import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { History } from '../../../client/index.ts';
import { replayBundle } from '../../../command/replay/replay-bundle.ts';
import { replayRun, type ReplayBundle } from '../../../command/replay/replay-run.ts';

interface Manifest {
  readonly histories: readonly { readonly file: string; readonly caseId: string; readonly events: number }[];
}

const histories = path.resolve(import.meta.dirname, '../../histories');
const releases = readdirSync(histories, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

const recorded = releases.flatMap((release) => {
  const folder = path.join(histories, release);
  const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest;
  return manifest.histories.map((one) => ({ ...one, release, folder }));
});

let bundle: ReplayBundle;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  bundle = await replayBundle();
});

test('every history of every release is in its manifest', () => {
  expect(releases).toContain('0.1.0');
  for (const release of releases) {
    const files = readdirSync(path.join(histories, release)).filter((file) => file !== 'manifest.json');
    const named = recorded.filter((one) => one.release === release).map((one) => one.file);
    expect(named.toSorted()).toEqual(files.toSorted());
  }
});

test.each(recorded)('$release/$file replays, plain and strict', async ({ file, folder, caseId, events }) => {
  const json: unknown = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  const history: History = historyFromJSON(json);
  expect(history.events).toHaveLength(events);
  const { plain, strict } = await replayRun({ history, workflowId: caseId, bundle });
  expect(plain).toEqual({ ok: true });
  expect(strict.difference).toBeUndefined();
  // The delivery of an event is one activity and an end; a ticket's story is one activity for each change.
  expect(strict.compared).toBeGreaterThan(/^(webhook|ticket)\//.test(caseId) ? 1 : 10);
});

test('another reason code in the code is noticed', async () => {
  const one = recorded.find(({ file }) => file === 'letter-then-cancelled.json');
  const json: unknown = JSON.parse(readFileSync(path.join(String(one?.folder), String(one?.file)), 'utf8'));
  const code = bundle.code.replaceAll("because: 'irreversible'", "because: 'another word'");
  expect(code).not.toBe(bundle.code);
  const { strict } = await replayRun({
    history: historyFromJSON(json),
    workflowId: String(one?.caseId),
    bundle: { code },
  });
  expect(strict.difference).toBeDefined();
});
