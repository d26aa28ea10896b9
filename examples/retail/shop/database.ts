import { z } from 'zod';
import { digestOf } from '../../../contract/digest.ts';
import { BatonError, failure } from '../../../contract/failures.ts';
import type { JsonValue } from '../../../contract/json.ts';
import { getOwn } from '../../../contract/json.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import type { RecordReader } from './records.ts';

/** The shop's whole database: records by collection and id. */
export type ShopDatabase = Readonly<Record<'orders' | 'products' | 'users', Records>>;

type Records = Readonly<Record<string, JsonValue>>;

const Text = z.string();
const Address = z.object({
  address1: Text,
  address2: Text,
  city: Text,
  state: Text,
  country: Text,
  zip: Text,
});
const Options = z.record(Text, z.json());
const Order = z.object({
  order_id: Text,
  user_id: Text,
  status: Text,
  address: Address,
  items: z.array(
    z.object({ item_id: Text, product_id: Text, name: Text, price: z.number(), options: Options }),
  ),
  payment_history: z.array(
    z.object({
      transaction_type: z.enum(['payment', 'refund']),
      amount: z.number(),
      payment_method_id: Text,
    }),
  ),
});
const Product = z.object({
  product_id: Text,
  name: Text,
  variants: z.record(
    Text,
    z.object({ item_id: Text, available: z.boolean(), price: z.number(), options: Options }),
  ),
});
const User = z.object({
  user_id: Text,
  email: Text,
  name: z.object({ first_name: Text, last_name: Text }),
  address: Address,
  payment_methods: z.record(Text, z.object({ id: Text, source: Text, balance: z.number().optional() })),
});
const Database = z.object({
  orders: z.record(Text, Order),
  products: z.record(Text, Product),
  users: z.record(Text, User),
});

/**
 * Checks a database before a store is loaded with it, so that tools may rely on its shapes. Fields that no tool
 * knows stay as they are.
 * @param what where it comes from, for the message
 * @throws BatonError `INPUT_INVALID` naming the first faults
 */
export function parseShopDatabase(value: unknown, what: string): ShopDatabase {
  const result = Database.safeParse(value);
  if (!result.success) {
    const issues = result.error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new BatonError(failure('INPUT_INVALID', `${what}: ${issues.join('; ')}`, what));
  }
  const { orders, products, users } = value as ShopDatabase;
  return { orders, products, users };
}

/**
 * The hash of a whole database: SHA-256 of its canonical JSON. Equal hashes mean equal databases to the byte.
 * @param snapshot all records; a collection without records counts as empty
 */
export function databaseHash(snapshot: Readonly<Record<string, Records>>): string {
  const { orders = {}, products = {}, users = {}, ...others } = snapshot;
  return digestOf({ orders, products, users, ...others });
}

/** Reads a database that is held in memory. */
export function readerOf(database: ShopDatabase): RecordReader {
  const collection = (name: string): Records =>
    getOwn(database as Readonly<Record<string, Records>>, name) ?? {};
  return {
    get: async (name, id) => getOwn(collection(name), id),
    ids: async (name) => Object.keys(collection(name)).sort(),
  };
}

/** Reads a store outside a change: each read sees what is committed at that moment. */
export function readerOfStore(store: RecordStore): RecordReader {
  return {
    get: (name, id) => store.get(name, id),
    ids: async (name) => Object.keys((await store.snapshot())[name] ?? {}),
  };
}
