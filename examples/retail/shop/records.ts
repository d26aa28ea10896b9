import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import { isJsonObject } from '../../../contract/json.ts';
import type { RecordTransaction } from '../../../contract/ports.ts';
import { refuse } from './refusal.ts';

/** What a look-up needs of the shop's database. */
export type RecordReader = Pick<RecordTransaction, 'get' | 'ids'>;

/** A postal address. */
type Address = {
  readonly address1: string;
  readonly address2: string;
  readonly city: string;
  readonly state: string;
  readonly country: string;
  readonly zip: string;
};

/** A way to pay. Only gift cards carry a balance, in dollars. */
export type PaymentMethod = JsonObject & {
  readonly id: string;
  readonly source: string;
  readonly balance?: number;
};

/** A customer. */
export type User = JsonObject & {
  readonly user_id: string;
  readonly email: string;
  readonly name: { readonly first_name: string; readonly last_name: string };
  readonly address: Address;
  readonly payment_methods: Readonly<Record<string, PaymentMethod>>;
};

/** One way a product comes in: its options, price in dollars, and whether it can be had. */
export type Variant = JsonObject & {
  readonly item_id: string;
  readonly available: boolean;
  readonly price: number;
  readonly options: JsonObject;
};

/** A type of product with its variants by item id. */
export type Product = JsonObject & {
  readonly product_id: string;
  readonly name: string;
  readonly variants: Readonly<Record<string, Variant>>;
};

/** One item of an order, at the price it was sold for. */
export type OrderItem = JsonObject & {
  readonly item_id: string;
  readonly product_id: string;
  readonly name: string;
  readonly price: number;
  readonly options: JsonObject;
};

/** Money that moved for an order, in dollars; `refund` is money back. */
export type Payment = {
  readonly transaction_type: 'payment' | 'refund';
  readonly amount: number;
  readonly payment_method_id: string;
};

/** An order. Its status says what may still be done with it. */
export type Order = JsonObject & {
  readonly order_id: string;
  readonly user_id: string;
  readonly status: string;
  readonly address: Address;
  readonly items: readonly OrderItem[];
  readonly payment_history: readonly Payment[];
};

/** The order of that id. Refused when there is none. */
export async function findOrder(records: RecordReader, id: string): Promise<Order> {
  return (await find(records, 'orders', id, 'Order not found')) as Order;
}

/** The customer of that id. Refused when there is none. */
export async function findUser(records: RecordReader, id: string): Promise<User> {
  return (await find(records, 'users', id, 'User not found')) as User;
}

/** The product of that id. Refused when there is none; an item id is not a product id. */
export async function findProduct(records: RecordReader, id: string): Promise<Product> {
  return (await find(records, 'products', id, 'Product not found')) as Product;
}

/** Every record of a collection, in order of id. */
export async function everyRecord(
  records: RecordReader,
  collection: 'users' | 'products',
): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  for (const id of await records.ids(collection)) {
    const record = await records.get(collection, id);
    if (isJsonObject(record)) found.push(record);
  }
  return found;
}

async function find(
  records: RecordReader,
  collection: string,
  id: string,
  refusal: string,
): Promise<JsonValue> {
  return (await records.get(collection, id)) ?? refuse('not-found', refusal);
}
