import { z } from 'zod';
import { roundToCents } from './money.ts';
import { ownOrder } from './ownership.ts';
import { findPaymentMethod, requireCover } from './payment.ts';
import { refuse } from './refusal.ts';
import { findReplacements, priceDifference } from './replacement.ts';
import { change, id, itemIds, verifiedUser } from './shop-tool.ts';

/** Asks for the exchange of items of a delivered order, once per order. Money moves when the items have come back. */
export const exchangeDeliveredOrderItems = change(
  {
    name: 'exchange-delivered-order-items',
    description:
      'Request the exchange of items of a delivered order for other available variants of the same products.',
    input: z.strictObject({
      ...verifiedUser(),
      order_id: id('such as #W0000000'),
      item_ids: itemIds('items to give back'),
      new_item_ids: itemIds('what to send instead, in the same order'),
      payment_method_id: id('pays the difference or receives it'),
    }),
  },
  async (records, input) => {
    const order = await ownOrder(records, input);
    if (order.status !== 'delivered') refuse('wrong-status', 'Non-delivered order cannot be exchanged');
    const replacements = await findReplacements(records, order, {
      itemIds: input.item_ids,
      newItemIds: input.new_item_ids,
    });
    const difference = roundToCents(priceDifference(replacements));
    const { method } = await findPaymentMethod(records, order.user_id, input.payment_method_id);
    requireCover(method, difference, 'Insufficient gift card balance to pay for the price difference');
    const exchanged = {
      ...order,
      status: 'exchange requested',
      exchange_items: [...input.item_ids].sort(),
      exchange_new_items: [...input.new_item_ids].sort(),
      exchange_payment_method_id: input.payment_method_id,
      exchange_price_difference: difference,
    };
    await records.put('orders', order.order_id, exchanged);
    return exchanged;
  },
);
