/**
 * `npm run demo`: three conversations with the support desk on a real Temporal server, told from their ledgers, then
 * verified and replayed. Starts what it needs, stops what it started, and exits with 0 only when everything held.
 * `-- --models` has agents with models of a vendor, `-- --local-models` the same against a server of vendors'
 * protocols in this process.
 */
import { parseArgs } from 'node:util';
import { demoDesk, type DemoDesk } from './demo-desk.ts';
import { replayBundle } from '../command/replay/replay-bundle.ts';
import { replayRun, type ReplayBundle } from '../command/replay/replay-run.ts';
import { isDeepStrictEqual } from 'node:util';
import type { TemporalServer } from '../scripts/temporal-server.ts';
import { caseAddress } from './case-address.ts';
import { listenForInterruption } from './interruption.ts';
import { openLocalServer } from './local-server.ts';
import { runDesk, type RunningDesk } from './running-desk.ts';
import { tellStory } from './story.ts';
import { outcomeOf } from './support/compare-outcome.ts';
import { readConversation } from './support/conversation.ts';
import { playConversation } from './support/play-conversation.ts';
import { seedRecords } from './support/seed.ts';

/** Resolved after two handoffs; with a human approval; with a third effect that fails. */
const CONVERSATIONS = ['duplicate-charge', 'refund-approved', 'technician-unreachable'] as const;

const say = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

/** One played case, for verification and replay. */
interface Played {
  readonly caseId: string;
  readonly cameOut: boolean;
}

async function play(
  desk: RunningDesk,
  { server, kind }: { readonly server: TemporalServer; readonly kind: DemoDesk },
  name: string,
  caseId: string,
): Promise<Played> {
  const conversation = await readConversation(name);
  await kind.prepare(name);
  // Every conversation finds the company's records as its file assumes them.
  await desk.records.load(seedRecords());
  const { team, queue, patienceMs } = kind;
  let stuck = '';
  try {
    await playConversation(desk.baton, conversation, { caseId, team, queue, patienceMs });
  } catch (thrown) {
    // A model may take another way than the conversation foresees; the case stays open for whoever looks at it.
    if (kind.name !== 'models') throw thrown;
    stuck = String(thrown);
  }
  const view = await desk.baton.show(caseId);
  const actual = await outcomeOf(conversation, view, desk.records);
  say(`\n# ${conversation.title}`);
  for (const line of tellStory(await desk.ledger.read(view.trace, { limit: 1_000 }), view)) say(`  ${line}`);
  say(`  ${caseAddress(server, caseId, view.trace)}`);
  const cameOut = isDeepStrictEqual(actual, conversation.comesOut);
  if (stuck !== '') say(`  STUCK: ${stuck}`);
  if (!cameOut)
    say(`  NOT AS EXPECTED: ${JSON.stringify(actual)}, expected ${JSON.stringify(conversation.comesOut)}`);
  return { caseId, cameOut };
}

/** Holds the ledger against the history, and the code against the history. */
async function check(desk: RunningDesk, bundle: ReplayBundle, caseId: string): Promise<boolean> {
  const verified = await desk.baton.verify(caseId);
  const ledger = verified.ok && verified.anchored && verified.lag === 0;
  const faults = verified.faults.map((fault) => `row ${String(fault.sequence)} ${fault.problem}`).join(', ');
  say(`  ${caseId}`);
  say(
    `    verify  ${ledger ? `ok, ${String(verified.rows)} rows, equal to the history` : `FAILED: ${faults}`}`,
  );
  let replayed = true;
  for (const { history } of (await desk.baton.histories(caseId)).runs) {
    const { plain, strict } = await replayRun({ history, workflowId: caseId, bundle });
    const held = plain.ok && strict.difference === undefined;
    const what = plain.ok ? JSON.stringify(strict.difference) : plain.message;
    say(
      `    replay  ${held ? `ok, plain and strict, ${String(strict.compared)} commands compared` : `FAILED: ${what}`}`,
    );
    replayed &&= held;
  }
  return ledger && replayed;
}

async function demo(server: TemporalServer, desk: RunningDesk, kind: DemoDesk): Promise<boolean> {
  // Bundled while the conversations are played.
  const bundling = replayBundle();
  bundling.catch(() => undefined);
  // A new name for each run: a case keeps its id for good.
  const run = new Date().toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  const played: Played[] = [];
  for (const name of CONVERSATIONS) played.push(await play(desk, { server, kind }, name, `${name}-${run}`));
  say('\n# Ledgers verified, histories replayed');
  const bundle = await bundling;
  let held = true;
  for (const { caseId, cameOut } of played) held = (await check(desk, bundle, caseId)) && cameOut && held;
  say(held ? '\nEverything held.' : '\nSomething did not hold; see above.');
  return held;
}

const interruption = listenForInterruption();
let server: TemporalServer | undefined;
let desk: RunningDesk | undefined;
let kind: DemoDesk | undefined;
try {
  const work = async (): Promise<boolean> => {
    const { values } = parseArgs({
      options: { models: { type: 'boolean' }, 'local-models': { type: 'boolean' } },
    });
    // Before anything is started: without a key there is nothing to start for.
    kind = await demoDesk(values['local-models'] ? 'local-models' : values.models ? 'models' : 'rules', say);
    server = await openLocalServer(say);
    say(`Temporal ${server.address}, UI ${server.uiAddress ?? 'unknown (set TEMPORAL_UI_ADDRESS)'}`);
    desk = await runDesk(server, kind.other);
    return demo(server, desk, kind);
  };
  const held = await Promise.race([work(), interruption.interrupted]);
  if (!held) process.exitCode = 1;
  if (server?.owned === true) say('Stopping. `npm start` shows the same cases at the same addresses.');
} catch (thrown) {
  say(`\n${thrown instanceof Error ? thrown.message : String(thrown)}`);
  process.exitCode = interruption.exitCode() || 1;
} finally {
  await desk?.stop();
  await server?.stop();
  await kind?.close();
}
process.exit();
