import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { canonicalJson } from '../../../contract/canonical-json.ts';
import type { JsonObject } from '../../../contract/json.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import type { Order, User } from '../../../examples/retail/shop/records.ts';
import { openRecordStore } from '../../../stores/index.ts';
import { callTool } from './play-script.ts';
import { smallShop } from './small-shop.ts';

const user = fc.constantFrom('ann', 'bob', 'eve', '__proto__');
const orderId = fc.constantFrom('#W1', '#W2', '#W3', '#W4', '#W5', '#W6', '#W0', 'constructor');
const itemIds = fc.array(
  fc.constantFrom('mug-0', 'mug-1', 'mug-2', 'mug-3', 'lamp-0', 'lamp-1', 'lamp-2', 'no'),
  {
    maxLength: 3,
  },
);
const method = fc.constantFrom('gift_ann', 'gift_ann2', 'paypal_ann', 'gift_bob', 'paypal_bob', 'none');
const address = {
  address1: fc.string({ maxLength: 20 }),
  address2: fc.string({ maxLength: 20 }),
  city: fc.string({ maxLength: 20 }),
  state: fc.constant('TX'),
  country: fc.constant('USA'),
  zip: fc.constant('78701'),
};
/** Mostly a customer with an order of theirs, so that most calls get past the first rule. */
const own = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(...owned('ann', '#W1', '#W2', '#W3', '#W4'), ...owned('bob', '#W5', '#W6')),
  },
  { weight: 1, arbitrary: fc.record({ verified_user_id: user, order_id: orderId }) },
);
/** Mostly items that some order has with others of the same product. */
const swap = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      { item_ids: ['mug-0'], new_item_ids: ['mug-1'] },
      { item_ids: ['mug-1', 'mug-1'], new_item_ids: ['mug-0', 'mug-2'] },
      { item_ids: ['lamp-0'], new_item_ids: ['lamp-1'] },
      { item_ids: ['lamp-1', 'mug-2'], new_item_ids: ['lamp-0', 'mug-0'] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ item_ids: itemIds, new_item_ids: itemIds }) },
);

function owned(customer: string, ...orders: readonly string[]): readonly JsonObject[] {
  return orders.map((order) => ({ verified_user_id: customer, order_id: order }));
}

/** The order of a call with further arguments. */
function about(...parts: readonly fc.Arbitrary<object>[]): fc.Arbitrary<JsonObject> {
  return fc.tuple(own, ...parts).map((members) => Object.assign({}, ...members) as JsonObject);
}

/** Inputs by tool: each schema is satisfied, the rules of the shop often are not. */
const inputs: Readonly<Record<string, fc.Arbitrary<JsonObject>>> = {
  'cancel-pending-order': about(
    fc.record({ reason: fc.constantFrom('no longer needed', 'ordered by mistake', 'too dear') }),
  ),
  'modify-pending-order-address': about(fc.record(address)),
  'modify-pending-order-items': about(swap, fc.record({ payment_method_id: method })),
  'modify-pending-order-payment': about(fc.record({ payment_method_id: method })),
  'modify-user-address': fc.record({ verified_user_id: user, user_id: user, ...address }),
  'return-delivered-order-items': about(
    fc.oneof(
      fc.constantFrom({ item_ids: ['mug-2'] }, { item_ids: ['mug-0'] }),
      fc.record({ item_ids: itemIds }),
    ),
    fc.record({ payment_method_id: method }),
  ),
  'exchange-delivered-order-items': about(swap, fc.record({ payment_method_id: method })),
  'get-user-details': fc.record({ verified_user_id: user, user_id: user }),
  'get-order-details': about(),
  'get-product-details': fc.record({ product_id: fc.constantFrom('mug', 'lamp', 'mug-0', 'toString') }),
  'get-item-details': fc.record({ item_id: fc.constantFrom('mug-0', 'mug', 'valueOf') }),
  'find-user-id-by-email': fc.record({ email: fc.constantFrom('ann@example.com', 'BOB@EXAMPLE.COM', '') }),
  'find-user-id-by-name-zip': fc.record({
    first_name: fc.constantFrom('Ann', 'bob', ''),
    last_name: fc.constant('doe'),
    zip: fc.constantFrom('78701', '1'),
  }),
  'list-all-product-types': fc.constant({}),
  calculate: fc.record({
    expression: fc.string({
      unit: fc.constantFrom('0', '12', '.', '+', '-', '*', '/', '(', ')', ' ', 'x'),
      maxLength: 30,
    }),
  }),
};
const call = fc.oneof(
  ...Object.entries(inputs).map(([tool, input]) => input.map((value) => ({ tool, input: value }))),
);

