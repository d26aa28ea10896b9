import { z } from 'zod';
import { ownOrder } from './ownership.ts';
import type { OwnedPaymentMethod } from './payment.ts';
import { addToGiftCard, findPaymentMethod, openPayments } from './payment.ts';
import type { Payment } from './records.ts';
import { refuse } from './refusal.ts';
import { change, id, line, verifiedUser } from './shop-tool.ts';

const REASONS: readonly string[] = ['no longer needed', 'ordered by mistake'];

/** Cancels a pending order and refunds what was paid: gift cards at once, the rest in 5 to 7 business days. */
export const cancelPendingOrder = change(
  {
    name: 'cancel-pending-order',
    description: 'Cancel a pending order. The reason is "no longer needed" or "ordered by mistake".',
    input: z.strictObject({ ...verifiedUser(), order_id: id('such as #W0000000'), reason: line('why') }),
  },
  async (records, input) => {
    const order = await ownOrder(records, input);
    if (order.status !== 'pending') refuse('wrong-status', 'Non-pending order cannot be cancelled');
    if (!REASONS.includes(input.reason)) refuse('wrong-reason', 'Invalid reason');
    const refunds: { readonly refund: Payment; readonly owned: OwnedPaymentMethod }[] = [];
    for (const payment of openPayments(order.payment_history)) {
      const owned = await findPaymentMethod(records, order.user_id, payment.payment_method_id);
      refunds.push({ refund: { ...payment, transaction_type: 'refund' }, owned });
    }
    for (const { refund, owned } of refunds) await addToGiftCard(records, owned, refund.amount);
    const cancelled = {
      ...order,
      status: 'cancelled',
      cancel_reason: input.reason,
      payment_history: [...order.payment_history, ...refunds.map(({ refund }) => refund)],
    };
    await records.put('orders', order.order_id, cancelled);
    return cancelled;
  },
);
