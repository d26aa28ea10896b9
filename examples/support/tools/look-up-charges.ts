import { z } from 'zod';
import { defineTool } from '../../../activities/define-tool.ts';
import type { Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { Charge } from '../records.ts';

/** A charge as the look-up answers it. */
export const FoundCharge = Charge.extend({ chargeId: z.string() });

/** All charges of a customer, oldest first. */
export function lookUpCharges(records: RecordStore): Tool {
  return defineTool({
    name: 'look-up-charges',
    description: 'Charges of a customer',
    input: z.object({ customerId: z.string() }),
    effect: 'read',
    run: async ({ input }) => {
      const { charges = {} } = await records.snapshot();
      const all = Object.entries(charges).map(([chargeId, value]) => ({ chargeId, ...Charge.parse(value) }));
      return { kind: 'done', result: all.filter((charge) => charge.customerId === input.customerId) };
    },
  });
}
