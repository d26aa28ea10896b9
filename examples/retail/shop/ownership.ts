import { refuse } from './refusal.ts';
import type { Order, RecordReader } from './records.ts';
import { findOrder } from './records.ts';

/** The order of that id, if it belongs to the verified customer: one conversation serves one customer. */
export async function ownOrder(
  records: RecordReader,
  input: { readonly order_id: string; readonly verified_user_id: string },
): Promise<Order> {
  const order = await findOrder(records, input.order_id);
  requireOwn(order.user_id, input.verified_user_id);
  return order;
}

/** Refuses whatever concerns another customer than the verified one. */
export function requireOwn(userId: string, verifiedUserId: string): void {
  if (userId !== verifiedUserId) refuse('not-allowed', 'Not allowed: another customer than the verified one');
}
