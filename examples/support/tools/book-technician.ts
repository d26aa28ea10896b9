import { z } from 'zod';
import { defineRecordTool } from '../../../activities/define-tool.ts';
import type { Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { Depot, newId, readRecord } from '../records.ts';

/**
 * Books a technician of the town's depot. A depot that does not answer is not a refusal but a failure: the attempts
 * are repeated, and when they are spent, everything the case has written is taken back.
 */
export function bookTechnician(records: RecordStore): Tool {
  return defineRecordTool({
    name: 'book-technician',
    description: 'Books a technician of the depot of a town',
    input: z.object({ lineId: z.string(), town: z.string() }),
    retry: { attempts: 3, initialMs: 100, maximumMs: 500 },
    preview: 'records',
    store: () => records,
    change: async (transaction, { lineId, town }, { key }) => {
      const depot = await readRecord(transaction, { collection: 'depots', id: town, shape: Depot });
      if (!depot) return { kind: 'refused', code: 'NO_DEPOT', message: `no depot in ${town}` };
      if (!depot.reachable) throw new Error(`the depot in ${town} does not answer`);
      if (depot.freeSlots < 1)
        return { kind: 'refused', code: 'NO_SLOT', message: `no technician is free in ${town}` };
      const visitId = newId('V', key);
      await transaction.put('depots', town, { ...depot, freeSlots: depot.freeSlots - 1 });
      await transaction.put('visits', visitId, { lineId, town });
      return { kind: 'done', result: { visitId } };
    },
  });
}
