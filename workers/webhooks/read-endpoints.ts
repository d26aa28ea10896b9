import { webhookEndpointsSchema, type WebhookEndpoints } from '../../contract/webhooks/endpoints.ts';
import { readConfiguration } from '../../security/configuration-file.ts';

/**
 * Reads where events leave to: JSON, or the path of a file with it.
 * @throws BatonError `CONFIGURATION_INVALID` naming the fields at fault, never quoting a value: there are secrets
 */
export function readWebhookEndpoints(value: string): WebhookEndpoints {
  const name = { what: 'BATON_WEBHOOKS', variable: 'BATON_WEBHOOKS' };
  return readConfiguration(webhookEndpointsSchema(), value, name);
}
