import { z } from 'zod';
import { ownOrder } from './ownership.ts';
import { addToGiftCard, findPaymentMethod, requireCover } from './payment.ts';
import type { OrderItem, Payment } from './records.ts';
import { refuse } from './refusal.ts';
import { findReplacements, priceDifference } from './replacement.ts';
import { change, id, itemIds, verifiedUser } from './shop-tool.ts';

/** Changes items of a pending order to other variants, once per order: its new status allows no second time. */
export const modifyPendingOrderItems = change(
  {
    name: 'modify-pending-order-items',
    description:
      'Change items of a pending order to other available variants of the same products. Only once per order.',
    input: z.strictObject({
      ...verifiedUser(),
      order_id: id('such as #W0000000'),
      item_ids: itemIds('items to change'),
      new_item_ids: itemIds('what they become, in the same order'),
      payment_method_id: id('pays the difference or receives it'),
    }),
  },
  async (records, input) => {
    const order = await ownOrder(records, input);
    if (order.status !== 'pending') refuse('wrong-status', 'Non-pending order cannot be modified');
    const replacements = await findReplacements(records, order, {
      itemIds: input.item_ids,
      newItemIds: input.new_item_ids,
    });
    // How this shop keeps its books, known from the end states of the public data set: every item of one call gets
    // its own new item id, but the price and options of the last one.
    const last = replacements.at(-1)?.variant ?? refuse('wrong-items', 'No item given');
    const difference = priceDifference(replacements);
    const owned = await findPaymentMethod(records, order.user_id, input.payment_method_id);
    requireCover(owned.method, difference, 'Insufficient gift card balance to pay for the new item');
    await addToGiftCard(records, owned, -difference);
    const payment: Payment = {
      transaction_type: difference > 0 ? 'payment' : 'refund',
      amount: Math.abs(difference),
      payment_method_id: input.payment_method_id,
    };
    const items: OrderItem[] = [...order.items];
    for (const { position, item, variant } of replacements) {
      items[position] = { ...item, item_id: variant.item_id, price: last.price, options: last.options };
    }
    const modified = {
      ...order,
      status: 'pending (item modified)',
      items,
      payment_history: [...order.payment_history, payment],
    };
    await records.put('orders', order.order_id, modified);
    return modified;
  },
);
