import type { JsonObject } from '../../contract/json.ts';

/**
 * Resources of FHIR R4 (hl7.org/fhir/R4) as JSON Schema: the elements that this clinic uses, named, typed and required
 * as the specification has them. The word `pii` is Baton's: it says which elements are personal data.
 */

const text: JsonObject = { type: 'string', minLength: 1 };
/** FHIR's `id`. */
const id: JsonObject = { type: 'string', pattern: '^[A-Za-z0-9.-]{1,64}$' };
const instant: JsonObject = { type: 'string', format: 'date-time' };

/** A reference within the same server, such as `Patient/p-104`. */
function reference(type: string): JsonObject {
  return {
    type: 'object',
    properties: { reference: { type: 'string', pattern: `^${type}/[A-Za-z0-9.-]{1,64}$` } },
    required: ['reference'],
  };
}

const codeableConcept: JsonObject = {
  type: 'object',
  properties: {
    coding: {
      type: 'array',
      items: {
        type: 'object',
        properties: { system: { type: 'string' }, code: text, display: text },
        required: ['code'],
      },
    },
    text,
  },
};

function resource(type: string, elements: JsonObject, required: readonly string[]): JsonObject {
  return {
    type: 'object',
    properties: { resourceType: { const: type }, id, ...elements },
    required: ['resourceType', 'id', ...required],
  };
}

const names: JsonObject = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      family: { ...text, pii: 'name' },
      given: { type: 'array', items: { ...text, pii: 'name' } },
    },
  },
};

const telecom: JsonObject = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      system: { enum: ['phone', 'fax', 'email', 'pager', 'url', 'sms', 'other'] },
      value: { ...text, pii: true },
      use: { enum: ['home', 'work', 'temp', 'old', 'mobile'] },
    },
    required: ['system', 'value'],
  },
};

/** Patient, as those who treat know them. */
export function patient(): JsonObject {
  const elements = {
    active: { type: 'boolean' },
    name: names,
    telecom,
    gender: { enum: ['male', 'female', 'other', 'unknown'] },
    birthDate: { type: 'string', pattern: '^\\d{4}(-\\d{2}(-\\d{2})?)?$', pii: 'birth-date' },
  };
  return resource('Patient', elements, []);
}

/** Patient, as an office needs them: whom an appointment is for, and how they are reached. */
export function patientForOffice(): JsonObject {
  return resource('Patient', { name: names, telecom }, []);
}

/** ServiceRequest: what is asked for, how soon, for whom, and why. */
export function serviceRequest(): JsonObject {
  return resource(
    'ServiceRequest',
    {
      ...requestHead(),
      reasonCode: { type: 'array', items: codeableConcept },
      note: { type: 'array', items: { type: 'object', properties: { text }, required: ['text'] } },
    },
    ['status', 'intent', 'subject'],
  );
}

/** ServiceRequest without the reason: an office books, and does not treat. */
export function serviceRequestForOffice(): JsonObject {
  return resource('ServiceRequest', requestHead(), ['status', 'intent', 'subject', 'priority']);
}

function requestHead(): JsonObject {
  return {
    status: { enum: ['draft', 'active', 'on-hold', 'revoked', 'completed', 'entered-in-error', 'unknown'] },
    intent: { enum: ['proposal', 'plan', 'directive', 'order'] },
    priority: { enum: ['routine', 'urgent', 'asap', 'stat'] },
    code: codeableConcept,
    subject: reference('Patient'),
    authoredOn: instant,
  };
}

/** Appointment: what comes of a request. */
export function appointment(): JsonObject {
  return resource(
    'Appointment',
    {
      status: { enum: ['proposed', 'pending', 'booked', 'arrived', 'fulfilled', 'cancelled', 'noshow'] },
      priority: { type: 'integer', minimum: 0 },
      start: instant,
      end: instant,
      basedOn: { type: 'array', items: reference('ServiceRequest') },
      participant: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          properties: {
            actor: reference('Patient'),
            status: { enum: ['accepted', 'declined', 'tentative', 'needs-action'] },
          },
          required: ['status'],
        },
      },
    },
    ['status', 'participant'],
  );
}

/** Facts that are these resources, by name. */
export function factsOf(resources: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: 'object', properties: resources, required };
}
