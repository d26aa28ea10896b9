/**
 * `npm run record-histories`: plays every conversation of the support desk on a server of its own and keeps the
 * histories of this release under `test/histories/VERSION/`. They are replayed for ever after: run it once a
 * release, never to make a replay pass.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';
import { CONTRACT_VERSION } from '../contract/versions.ts';
import { startTemporalServer } from '../scripts/temporal-server.ts';
import { runDesk } from './running-desk.ts';
import { conversationNames, readConversation } from './support/conversation.ts';
import { playConversation } from './support/play-conversation.ts';
import { seedRecords } from './support/seed.ts';

/** Names of this machine and paths on it are nobody's business, and no replay looks at them. */
function withoutMachine(name: string, value: unknown): unknown {
  if (name === 'stackTrace') return '';
  return name === 'identity' || name === 'workerInstanceKey' ? 'recorded' : value;
}

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(await readFile('package.json', 'utf8')));
const folder = path.resolve('test/histories', version);
const work = path.resolve('.baton/recording');
process.env['BATON_LEDGER_URL'] = path.join(work, 'ledger.db');
process.env['BATON_SUPPORT_RECORDS_URL'] = path.join(work, 'records.db');
await rm(work, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

const server = await startTemporalServer({ headless: true });
const desk = await runDesk(server);
const recorded: { file: string; title: string; caseId: string; events: number }[] = [];
for (const name of await conversationNames()) {
  const conversation = await readConversation(name);
  await desk.records.load(seedRecords());
  await playConversation(desk.baton, conversation, { caseId: name, team: 'support-desk' });
  for (const [index, { history }] of (await desk.baton.histories(name)).runs.entries()) {
    const file = `${name}${index === 0 ? '' : `-${String(index + 1)}`}.json`;
    await writeFile(
      path.join(folder, file),
      JSON.stringify(JSON.parse(historyToJSON(history), withoutMachine)).replaceAll(hostname(), 'recorded'),
    );
    recorded.push({ file, title: conversation.title, caseId: name, events: history.events?.length ?? 0 });
    process.stdout.write(`${file}: ${String(history.events?.length ?? 0)} events\n`);
  }
}
const manifest = { release: version, contract: CONTRACT_VERSION, histories: recorded };
await writeFile(path.join(folder, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
await desk.stop();
await server.stop();
await rm(work, { recursive: true, force: true });
