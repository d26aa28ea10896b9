import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JsonObject } from '../../../contract/json.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { openRecordStore } from '../../../stores/index.ts';
import { callTool } from './play-script.ts';
import { smallShop } from './small-shop.ts';

let store: RecordStore;
let place: string;
let calls = 0;

beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'baton-shop-'));
  store = await openRecordStore(path.join(place, 'shop.db'));
});
beforeEach(() => store.load(smallShop()));
afterAll(async () => {
  await store.close();
  await rm(place, { recursive: true });
});

async function answer(tool: string, input: JsonObject): Promise<unknown> {
  calls += 1;
  const given = await callTool(store, { tool, key: `call-${calls}`, input });
  return given.kind === 'done' ? given.result : given.message;
}
const ann = { verified_user_id: 'ann' };
const bob = { verified_user_id: 'bob' };
const place2 = { address1: 'a', address2: 'b', city: 'c', state: 'd', country: 'e', zip: 'f' };
const items = (
  order: string,
  from: readonly string[],
  to: readonly string[],
  method: string,
): JsonObject => ({
  ...ann,
  order_id: order,
  item_ids: from,
  new_item_ids: to,
  payment_method_id: method,
});

describe('what the shop refuses', () => {
  const cases: readonly (readonly [tool: string, input: JsonObject, refusal: string])[] = [
    ['cancel-pending-order', { ...ann, order_id: '#W0', reason: 'no longer needed' }, 'Order not found'],
    [
      'cancel-pending-order',
      { ...ann, order_id: '#W5', reason: 'no longer needed' },
      'Not allowed: another customer than the verified one',
    ],
    [
      'cancel-pending-order',
      { ...ann, order_id: '#W4', reason: 'no longer needed' },
      'Non-pending order cannot be cancelled',
    ],
    ['cancel-pending-order', { ...ann, order_id: '#W1', reason: 'too dear' }, 'Invalid reason'],
    [
      'modify-pending-order-address',
      { ...ann, order_id: '#W3', ...place2 },
      'Non-pending order cannot be modified',
    ],
    [
      'modify-pending-order-items',
      items('#W3', ['mug-2'], ['mug-0'], 'gift_ann'),
      'Non-pending order cannot be modified',
    ],
    ['modify-pending-order-items', items('#W2', [], [], 'gift_ann'), 'No item given'],
    [
      'modify-pending-order-items',
      items('#W2', ['mug-0'], ['mug-1'], 'gift_ann'),
      'Number of mug-0 not found.',
    ],
    [
      'modify-pending-order-items',
      items('#W1', ['mug-0', 'mug-0'], ['mug-1', 'mug-1'], 'gift_ann'),
      'Number of mug-0 not found.',
    ],
    [
      'modify-pending-order-items',
      items('#W2', ['mug-1'], ['mug-0', 'mug-0'], 'gift_ann'),
      'The number of items to be exchanged should match.',
    ],
    ['modify-pending-order-items', items('#W2', ['mug-1'], ['lamp-1'], 'gift_ann'), 'Variant not found'],
    [
      'modify-pending-order-items',
      items('#W2', ['mug-1'], ['mug-3'], 'gift_ann'),
      'New item mug-3 not found or available',
    ],
    [
      'modify-pending-order-items',
      items('#W2', ['mug-1'], ['mug-1'], 'gift_ann'),
      'The new item id should be different from the old item id',
    ],
    [
      'modify-pending-order-items',
      items('#W2', ['mug-1'], ['mug-2'], 'paypal_bob'),
      'Payment method not found',
    ],
    [
      'modify-pending-order-items',
      items('#W2', ['lamp-0'], ['lamp-2'], 'gift_ann'),
      'Insufficient gift card balance to pay for the new item',
    ],
    [
      'modify-pending-order-payment',
      { ...ann, order_id: '#W1', payment_method_id: 'gift_ann' },
      'The new payment method should be different from the current one',
    ],
    [
      'modify-pending-order-payment',
      { ...ann, order_id: '#W2', payment_method_id: 'gift_ann' },
      'Insufficient gift card balance to pay for the order',
    ],
    [
      'modify-user-address',
      { ...ann, user_id: 'bob', ...place2 },
      'Not allowed: another customer than the verified one',
    ],
    [
      'return-delivered-order-items',
      { ...ann, order_id: '#W1', item_ids: ['mug-0'], payment_method_id: 'gift_ann' },
      'Non-delivered order cannot be returned',
    ],
    [
      'return-delivered-order-items',
      { ...ann, order_id: '#W3', item_ids: ['mug-2'], payment_method_id: 'paypal_ann' },
      'Payment method should be the original payment method',
    ],
    [
      'return-delivered-order-items',
      { ...ann, order_id: '#W3', item_ids: ['mug-2', 'mug-2'], payment_method_id: 'gift_ann' },
      'Some item not found',
    ],
    [
      'exchange-delivered-order-items',
      items('#W1', ['mug-0'], ['mug-1'], 'gift_ann'),
      'Non-delivered order cannot be exchanged',
    ],
    [
      'exchange-delivered-order-items',
      items('#W3', ['lamp-1'], ['lamp-2'], 'gift_ann'),
      'Insufficient gift card balance to pay for the price difference',
    ],
    ['get-user-details', { ...ann, user_id: 'eve' }, 'User not found'],
    ['get-order-details', { ...bob, order_id: '#W1' }, 'Not allowed: another customer than the verified one'],
    ['get-product-details', { product_id: 'mug-0' }, 'Product not found'],
    ['get-item-details', { item_id: 'mug' }, 'Item not found'],
    ['find-user-id-by-email', { email: 'eve@example.com' }, 'User not found'],
    ['calculate', { expression: 'process.exit(1)' }, 'Invalid characters in expression'],
    ['calculate', { expression: '1 / 0' }, 'Invalid expression'],
    ['calculate', { expression: '1 2' }, 'Invalid expression'],
    ['calculate', { expression: '('.repeat(900) }, 'Invalid expression'],
  ];
  it.each(cases)('%s %j: %s', async (tool, input, refusal) => {
    const before = await store.snapshot();
    expect(await answer(tool, input)).toBe(refusal);
    expect(await store.snapshot()).toEqual(before);
  });
});

