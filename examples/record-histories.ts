/**
 * `npm run record-histories`: plays every conversation of the support desk, every drill of dead letters and long
 * conversations, and crossings that use all that an edge can do, on servers of its own, and keeps the histories of this release under `test/histories/VERSION/`. They
 * are replayed for ever after: what is kept is never recorded again, and nothing is recorded to make a replay pass.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { connectBaton } from '../client/index.ts';
import { startTemporalServer } from '../scripts/temporal-server.ts';
import { openLedgerStore, openManifestStore } from '../stores/open-stores.ts';
import { connectWorkers } from '../workers/connect.ts';
import { createWorkers } from '../workers/create-workers.ts';
import { drillTeam } from './histories/drill-team.ts';
import { allDrills, type Drill } from './histories/drills.ts';
import { guardedNames, recordBreakers } from './histories/record-breakers.ts';
import { crossingNames, recordCrossings } from './histories/record-crossings.ts';
import { memoryNames, recordMemory } from './histories/record-memory.ts';
import { modelNames, recordModels } from './histories/record-models.ts';
import { needsNames, recordNeeds } from './histories/record-needs.ts';
import { peopleNames, recordPeople } from './histories/record-people.ts';
import { policedNames, recordPolicies } from './histories/record-policies.ts';
import { recordRemotes, remoteNames } from './histories/record-remotes.ts';
import { recordTickets, ticketNames } from './histories/record-tickets.ts';
import { recordWebhooks, webhookNames } from './histories/record-webhooks.ts';
import { openKeeper } from './histories/keep.ts';
import { quietTerminal, runDesk } from './running-desk.ts';
import { conversationNames, readConversation } from './support/conversation.ts';
import { playConversation } from './support/play-conversation.ts';
import { seedRecords } from './support/seed.ts';

/** Events after which the drills' server suggests to continue as new: few, so that a long conversation is short. */
const EVENTS_A_RUN = 120;

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(await readFile('package.json', 'utf8')));
const folder = path.resolve('test/histories', version);
const work = path.resolve('.baton/recording');
process.env['BATON_LEDGER_URL'] = path.join(work, 'ledger.db');
process.env['BATON_SUPPORT_RECORDS_URL'] = path.join(work, 'records.db');
await rm(work, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const keeper = await openKeeper(folder, version);

/** Recorders by the names of what they keep, in the order in which they came to be. */
const RECORDERS: readonly (readonly [names: () => readonly string[], record: typeof recordCrossings])[] = [
  [crossingNames, recordCrossings],
  [policedNames, recordPolicies],
  [guardedNames, recordBreakers],
  [webhookNames, recordWebhooks],
  [ticketNames, recordTickets],
  [peopleNames, recordPeople],
  [memoryNames, recordMemory],
  [remoteNames, recordRemotes],
  [needsNames, recordNeeds],
  [modelNames, recordModels],
];

await mkdir(work, { recursive: true });
const names = (await conversationNames()).filter((name) => !keeper.has(name));
// The desk sees to that by itself.
if (names.length === 0) quietTerminal();
else await recordConversations(names);
const missing = allDrills().filter((drill) => !keeper.has(drill.name));
if (missing.length > 0) await recordDrills(missing);
for (const [namesOf, record] of RECORDERS)
  if (namesOf().some((name) => !keeper.has(name))) await record(work, keeper);
await rm(work, { recursive: true, force: true });

async function recordConversations(wanted: readonly string[]): Promise<void> {
  const server = await startTemporalServer({ headless: true });
  const desk = await runDesk(server);
  for (const name of wanted) {
    const conversation = await readConversation(name);
    await desk.records.load(seedRecords());
    await playConversation(desk.baton, conversation, { caseId: name, team: 'support-desk' });
    await keeper.keep(desk.baton, name, conversation.title);
  }
  await desk.stop();
  await server.stop();
}

async function recordDrills(wanted: readonly Drill[]): Promise<void> {
  const server = await startTemporalServer({
    headless: true,
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': EVENTS_A_RUN },
  });
  const { address, namespace } = server;
  const url = path.join(work, 'drills.db');
  const [ledger, manifests] = [await openLedgerStore(url), await openManifestStore(url)];
  const { connection } = await connectWorkers(server);
  const mended = new Set<string>();
  const teams = [drillTeam((caseId) => mended.has(caseId))];
  const workers = await createWorkers({ connection, namespace, teams, ledger, manifests, graceMs: 2_000 });
  const ended = workers.run();
  const baton = await connectBaton({ address, namespace, ledger });
  for (const { name, title, opens, play } of wanted) {
    const message = { id: 'word-0', text: opens };
    await baton.open(
      { team: 'drill-desk', task: { definition: 'A drill' }, message, channel: 'chat' },
      { caseId: name },
    );
    await play({ baton, caseId: name, mend: () => void mended.add(name) });
    await baton.result(name, { signal: AbortSignal.timeout(60_000) });
    await keeper.keep(baton, name, title);
  }
  workers.stop();
  await ended;
  await baton.close();
  await connection.close();
  await Promise.all([ledger.close(), manifests.close()]);
  await server.stop();
}
