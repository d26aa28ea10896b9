import { z } from 'zod';
import { ownOrder } from './ownership.ts';
import { findPaymentMethod, isGiftCard } from './payment.ts';
import { refuse } from './refusal.ts';
import { findPlaces } from './replacement.ts';
import { change, id, itemIds, verifiedUser } from './shop-tool.ts';

/** Asks for the return of items of a delivered order, once per order. Money moves when the items have come back. */
export const returnDeliveredOrderItems = change(
  {
    name: 'return-delivered-order-items',
    description:
      'Request the return of items of a delivered order. The refund goes to the original payment method or a gift card.',
    input: z.strictObject({
      ...verifiedUser(),
      order_id: id('such as #W0000000'),
      item_ids: itemIds('items to return'),
      payment_method_id: id('receives the refund'),
    }),
  },
  async (records, input) => {
    const order = await ownOrder(records, input);
    if (order.status !== 'delivered') refuse('wrong-status', 'Non-delivered order cannot be returned');
    const { method } = await findPaymentMethod(records, order.user_id, input.payment_method_id);
    const original = order.payment_history[0]?.payment_method_id;
    if (!isGiftCard(method) && method.id !== original) {
      refuse('wrong-payment', 'Payment method should be the original payment method');
    }
    findPlaces(order, input.item_ids, () => 'Some item not found');
    const returned = {
      ...order,
      status: 'return requested',
      return_items: [...input.item_ids].sort(),
      return_payment_method_id: input.payment_method_id,
    };
    await records.put('orders', order.order_id, returned);
    return returned;
  },
);
