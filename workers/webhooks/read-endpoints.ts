import { pushSettingsSchema, type PushSettings } from '../../contract/a2a-push.ts';
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

/**
 * Reads how clients of A2A are told of their tasks: JSON, or the path of a file with it.
 * @throws BatonError `CONFIGURATION_INVALID`
 */
export function readPushSettings(value: string): PushSettings {
  const name = { what: 'BATON_A2A_PUSH', variable: 'BATON_A2A_PUSH' };
  return readConfiguration(pushSettingsSchema(), value, name);
}
