/**
 * `npm run parcels`: a shop and a carrier, two teams of Baton that speak A2A 1.0 with each other over HTTP. The shop's
 * case hands a parcel over to the carrier's agent, whose card is signed, and waits by a timer while people there look.
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
const houses = await runHouses(server, folder);
try {
  const caseId = `parcel-${String(Date.now())}`;
  const task = await askForParcel(houses.baton, caseId);
  const { path: owners, transcript } = await houses.baton.show(caseId);
  say(`card      ${houses.card}`);
  say(`shop      ${caseId}: ${owners.join(' -> ')}`);
  say(`carrier   ${task}, which is the task of A2A`);
  for (const { from, text } of transcript) say(`  ${from.kind === 'agent' ? from.name : from.kind}: ${text}`);
} finally {
  await houses.close();
  await rm(folder, { recursive: true, force: true });
  await server.stop();
}
process.exit();
