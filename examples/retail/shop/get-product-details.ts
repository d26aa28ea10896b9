import { z } from 'zod';
import { findProduct } from './records.ts';
import { id, lookUp } from './shop-tool.ts';

/** A type of product with all its variants. */
export const getProductDetails = lookUp(
  {
    name: 'get-product-details',
    description: 'Get the variants of a product by product id, which is not an item id.',
    input: z.strictObject({ product_id: id('product id') }),
  },
  (records, { product_id }) => findProduct(records, product_id),
);