describe('what the shop does', () => {
  it('refunds a cancelled order, a gift card at once', async () => {
    await answer('cancel-pending-order', { ...ann, order_id: '#W1', reason: 'no longer needed' });
    expect(await store.get('users', 'ann')).toHaveProperty('payment_methods.gift_ann.balance', 28.5);
    expect(await store.get('orders', '#W1')).toMatchObject({
      status: 'cancelled',
      cancel_reason: 'no longer needed',
      payment_history: [
        { transaction_type: 'payment', amount: 8.5, payment_method_id: 'gift_ann' },
        { transaction_type: 'refund', amount: 8.5, payment_method_id: 'gift_ann' },
      ],
    });
  });

  it('moves a payment once, and a later cancellation refunds only what is still open', async () => {
    const move = { ...bob, order_id: '#W5', payment_method_id: 'paypal_bob' };
    await answer('modify-pending-order-payment', move);
    expect(await store.get('users', 'bob')).toHaveProperty('payment_methods.gift_bob.balance', 340);
    expect(await answer('modify-pending-order-payment', { ...move, payment_method_id: 'gift_bob' })).toBe(
      'There should be exactly one payment for a pending order',
    );
    await answer('cancel-pending-order', { ...bob, order_id: '#W5', reason: 'ordered by mistake' });
    expect(await store.get('users', 'bob')).toHaveProperty('payment_methods.gift_bob.balance', 340);
    expect(await store.get('orders', '#W5')).toMatchObject({
      payment_history: [
        { transaction_type: 'payment', payment_method_id: 'gift_bob' },
        { transaction_type: 'payment', payment_method_id: 'paypal_bob' },
        { transaction_type: 'refund', payment_method_id: 'gift_bob' },
        { transaction_type: 'refund', amount: 40, payment_method_id: 'paypal_bob' },
      ],
    });
  });

  it('modifies items once; the address may still be mended, nothing else', async () => {
    await answer(
      'modify-pending-order-items',
      items('#W2', ['mug-1', 'mug-1'], ['mug-0', 'mug-2'], 'gift_ann'),
    );
    expect(await store.get('orders', '#W2')).toMatchObject({
      status: 'pending (item modified)',
      items: [{ item_id: 'mug-0' }, { item_id: 'lamp-0' }, { item_id: 'mug-2' }],
    });
    for (const [tool, input] of [
      ['modify-pending-order-items', items('#W2', ['mug-0'], ['mug-1'], 'gift_ann')],
      ['cancel-pending-order', { ...ann, order_id: '#W2', reason: 'no longer needed' }],
      ['modify-pending-order-payment', { ...ann, order_id: '#W2', payment_method_id: 'gift_ann' }],
    ] as const) {
      expect(await answer(tool, input)).toEqual(expect.any(String));
    }
    expect(
      await answer('modify-pending-order-address', { ...ann, order_id: '#W2', ...place2 }),
    ).toMatchObject({
      address: place2,
    });
  });

  it('takes returns and exchanges once per order, with sorted items', async () => {
    const back = { ...ann, order_id: '#W3', item_ids: ['mug-2', 'lamp-1'], payment_method_id: 'gift_ann2' };
    expect(await answer('return-delivered-order-items', back)).toMatchObject({
      status: 'return requested',
      return_items: ['lamp-1', 'mug-2'],
    });
    expect(await answer('return-delivered-order-items', back)).toBe('Non-delivered order cannot be returned');
    expect(
      await answer('exchange-delivered-order-items', items('#W3', ['mug-2'], ['mug-0'], 'gift_ann')),
    ).toBe('Non-delivered order cannot be exchanged');
  });

  it.each([
    ['3131.1 + 4777.75 + 367.38', '8276.23'],
    ['2 + 3 * 4', '14'],
    ['-(1.5 - 4) * 2 / 5', '1'],
    ['10 - 4 - 3', '3'],
  ])('calculates %s', async (expression, value) => {
    expect(await answer('calculate', { expression })).toBe(value);
  });
});
