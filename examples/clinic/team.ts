import { z } from 'zod';
import type { Agent, Answer, Turn } from '../../activities/agent.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import { factsOfJsonSchema } from '../../activities/json-schema-facts.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { RecordStore } from '../../contract/ports.ts';
import { openRecordStore } from '../../stores/open-stores.ts';
import { answerTo, askedIn } from '../support/answers.ts';
import { bookAppointment, seedClinic } from './book-appointment.ts';
import {
  appointment,
  factsOf,
  patient,
  patientForOffice,
  serviceRequest,
  serviceRequestForOffice,
} from './fhir.ts';
import { urgencyOf } from './urgency.ts';

type Resource = JsonObject & { readonly id: string };
type TriageFacts = JsonObject & { readonly patient: Resource };
type SchedulingFacts = JsonObject & {
  readonly patient: Resource;
  readonly serviceRequest: Resource & { readonly priority: 'routine' | 'urgent' | 'asap' | 'stat' };
};

/** Takes whom no appointment may keep waiting. */
const nurses = people('nurses', { nora: { roles: ['nurse'] } });

/**
 * A clinic: triage by urgency, then scheduling. The facts are resources of FHIR R4, checked by their own JSON Schema
 * at every edge. Scheduling is another domain: why somebody comes is left behind, and names and numbers are masked.
 * @param pool of workers; the agents' own names when absent
 */
export function clinic(records: RecordStore, pool?: string): Team {
  const common = { version: '1.0.0', ...(pool === undefined ? {} : { pool }) };
  const office = scheduling(records, common);
  const first = triage(common);
  return defineTeam({
    name: pool ?? 'clinic',
    start: first,
    edges: [
      edge(first, office, { context: { conversation: { kind: 'filtered', from: ['agent'] } } }),
      escalate(first, nurses),
      escalate(office, nurses),
    ],
    escalation: nurses,
  });
}

interface Common {
  readonly version: string;
  readonly pool?: string;
}

function triage(common: Common): Agent {
  return defineAgent<TriageFacts>({
    ...common,
    name: 'triage',
    domain: 'clinical',
    scope: 'How soon a patient must be seen',
    accepts: factsOfJsonSchema(
      factsOf({ patient: patient(), serviceRequest: serviceRequest() }, ['patient']),
    ),
    run: assess,
  });
}

function assess(turn: Turn<TriageFacts>): Answer {
  const words = askedIn(turn);
  const urgency = urgencyOf(words);
  if (urgency === 'emergency')
    return {
      say: 'Please call your emergency number now. A nurse is being told.',
      intent: { kind: 'escalate', to: 'nurses', reasonCode: 'emergency', explanation: words.slice(0, 500) },
    };
  const request = {
    resourceType: 'ServiceRequest',
    id: `sr-${String(turn.number)}`,
    status: 'active',
    intent: 'order',
    priority: urgency,
    code: { coding: [{ system: 'http://snomed.info/sct', code: '11429006', display: 'Consultation' }] },
    subject: { reference: `Patient/${turn.facts.patient.id}` },
    reasonCode: [{ text: words }],
  };
  return {
    say: 'Thank you. I am finding you an appointment.',
    facts: { serviceRequest: request },
    intent: { kind: 'transfer', to: 'scheduling', reasonCode: 'book', explanation: `${urgency} appointment` },
  };
}

function scheduling(records: RecordStore, common: Common): Agent {
  return defineAgent<SchedulingFacts>({
    ...common,
    name: 'scheduling',
    domain: 'administration',
    scope: 'Books appointments by urgency',
    accepts: factsOfJsonSchema(
      factsOf(
        {
          patient: patientForOffice(),
          serviceRequest: serviceRequestForOffice(),
          appointment: appointment(),
        },
        ['patient', 'serviceRequest'],
      ),
    ),
    tools: [bookAppointment(records)],
    run: book,
  });
}

function book(turn: Turn<SchedulingFacts>): Answer {
  const booked = answerTo(turn, 'book-appointment');
  if (booked?.kind === 'done') {
    const made = z.looseObject({ start: z.string() }).parse(booked.result) as Record<string, string>;
    return {
      facts: { appointment: made },
      intent: { kind: 'finish', outcome: 'booked', text: `Your appointment is at ${made['start'] ?? ''}.` },
    };
  }
  if (booked)
    return {
      intent: { kind: 'escalate', to: 'nurses', reasonCode: 'no-slot', explanation: 'nothing is free' },
    };
  const { patient: whom, serviceRequest: request } = turn.facts;
  const call = {
    id: 'book',
    tool: 'book-appointment',
    arguments: {
      patient: `Patient/${whom.id}`,
      request: `ServiceRequest/${request.id}`,
      priority: request.priority,
    },
  };
  return { intent: { kind: 'call', calls: [call] } };
}

/** Opens the clinic for a worker, on slots that are seeded when there are none. */
export async function openTeams(): Promise<{ teams: readonly Team[]; close: () => Promise<void> }> {
  const records = await openRecordStore(process.env['BATON_CLINIC_RECORDS_URL'] || '.baton/clinic.db');
  if (Object.keys(await records.snapshot()).length === 0) await records.load(seedClinic());
  return { teams: [clinic(records)], close: () => records.close() };
}
