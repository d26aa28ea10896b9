import { z } from 'zod';
import { requireOwn } from './ownership.ts';
import { findUser } from './records.ts';
import { id, lookUp, verifiedUser } from './shop-tool.ts';

/** The profile of the verified customer. */
export const getUserDetails = lookUp(
  {
    name: 'get-user-details',
    description: 'Get the profile of the customer: address, payment methods, order ids.',
    input: z.strictObject({ ...verifiedUser(), user_id: id('the customer') }),
  },
  async (records, input) => {
    const user = await findUser(records, input.user_id);
    requireOwn(user.user_id, input.verified_user_id);
    return user;
  },
);
