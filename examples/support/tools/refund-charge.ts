import { z } from 'zod';
import { defineRecordTool } from '../../../activities/define-tool.ts';
import type { Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { Charge, newId, readRecord } from '../records.ts';

/** Amounts up to here are refunded without asking anybody. */
const FREE_HAND_EUR = 100;

/** Pays a charge back, in whole or in part. Above 100 EUR a person of finance must say yes first. */
export function refundCharge(records: RecordStore): Tool {
  return defineRecordTool({
    name: 'refund-charge',
    description: 'Refunds a charge to the card it came from',
    input: z.object({ chargeId: z.string(), amountEur: z.number().positive() }),
    approval: {
      pool: 'finance',
      when: { kind: 'above', field: 'amountEur', value: FREE_HAND_EUR },
      expiresMs: 24 * 3_600_000,
      question: 'Refund to the customer?',
    },
    preview: 'records',
    store: () => records,
    change: async (transaction, { chargeId, amountEur }, { key }) => {
      const charge = await readRecord(transaction, { collection: 'charges', id: chargeId, shape: Charge });
      if (!charge) return { kind: 'refused', code: 'CHARGE_UNKNOWN', message: `no charge ${chargeId}` };
      const refundedEur = Math.round((charge.refundedEur + amountEur) * 100) / 100;
      if (refundedEur > charge.amountEur) {
        return { kind: 'refused', code: 'ALREADY_REFUNDED', message: `${chargeId} would be overpaid` };
      }
      const refundId = newId('R', key);
      await transaction.put('charges', chargeId, { ...charge, refundedEur });
      await transaction.put('refunds', refundId, { chargeId, amountEur });
      return { kind: 'done', result: { refundId, amountEur } };
    },
  });
}
