import { z } from 'zod';
import { ownOrder } from './ownership.ts';
import { id, lookUp, verifiedUser } from './shop-tool.ts';

/** An order of the verified customer. */
export const getOrderDetails = lookUp(
  {
    name: 'get-order-details',
    description: 'Get status, items, address and payments of an order of the customer.',
    input: z.strictObject({ ...verifiedUser(), order_id: id('such as #W0000000') }),
  },
  ownOrder,
);
