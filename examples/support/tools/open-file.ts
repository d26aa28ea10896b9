import { z } from 'zod';
import { defineRecordTool } from '../../../activities/define-tool.ts';
import type { Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { newId } from '../records.ts';

/** Opens a legal file for a claim. */
export function openFile(records: RecordStore): Tool {
  return defineRecordTool({
    name: 'open-file',
    description: 'Opens a legal file for a claim',
    input: z.object({ customerId: z.string(), claim: z.string() }),
    preview: 'records',
    store: () => records,
    change: async (transaction, input, { key }) => {
      const fileId = newId('F', key);
      await transaction.put('files', fileId, input);
      return { kind: 'done', result: { fileId } };
    },
  });
}
