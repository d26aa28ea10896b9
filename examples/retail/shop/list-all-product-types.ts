import { z } from 'zod';
import type { Product } from './records.ts';
import { everyRecord } from './records.ts';
import { lookUp } from './shop-tool.ts';

/** Names of all products with their ids, sorted by name. */
export const listAllProductTypes = lookUp(
  {
    name: 'list-all-product-types',
    description: 'List the name and product id of every type of product.',
    input: z.strictObject({}),
  },
  async (records) => {
    const products = (await everyRecord(records, 'products')) as readonly Product[];
    const named = products.map(({ name, product_id }) => [name, product_id] as const);
    return Object.fromEntries(named.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
  },
);
