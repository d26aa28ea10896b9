import { z } from 'zod';
import { ownOrder } from './ownership.ts';
import { addToGiftCard, findPaymentMethod, requireCover } from './payment.ts';
import type { Payment } from './records.ts';
import { refuse } from './refusal.ts';
import { change, id, verifiedUser } from './shop-tool.ts';

/** Moves the payment of a pending order to one other method; the original is refunded, a gift card at once. */
export const modifyPendingOrderPayment = change(
  {
    name: 'modify-pending-order-payment',
    description: 'Change the payment method of a pending order to one other method of the customer.',
    input: z.strictObject({
      ...verifiedUser(),
      order_id: id('such as #W0000000'),
      payment_method_id: id('the method to pay with instead'),
    }),
  },
  async (records, input) => {
    const order = await ownOrder(records, input);
    if (!order.status.startsWith('pending')) {
      refuse('wrong-status', 'Non-pending order cannot be modified');
    }
    const owned = await findPaymentMethod(records, order.user_id, input.payment_method_id);
    const [first, ...others] = order.payment_history;
    if (first?.transaction_type !== 'payment' || others.length > 0) {
      return refuse('wrong-payment', 'There should be exactly one payment for a pending order');
    }
    if (first.payment_method_id === input.payment_method_id) {
      refuse('wrong-payment', 'The new payment method should be different from the current one');
    }
    requireCover(owned.method, first.amount, 'Insufficient gift card balance to pay for the order');
    const original = await findPaymentMethod(records, order.user_id, first.payment_method_id);
    await addToGiftCard(records, owned, -first.amount);
    await addToGiftCard(records, original, first.amount);
    const payment: Payment = { ...first, payment_method_id: input.payment_method_id };
    const refund: Payment = { ...first, transaction_type: 'refund' };
    const modified = { ...order, payment_history: [first, payment, refund] };
    await records.put('orders', order.order_id, modified);
    return modified;
  },
);
