export { runCase as 'baton-case' } from './case.ts';
export { runWebhook as 'baton-webhook' } from './webhook.ts';
