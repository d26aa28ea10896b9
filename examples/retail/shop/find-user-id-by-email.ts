import { z } from 'zod';
import type { User } from './records.ts';
import { everyRecord } from './records.ts';
import { refuse } from './refusal.ts';
import { line, lookUp } from './shop-tool.ts';

/** Verifies an identity by e-mail address, whatever its letter case. */
export const findUserIdByEmail = lookUp(
  {
    name: 'find-user-id-by-email',
    description: 'Find the id of a customer by e-mail address.',
    input: z.strictObject({ email: line('e-mail address') }),
  },
  async (records, { email }) => {
    const users = (await everyRecord(records, 'users')) as readonly User[];
    const user = users.find((one) => one.email.toLowerCase() === email.toLowerCase());
    return user?.user_id ?? refuse('not-found', 'User not found');
  },
);
