import { z } from 'zod';
import { defineTool } from '../../../activities/define-tool.ts';
import type { Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { Customer, Line, readRecord } from '../records.ts';

/** Who a customer number belongs to, with the card and line on file. */
export function findCustomer(records: RecordStore): Tool {
  return defineTool({
    name: 'find-customer',
    description: 'Finds a customer by number',
    input: z.object({ customerId: z.string() }),
    effect: 'read',
    run: async ({ input: { customerId } }) => {
      const customer = await readRecord(records, {
        collection: 'customers',
        id: customerId,
        shape: Customer,
      });
      if (!customer)
        return { kind: 'refused', code: 'CUSTOMER_UNKNOWN', message: `no customer ${customerId}` };
      const { name, email, card, lineId } = customer;
      const line = await readRecord(records, { collection: 'lines', id: lineId, shape: Line });
      return {
        kind: 'done',
        result: { customerId, name, email, card, lineId, ...(line ? { network: line.network } : {}) },
      };
    },
  });
}
