import { z } from 'zod';
import { requireOwn } from './ownership.ts';
import { findUser } from './records.ts';
import { addressFields, change, id, verifiedUser } from './shop-tool.ts';

/** Changes the default address of a customer. Orders keep theirs. */
export const modifyUserAddress = change(
  {
    name: 'modify-user-address',
    description: 'Change the default address of the customer.',
    input: z.strictObject({ ...verifiedUser(), user_id: id('the customer'), ...addressFields() }),
  },
  async (records, input) => {
    const user = await findUser(records, input.user_id);
    requireOwn(user.user_id, input.verified_user_id);
    const { address1, address2, city, state, country, zip } = input;
    const modified = { ...user, address: { address1, address2, city, state, country, zip } };
    await records.put('users', user.user_id, modified);
    return modified;
  },
);
