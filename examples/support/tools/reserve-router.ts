import { z } from 'zod';
import { defineRecordTool } from '../../../activities/define-tool.ts';
import type { Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { newId, readRecord, Stock } from '../records.ts';

/** Takes a router out of the stock for a customer. */
export function reserveRouter(records: RecordStore): Tool {
  return defineRecordTool({
    name: 'reserve-router',
    description: 'Reserves a router from stock',
    input: z.object({ lineId: z.string() }),
    preview: 'records',
    store: () => records,
    change: async (transaction, { lineId }, { key }) => {
      const stock = await readRecord(transaction, { collection: 'stock', id: 'router', shape: Stock });
      if (!stock || stock.available < 1)
        return { kind: 'refused', code: 'OUT_OF_STOCK', message: 'no router is left' };
      const reservationId = newId('RS', key);
      await transaction.put('stock', 'router', { available: stock.available - 1 });
      await transaction.put('reservations', reservationId, { part: 'router', lineId });
      return { kind: 'done', result: { reservationId } };
    },
  });
}
