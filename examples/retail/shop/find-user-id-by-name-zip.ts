import { z } from 'zod';
import type { User } from './records.ts';
import { everyRecord } from './records.ts';
import { refuse } from './refusal.ts';
import { line, lookUp } from './shop-tool.ts';

/** Verifies an identity by first name, last name and postal code; letter case does not matter in names. */
export const findUserIdByNameZip = lookUp(
  {
    name: 'find-user-id-by-name-zip',
    description: 'Find the id of a customer by first name, last name and zip code.',
    input: z.strictObject({
      first_name: line('first name'),
      last_name: line('last name'),
      zip: line('postal code'),
    }),
  },
  async (records, { first_name, last_name, zip }) => {
    const users = (await everyRecord(records, 'users')) as readonly User[];
    const user = users.find(
      ({ name, address }) =>
        name.first_name.toLowerCase() === first_name.toLowerCase() &&
        name.last_name.toLowerCase() === last_name.toLowerCase() &&
        address.zip === zip,
    );
    return user?.user_id ?? refuse('not-found', 'User not found');
  },
);
