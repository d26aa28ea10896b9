import { z } from 'zod';
import { defineRecordTool } from '../../../activities/define-tool.ts';
import type { Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { Customer, readRecord } from '../records.ts';

/** Keeps dunning away from an account while a claim is open. */
export function holdAccount(records: RecordStore): Tool {
  return defineRecordTool({
    name: 'hold-account',
    description: 'Keeps dunning away from an account',
    input: z.object({ customerId: z.string(), reason: z.string() }),
    preview: 'records',
    store: () => records,
    change: async (transaction, { customerId, reason }) => {
      const place = { collection: 'customers', id: customerId, shape: Customer };
      const customer = await readRecord(transaction, place);
      if (!customer)
        return { kind: 'refused', code: 'CUSTOMER_UNKNOWN', message: `no customer ${customerId}` };
      await transaction.put('customers', customerId, { ...customer, heldFor: reason });
      return { kind: 'done', result: { customerId, heldFor: reason } };
    },
  });
}
