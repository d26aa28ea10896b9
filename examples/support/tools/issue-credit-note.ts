import { z } from 'zod';
import { defineRecordTool } from '../../../activities/define-tool.ts';
import type { Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { newId } from '../records.ts';

/** Credits a customer's next bill. */
export function issueCreditNote(records: RecordStore): Tool {
  return defineRecordTool({
    name: 'issue-credit-note',
    description: "Credits the customer's next bill",
    input: z.object({ customerId: z.string(), amountEur: z.number().positive(), reason: z.string() }),
    preview: 'records',
    store: () => records,
    change: async (transaction, input, { key }) => {
      const creditNoteId = newId('CN', key);
      await transaction.put('credit-notes', creditNoteId, input);
      return { kind: 'done', result: { creditNoteId, amountEur: input.amountEur } };
    },
  });
}
