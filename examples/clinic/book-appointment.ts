import { z } from 'zod';
import { defineRecordTool } from '../../activities/define-tool.ts';
import type { Tool } from '../../activities/tool.ts';
import { newId } from '../support/records.ts';
import type { JsonObject } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { RecordStore, RecordTransaction } from '../../contract/ports.ts';

/** Slots by day; the first of a day is kept for whoever cannot wait. */
export function seedClinic(): Readonly<Record<string, Readonly<Record<string, JsonObject>>>> {
  const slot = (start: string, end: string, kept: boolean): JsonObject => ({
    start,
    end,
    kept,
    taken: false,
  });
  return {
    slots: {
      's-1': slot('2026-11-23T08:00:00Z', '2026-11-23T08:20:00Z', true),
      's-2': slot('2026-11-23T08:20:00Z', '2026-11-23T08:40:00Z', false),
      's-3': slot('2026-11-24T08:00:00Z', '2026-11-24T08:20:00Z', true),
      's-4': slot('2026-11-24T08:20:00Z', '2026-11-24T08:40:00Z', false),
    },
  };
}

const SLOTS = ['s-1', 's-2', 's-3', 's-4'];

/** Books the soonest slot that a priority may have, as an Appointment. Undone from before-images. */
export function bookAppointment(records: RecordStore): Tool {
  return defineRecordTool({
    name: 'book-appointment',
    description: 'Books the soonest appointment for a request',
    input: z.object({
      patient: z.string(),
      request: z.string(),
      priority: z.enum(['routine', 'urgent', 'asap', 'stat']),
    }),
    store: () => records,
    change: async (transaction, { patient, request, priority }, { key }) => {
      const slot = await soonest(transaction, priority !== 'routine');
      if (!slot) return { kind: 'refused', code: 'NO_SLOT', message: 'no slot is free' };
      const id = newId('a', key);
      const appointment: JsonObject = {
        resourceType: 'Appointment',
        id,
        status: 'booked',
        priority: priority === 'routine' ? 5 : 1,
        start: slot.value['start'] ?? '',
        end: slot.value['end'] ?? '',
        basedOn: [{ reference: request }],
        participant: [{ actor: { reference: patient }, status: 'accepted' }],
      };
      await transaction.put('slots', slot.id, { ...slot.value, taken: true });
      await transaction.put('appointments', id, appointment);
      return { kind: 'done', result: appointment };
    },
  });
}

async function soonest(
  records: RecordTransaction,
  mayHaveKept: boolean,
): Promise<{ readonly id: string; readonly value: JsonObject } | undefined> {
  for (const id of SLOTS) {
    const value = await records.get('slots', id);
    if (isJsonObject(value) && value['taken'] === false && (mayHaveKept || value['kept'] === false))
      return { id, value };
  }
  return undefined;
}
