import { z } from 'zod';
import { defineTool } from '../../../activities/define-tool.ts';
import type { Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { Line, readRecord } from '../records.ts';

/** Measures a line. */
export function checkLine(records: RecordStore): Tool {
  return defineTool({
    name: 'check-line',
    description: 'State of a line',
    input: z.object({ lineId: z.string() }),
    effect: 'read',
    run: async ({ input: { lineId } }) => {
      const line = await readRecord(records, { collection: 'lines', id: lineId, shape: Line });
      return line
        ? { kind: 'done', result: line }
        : { kind: 'refused', code: 'LINE_UNKNOWN', message: `no line ${lineId}` };
    },
  });
}