/** What each gift card holds plus what orders owe to it, in cents: no tool may make or lose money. */
function giftCardMoney(snapshot: Awaited<ReturnType<RecordStore['snapshot']>>): Record<string, number> {
  const cents: Record<string, number> = {};
  const add = (id: string, dollars: number): void => {
    cents[id] = Math.round((cents[id] ?? 0) + dollars * 100);
  };
  for (const one of Object.values(snapshot['users'] ?? {}) as unknown as readonly User[]) {
    for (const card of Object.values(one.payment_methods)) {
      if (card.balance !== undefined) add(card.id, card.balance);
    }
  }
  for (const one of Object.values(snapshot['orders'] ?? {}) as unknown as readonly Order[]) {
    for (const payment of one.payment_history) {
      if (!payment.payment_method_id.startsWith('gift')) continue;
      add(
        payment.payment_method_id,
        payment.transaction_type === 'payment' ? payment.amount : -payment.amount,
      );
    }
  }
  return cents;
}

describe('any sequence of the shop tools', () => {
  let store: RecordStore;
  let place: string;

  beforeAll(async () => {
    place = await mkdtemp(path.join(tmpdir(), 'baton-shop-'));
    store = await openRecordStore(path.join(place, 'shop.db'));
  });
  afterAll(async () => {
    await store.close();
    await rm(place, { recursive: true });
  });

  it('answers or refuses, keeps all money, touches nobody else, and is undone to the byte', async () => {
    const reached = { done: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
        await store.load(smallShop());
        const before = await store.snapshot();
        const money = giftCardMoney(before);
        const keys: string[] = [];
        for (const [index, { tool, input }] of calls.entries()) {
          const seen = canonicalJson(await store.snapshot());
          const key = `key-${index}`;
          const answer = await callTool(store, { tool, key, input });
          reached[answer.kind] += 1;
          const now = await store.snapshot();
          if ((await store.look(key)) === 'committed') keys.push(key);
          else expect(canonicalJson(now)).toBe(seen);
          expect(giftCardMoney(now)).toEqual(money);
          for (const other of ['ann', 'bob'].filter((name) => name !== input['verified_user_id'])) {
            expect(recordsOf(now, other)).toBe(recordsOf(JSON.parse(seen) as typeof now, other));
          }
        }
        for (const key of keys.toReversed()) {
          const undone = await store.undo({ key, fence: { epoch: 2, attempt: 1 }, tool: 'any' });
          expect(undone).toEqual({ kind: 'undone', repeated: false });
        }
        expect(canonicalJson(await store.snapshot())).toBe(canonicalJson(before));
      }),
      { numRuns: 150 },
    );
    // A generator that never got past a rule would prove nothing.
    expect(reached.done).toBeGreaterThan(100);
    expect(reached.refused).toBeGreaterThan(100);
  });
});

/** Everything that belongs to one customer, as text. */
function recordsOf(snapshot: Awaited<ReturnType<RecordStore['snapshot']>>, userId: string): string {
  const all = [...Object.values(snapshot['orders'] ?? {}), ...Object.values(snapshot['users'] ?? {})];
  return canonicalJson(all.filter((record) => (record as JsonObject)['user_id'] === userId));
}
