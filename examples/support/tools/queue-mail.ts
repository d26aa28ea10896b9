import { z } from 'zod';
import { defineRecordTool } from '../../../activities/define-tool.ts';
import type { Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { Customer, newId, readRecord } from '../records.ts';

/**
 * Puts a mail into the outbox. The address is looked up where the mail is made: agents of another domain know it masked
 * only, and need no more. What lies there can be taken out again,
 * which makes it an effect that has an undo; a mail that has left could only be followed by another.
 */
export function queueMail(records: RecordStore): Tool {
  return defineRecordTool({
    name: 'queue-mail',
    description: 'Queues a mail to the customer',
    input: z.object({ customerId: z.string(), text: z.string() }),
    preview: 'records',
    store: () => records,
    change: async (transaction, { customerId, text }, { key }) => {
      const place = { collection: 'customers', id: customerId, shape: Customer };
      const customer = await readRecord(transaction, place);
      if (!customer)
        return { kind: 'refused', code: 'CUSTOMER_UNKNOWN', message: `no customer ${customerId}` };
      const mailId = newId('M', key);
      await transaction.put('outbox', mailId, { to: customer.email, text });
      return { kind: 'done', result: { mailId } };
    },
  });
}
