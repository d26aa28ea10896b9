/**
 * `npm run parcels`: a shop and a carrier, two teams of Baton that speak A2A 1.0 with each other over HTTP. The shop's
 * case hands a parcel over to the carrier's agent, whose card is signed, and waits while people there look: until the
 * carrier calls (`-- --poll`: with a look now and then instead).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openLocalServer } from './local-server.ts';
import { askForParcel, runHouses } from './parcels/running-houses.ts';
import { quietTerminal } from './running-desk.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

quietTerminal();
const server = await openLocalServer(say);
const folder = await mkdtemp(path.join(tmpdir(), 'baton-parcels-'));
const polls = process.argv.includes('--poll');
const houses = await runHouses(server, folder, polls ? {} : { push: true });
try {
  const caseId = `parcel-${String(Date.now())}`;
  const task = await askForParcel(houses.baton, caseId);
  const { path: owners, transcript, workingMemory } = await houses.baton.show(caseId);
  const { workingMemory: there } = await houses.baton.show(task);
  say(`card      ${houses.card}`);
  say(`shop      ${caseId}: ${owners.join(' -> ')}`);
  say(`carrier   ${task}, which is the task of A2A`);
  const calls = houses.calls();
  say(
    polls
      ? 'waited    by a timer, with a look every two seconds at the most'
      : `waited    until the carrier called (${String(calls)} ${calls === 1 ? 'call' : 'calls'}); its own timer would have looked after ten minutes`,
  );
  say(`there     ${JSON.stringify(there)}`);
  say(`back      ${JSON.stringify(workingMemory)}`);
  for (const { from, text } of transcript) say(`  ${from.kind === 'agent' ? from.name : from.kind}: ${text}`);
} finally {
  await houses.close();
  await rm(folder, { recursive: true, force: true });
  await server.stop();
}
process.exit();
