/**
 * `npm run clinic`: two patients of the clinic on a real Temporal server, and what crossed from triage to scheduling:
 * resources of FHIR R4, cut and masked by the office's own JSON Schema.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectBaton } from '../client/index.ts';
import { openLedgerStore, openManifestStore, openRecordStore } from '../stores/open-stores.ts';
import { connectWorkers } from '../workers/connect.ts';
import { createWorkers } from '../workers/create-workers.ts';
import { requireSearchAttributes } from '../workers/search-attributes.ts';
import { seedClinic } from './clinic/book-appointment.ts';
import { clinic } from './clinic/team.ts';
import { openLocalServer } from './local-server.ts';
import { quietTerminal } from './running-desk.ts';

const PATIENTS = [
  { words: 'I have had a high fever since Friday', family: 'Sharma', phone: '+91 98765 40001' },
  { words: 'I would like my yearly check-up', family: 'Brandt', phone: '+43 316 123456' },
];

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

quietTerminal();
const server = await openLocalServer(say);
const folder = await mkdtemp(path.join(tmpdir(), 'baton-clinic-'));
const file = (name: string): string => path.join(folder, `${name}.db`);
const [ledger, manifests, records] = await Promise.all([
  openLedgerStore(file('ledger')),
  openManifestStore(file('ledger')),
  openRecordStore(file('records')),
]);
await records.load(seedClinic());
const { connection } = await connectWorkers(server);
await requireSearchAttributes(connection, server.namespace);
const { address, namespace } = server;
const baton = await connectBaton({ address, namespace, ledger });
const workers = await createWorkers({ connection, namespace, teams: [clinic(records)], ledger, manifests });
const ended = workers.run();
try {
  for (const [index, { words, family, phone }] of PATIENTS.entries()) {
    const patient = {
      resourceType: 'Patient',
      id: `p-${String(index + 1)}`,
      name: [{ family }],
      telecom: [{ system: 'phone', value: phone }],
      birthDate: '1987-03-12',
    };
    const { caseId } = await baton.open({
      team: 'clinic',
      task: { definition: 'find an appointment' },
      facts: { patient },
      message: { id: 'm1', text: words },
    });
    await baton.result(caseId);
    const { handoffs, facts, transcript } = await baton.show(caseId);
    say(`\n${words}`);
    say(`  left behind  ${handoffs[0]?.dropped.join(', ') ?? ''}`);
    say(`  masked       ${(handoffs[0]?.masked ?? []).map(({ field }) => field).join(', ')}`);
    say(`  scheduling   ${JSON.stringify(facts['patient'])}`);
    say(`  appointment  ${JSON.stringify(facts['appointment'])}`);
    say(`  user         ${transcript.at(-1)?.text ?? ''}`);
  }
} finally {
  workers.stop();
  await ended;
  await baton.close();
  await connection.close();
  await Promise.all([ledger.close(), manifests.close(), records.close()]);
  await rm(folder, { recursive: true, force: true });
  await server.stop();
}
process.exit();
