import { z } from 'zod';
import { defineRecordTool } from '../../../activities/define-tool.ts';
import type { Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { newId } from '../records.ts';

/** Opens a ticket for a fault. */
export function openTicket(records: RecordStore): Tool {
  return defineRecordTool({
    name: 'open-ticket',
    description: 'Opens a ticket for a fault of a line',
    input: z.object({ lineId: z.string(), fault: z.string() }),
    preview: 'records',
    store: () => records,
    change: async (transaction, input, { key }) => {
      const ticketId = newId('T', key);
      await transaction.put('tickets', ticketId, { ...input, status: 'open' });
      return { kind: 'done', result: { ticketId } };
    },
  });
}
