import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import type { ShopDatabase } from '../../../examples/retail/shop/database.ts';

const home = {
  address1: '1 Elm Street',
  address2: '',
  city: 'Austin',
  state: 'TX',
  country: 'USA',
  zip: '78701',
};

function user(id: string, cards: Readonly<Record<string, number>>): JsonObject {
  const giftCards = Object.entries(cards).map(([card, balance]) => [
    card,
    { id: card, source: 'gift_card', balance },
  ]);
  return {
    user_id: id,
    email: `${id}@example.com`,
    name: { first_name: id, last_name: 'Doe' },
    address: home,
    payment_methods: {
      ...(Object.fromEntries(giftCards) as JsonObject),
      [`paypal_${id}`]: { id: `paypal_${id}`, source: 'paypal' },
    },
  };
}

function product(id: string, prices: readonly number[]): JsonObject {
  const variants = prices.map((price, index) => {
    const item = `${id}-${index}`;
    return [item, { item_id: item, available: index !== 3, price, options: { size: index } }] as const;
  });
  return { product_id: id, name: `Product ${id}`, variants: Object.fromEntries(variants) };
}

function order(
  id: string,
  about: { readonly user: string; readonly status: string; readonly method: string },
  items: readonly (readonly [product: string, variant: number, price: number])[],
): JsonObject {
  const sold = items.map(([of, variant, price]): JsonValue => {
    return {
      item_id: `${of}-${variant}`,
      product_id: of,
      name: `Product ${of}`,
      price,
      options: { size: variant },
    };
  });
  const amount = Number(items.reduce((sum, [, , price]) => sum + price, 0).toFixed(2));
  return {
    order_id: id,
    user_id: about.user,
    status: about.status,
    address: home,
    items: sold,
    payment_history: [{ transaction_type: 'payment', amount, payment_method_id: about.method }],
  };
}

/** A shop of our own with two customers: enough for every rule, small enough to print. */
export function smallShop(): ShopDatabase {
  const mug = [8.5, 9.99, 12.1, 7] as const;
  const lamp = [40, 35.25, 60.4, 20] as const;
  const orders = [
    order('#W1', { user: 'ann', status: 'pending', method: 'gift_ann' }, [['mug', 0, 8.5]]),
    order('#W2', { user: 'ann', status: 'pending', method: 'paypal_ann' }, [
      ['mug', 1, 9.99],
      ['lamp', 0, 40],
      ['mug', 1, 9.99],
    ]),
    order('#W3', { user: 'ann', status: 'delivered', method: 'gift_ann' }, [
      ['lamp', 1, 35.25],
      ['mug', 2, 12.1],
    ]),
    order('#W4', { user: 'ann', status: 'processed', method: 'paypal_ann' }, [['lamp', 2, 60.4]]),
    order('#W5', { user: 'bob', status: 'pending', method: 'gift_bob' }, [['lamp', 0, 40]]),
    order('#W6', { user: 'bob', status: 'delivered', method: 'paypal_bob' }, [['mug', 0, 8.5]]),
  ];
  return {
    users: { ann: user('ann', { gift_ann: 20, gift_ann2: 0.5 }), bob: user('bob', { gift_bob: 300 }) },
    products: { mug: product('mug', mug), lamp: product('lamp', lamp) },
    orders: Object.fromEntries(orders.map((one) => [one['order_id'] as string, one])),
  };
}
