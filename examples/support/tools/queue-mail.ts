import { z } from 'zod';
import { defineRecordTool } from '../../../activities/define-tool.ts';
import type { Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { newId } from '../records.ts';

/**
 * Puts a mail into the outbox. What lies there can be taken out again, which makes it an effect that has an undo;
 * a mail that has left could only be followed by another.
 */
export function queueMail(records: RecordStore): Tool {
  return defineRecordTool({
    name: 'queue-mail',
    description: 'Queues a mail to the customer',
    input: z.object({ to: z.string(), text: z.string() }),
    store: () => records,
    change: async (transaction, input, { key }) => {
      const mailId = newId('M', key);
      await transaction.put('outbox', mailId, input);
      return { kind: 'done', result: { mailId } };
    },
  });
}
