import { pushConfigSchema, type PushConfig } from '../contract/a2a-push.ts';
import { BatonError, failure } from '../contract/failures.ts';

/** A configuration as a table keeps it. @throws BatonError `CONFIGURATION_INVALID` for what a newer release has written */
export function parsePushRow([body]: readonly unknown[]): PushConfig {
  const parsed = pushConfigSchema().safeParse(JSON.parse(String(body)));
  if (parsed.success) return parsed.data;
  throw new BatonError(failure('CONFIGURATION_INVALID', 'baton_pushes has a row that nobody here can read'));
}
