import { z } from 'zod';
import { ownOrder } from './ownership.ts';
import { refuse } from './refusal.ts';
import { addressFields, change, id, verifiedUser } from './shop-tool.ts';

/**
 * Changes where a pending order goes. An order whose items were modified has not left either, so its address may
 * still be mended; its items and payment may not.
 */
export const modifyPendingOrderAddress = change(
  {
    name: 'modify-pending-order-address',
    description: 'Change the shipping address of a pending order.',
    input: z.strictObject({ ...verifiedUser(), order_id: id('such as #W0000000'), ...addressFields() }),
  },
  async (records, input) => {
    const order = await ownOrder(records, input);
    if (!order.status.startsWith('pending')) {
      refuse('wrong-status', 'Non-pending order cannot be modified');
    }
    const { address1, address2, city, state, country, zip } = input;
    const modified = { ...order, address: { address1, address2, city, state, country, zip } };
    await records.put('orders', order.order_id, modified);
    return modified;
  },
);
