import { z } from 'zod';
import { getOwn } from '../../../contract/json.ts';
import type { Product } from './records.ts';
import { everyRecord } from './records.ts';
import { refuse } from './refusal.ts';
import { id, lookUp } from './shop-tool.ts';

/** One variant of a product, by its item id alone. */
export const getItemDetails = lookUp(
  {
    name: 'get-item-details',
    description: 'Get options, price and availability of an item by item id, which is not a product id.',
    input: z.strictObject({ item_id: id('item id') }),
  },
  async (records, { item_id }) => {
    for (const product of (await everyRecord(records, 'products')) as readonly Product[]) {
      const variant = getOwn(product.variants, item_id);
      if (variant) return variant;
    }
    return refuse('not-found', 'Item not found');
  },
);
