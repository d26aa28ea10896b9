import type { RecordTransaction } from '../../../contract/ports.ts';
import { getOwn } from '../../../contract/json.ts';
import { roundToCents } from './money.ts';
import type { Payment, PaymentMethod, RecordReader, User } from './records.ts';
import { findUser } from './records.ts';
import { refuse } from './refusal.ts';

/** A payment method with the customer it belongs to. */
export interface OwnedPaymentMethod {
  readonly user: User;
  readonly method: PaymentMethod;
}

/** A customer's payment method. Refused when it is not in their profile. */
export async function findPaymentMethod(
  records: RecordReader,
  userId: string,
  methodId: string,
): Promise<OwnedPaymentMethod> {
  const user = await findUser(records, userId);
  const method = getOwn(user.payment_methods, methodId);
  return method ? { user, method } : refuse('wrong-payment', 'Payment method not found');
}

/** Whether money moves at once: gift cards are the shop's own, the rest takes 5 to 7 business days. */
export function isGiftCard(method: PaymentMethod): boolean {
  return method.source === 'gift_card';
}

/** Refuses a gift card that does not cover an amount; other methods cover any. */
export function requireCover(method: PaymentMethod, dollars: number, refusal: string): void {
  if (isGiftCard(method) && (method.balance ?? 0) < dollars) refuse('wrong-payment', refusal);
}

/** Adds dollars to a customer's gift card, or takes them when negative. Other methods keep no balance here. */
export async function addToGiftCard(
  records: RecordTransaction,
  owned: OwnedPaymentMethod,
  dollars: number,
): Promise<void> {
  if (!isGiftCard(owned.method)) return;
  // Read again: an earlier step of the same change may have written the customer.
  const user = await findUser(records, owned.user.user_id);
  const method = getOwn(user.payment_methods, owned.method.id) ?? owned.method;
  const balance = roundToCents((method.balance ?? 0) + dollars);
  await records.put('users', user.user_id, {
    ...user,
    payment_methods: { ...user.payment_methods, [method.id]: { ...method, balance } },
  });
}

/** What was paid and not yet refunded, per payment method, in order of first payment. */
export function openPayments(history: readonly Payment[]): readonly Payment[] {
  const open = new Map<string, number>();
  for (const { transaction_type, amount, payment_method_id } of history) {
    const before = open.get(payment_method_id) ?? 0;
    open.set(payment_method_id, transaction_type === 'payment' ? before + amount : before - amount);
  }
  return [...open]
    .filter(([, amount]) => roundToCents(amount) > 0)
    .map(([payment_method_id, amount]) => ({ transaction_type: 'payment', amount, payment_method_id }));
}
