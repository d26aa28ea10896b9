export { runCase as 'baton-case' } from './case.ts';
export { runTicket as 'baton-ticket' } from './ticket.ts';
export { runWebhook as 'baton-webhook' } from './webhook.ts';
