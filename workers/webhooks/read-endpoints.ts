import { readFileSync } from 'node:fs';
import { BatonError, failure } from '../../contract/failures.ts';
import { webhookEndpointsSchema, type WebhookEndpoints } from '../../contract/webhooks/endpoints.ts';

/**
 * Reads where events leave to: JSON, or the path of a file with it.
 * @throws BatonError `CONFIGURATION_INVALID` naming the fields at fault, never quoting a value: there are secrets
 */
export function readWebhookEndpoints(value: string): WebhookEndpoints {
  const invalid = (detail: string): BatonError =>
    new BatonError(failure('CONFIGURATION_INVALID', `BATON_WEBHOOKS: ${detail}`, 'BATON_WEBHOOKS'));
  let json: unknown;
  try {
    json = JSON.parse(value.trimStart().startsWith('{') ? value : readFileSync(value, 'utf8'));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw invalid('it is not JSON');
    throw invalid(`${value} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const result = webhookEndpointsSchema().safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5);
  throw invalid(issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}
