/**
 * `npm start`: keeps a Temporal server and the support desk's workers up until it is interrupted, and lists the
 * cases there are. Cases of the demo have the same addresses here.
 */
import type { TemporalServer } from '../scripts/temporal-server.ts';
import { caseAddress } from './case-address.ts';
import { listenForInterruption } from './interruption.ts';
import { openLocalServer } from './local-server.ts';
import { runDesk, type RunningDesk } from './running-desk.ts';

const CASES_SHOWN = 10;

const say = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

async function listCases(server: TemporalServer, desk: RunningDesk): Promise<void> {
  const cases = await desk.baton.list({ team: 'support-desk', limit: CASES_SHOWN });
  say(cases.length === 0 ? 'No cases yet: `npm run demo` in another terminal makes three.' : 'Latest cases:');
  for (const { caseId, stage, owner } of cases) {
    const { trace } = await desk.baton.status(caseId);
    say(`  ${caseId}: ${stage}, ${owner}`);
    say(`    ${caseAddress(server, caseId, trace)}`);
  }
}

const interruption = listenForInterruption();
let server: TemporalServer | undefined;
let desk: RunningDesk | undefined;
try {
  const work = async (): Promise<void> => {
    server = await openLocalServer(say);
    desk = await runDesk(server);
    say(`Temporal ${server.address}, UI ${server.uiAddress ?? 'unknown (set TEMPORAL_UI_ADDRESS)'}`);
    say(`Workers of the support desk on ${desk.queues.join(', ')}`);
    await listCases(server, desk);
    say('\nReady. Ctrl-C stops everything.');
    await desk.ended;
  };
  await Promise.race([work(), interruption.interrupted]);
} catch (thrown) {
  // Being interrupted is how this program is meant to end.
  process.exitCode = interruption.exitCode() === 0 ? 1 : 0;
  if (process.exitCode === 1) say(thrown instanceof Error ? thrown.message : String(thrown));
} finally {
  say('Stopping ...');
  await desk?.stop();
  await server?.stop();
}
process.exit();
