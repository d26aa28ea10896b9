import { z } from 'zod';
import { defineRecordTool } from '../../../activities/define-tool.ts';
import type { Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { Line, readRecord } from '../records.ts';

/** Lifts a block that dunning has put on a line. */
export function unblockLine(records: RecordStore): Tool {
  return defineRecordTool({
    name: 'unblock-line',
    description: 'Lifts the block of a line',
    input: z.object({ lineId: z.string() }),
    preview: 'records',
    store: () => records,
    change: async (transaction, { lineId }) => {
      const line = await readRecord(transaction, { collection: 'lines', id: lineId, shape: Line });
      if (line?.status !== 'blocked')
        return { kind: 'refused', code: 'NOT_BLOCKED', message: `${lineId} is not blocked` };
      await transaction.put('lines', lineId, { ...line, status: 'ok' });
      return { kind: 'done', result: { lineId, status: 'ok' } };
    },
  });
}
