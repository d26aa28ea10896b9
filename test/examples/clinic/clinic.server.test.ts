import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { createBatonClient } from '../../../client/index.ts';
import type { Team } from '../../../activities/define-team.ts';
import type { TurnInput } from '../../../contract/activities.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { seedClinic } from '../../../examples/clinic/book-appointment.ts';
import { clinic } from '../../../examples/clinic/team.ts';
import { openRecordStore } from '../../../stores/open-stores.ts';
import { awaitCase } from '../../support/await-case.ts';
import { openBed, unique, type Bed } from '../../support/bed.ts';
import { eventsOf } from '../../support/ledger-of-history.ts';

const PATIENT = {
  resourceType: 'Patient',
  id: 'p-104',
  active: true,
  name: [{ family: 'Canary', given: ['Vikram'] }],
  telecom: [{ system: 'phone', value: '+91 98765 40001', use: 'mobile' }],
  gender: 'male',
  birthDate: '1987-03-12',
};
const WORDS = 'I have had a high fever since Friday';

let bed: Bed;
let team: Team;
let records: RecordStore;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-clinic-'));
  records = await openRecordStore(path.join(folder, 'records.db'));
  await records.load(seedClinic());
  team = clinic(records, unique('clinic'));
  bed = await openBed({ teams: [team] });
});
afterAll(async () => {
  await bed.close();
  await records.close();
  await rm(folder, { recursive: true, force: true });
});

test('resources of FHIR cross checked, cut and masked, and the urgent come first', async () => {
  const handle = await bed.open(team, {
    facts: { patient: PATIENT },
    message: { id: 'm1', text: WORDS },
    user: { id: 'p-104' },
  });
  expect((await handle.result()).outcome).toEqual({ kind: 'finished', outcome: 'booked' });
  const { facts, handoffs } = await createBatonClient({ client: bed.client, ledger: bed.ledger }).show(
    handle.workflowId,
  );

  // Cut: why somebody comes, when they were born and who they are to a doctor stay behind.
  expect(handoffs[0]).toMatchObject({ from: 'triage', to: 'scheduling', status: 'completed' });
  expect(handoffs[0]?.dropped.toSorted()).toEqual([
    'patient.active',
    'patient.birthDate',
    'patient.gender',
    'serviceRequest.reasonCode',
  ]);
  // Masked: what the office's schema calls personal.
  expect(handoffs[0]?.masked).toEqual(
    expect.arrayContaining([
      { field: 'facts.patient.name.0.family', kind: 'name', count: 1 },
      { field: 'facts.patient.name.0.given.0', kind: 'name', count: 1 },
      { field: 'facts.patient.telecom.0.value', kind: 'other', count: 1 },
    ]),
  );
  expect(facts['patient']).toEqual({
    resourceType: 'Patient',
    id: 'p-104',
    name: [{ family: 'C***', given: ['V***'] }],
    telecom: [{ system: 'phone', value: '***', use: 'mobile' }],
  });
  expect(facts['serviceRequest']).toMatchObject({
    priority: 'urgent',
    subject: { reference: 'Patient/p-104' },
  });

  // What the receiver was sent has none of it.
  const crossed: string[] = [];
  for (const event of await eventsOf(bed.client, handle.workflowId)) {
    const attributes = event.activityTaskScheduledEventAttributes;
    const payload = attributes?.input?.payloads?.[0];
    if (attributes?.activityType?.name !== 'handoff' || !payload) continue;
    crossed.push(JSON.stringify(defaultPayloadConverter.fromPayload<TurnInput>(payload).envelope));
  }
  expect(crossed).toHaveLength(1);
  for (const secret of ['Canary', 'Vikram', '98765', '1987', 'fever'])
    expect(crossed[0]).not.toContain(secret);

  // The urgent have the slot that is kept for them, as an Appointment.
  expect(facts['appointment']).toMatchObject({
    resourceType: 'Appointment',
    status: 'booked',
    start: '2026-11-23T08:00:00Z',
    basedOn: [{ reference: 'ServiceRequest/sr-1' }],
    participant: [{ actor: { reference: 'Patient/p-104' }, status: 'accepted' }],
  });
  expect((await records.snapshot())['slots']?.['s-1']).toMatchObject({ taken: true });
});

test('a resource that is none is refused before the agent sees it, naming the element', async () => {
  const odd = { ...PATIENT, telecom: [{ system: 'pigeon', value: '7' }] };
  const handle = await bed.open(team, { facts: { patient: odd }, message: { id: 'm1', text: WORDS } });
  const view = await awaitCase(bed.client, handle, (one) => one.deadLetters.length > 0);
  expect(view.deadLetters[0]?.failure).toMatchObject({
    code: 'AGENT_INPUT_INVALID',
    message: expect.stringContaining('patient.telecom.0.system') as string,
  });
  await handle.terminate();
});

test('an emergency goes to people at once', async () => {
  const handle = await bed.open(team, {
    facts: { patient: PATIENT },
    message: { id: 'm1', text: 'I have chest pain' },
  });
  const view = await awaitCase(bed.client, handle, (one) => one.owner === 'people:nurses');
  expect(view.handoffs[0]).toMatchObject({ to: 'people:nurses', reasonCode: 'emergency' });
  await handle.terminate();
});
