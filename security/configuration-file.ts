import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { configurationInvalid, configurationOf, type ConfigurationName } from '../contract/configuration.ts';

/**
 * Reads a configuration: JSON, or the path of a file with it.
 * @throws BatonError `CONFIGURATION_INVALID` naming the fields at fault, never quoting a value: there may be secrets
 */
export function readConfiguration<Schema extends z.ZodType>(
  schema: Schema,
  value: string,
  name: ConfigurationName,
): z.output<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(value.trimStart().startsWith('{') ? value : readFileSync(value, 'utf8'));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw configurationInvalid(name, 'it is not JSON');
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw configurationInvalid(name, `${value} cannot be read: ${reason}`);
  }
  return configurationOf(schema, json, name);
}
