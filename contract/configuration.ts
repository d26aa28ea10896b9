import type { z } from 'zod';
import { BatonError, failure } from './failures.ts';

/** What a configuration is called in messages, and the variable that holds it or names its file. */
export interface ConfigurationName {
  /** Such as `codec access`. */
  readonly what: string;
  readonly variable: string;
}

/** Why a configuration cannot be used: `CONFIGURATION_INVALID` at its variable. */
export function configurationInvalid({ what, variable }: ConfigurationName, detail: string): BatonError {
  return new BatonError(failure('CONFIGURATION_INVALID', `${what}: ${detail}`, variable));
}

/**
 * Validates a configuration.
 * @throws BatonError `CONFIGURATION_INVALID` naming the fields at fault, never quoting a value: there may be secrets
 */
export function configurationOf<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
  name: ConfigurationName,
): z.output<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5);
  throw configurationInvalid(
    name,
    issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
  );
}
