import type { Command } from 'commander';
import { BatonError, failure } from '../../contract/failures.ts';
import type { Outbox } from '../../contract/ports.ts';
import { ledgerUrl } from '../../stores/ledger-url.ts';
import { inert } from '../output/inert.ts';
import { table } from '../output/table.ts';
import type { Answer, CommonOptions, Running } from '../run-command.ts';
import { answering, JSON_OPTION, onServer, wholeNumber, withServerOptions } from '../run-command.ts';

interface ListOptions extends CommonOptions {
  readonly endpoint?: string;
  readonly limit?: number;
}

/** `baton webhooks` */
export function addWebhooks(program: Command, running: Running): void {
  const webhooks = program
    .command('webhooks')
    .description('events on their way to endpoints: what has failed, and who is disabled');
  addFailed(webhooks, running);
  addRedrive(webhooks, running);
  addDisabled(webhooks, running);
  addEnable(webhooks, running);
}

function withFilter(command: Command): Command {
  return withServerOptions(command)
    .option('--endpoint <name>', 'of this endpoint')
    .option('--limit <number>', 'so many at most', wholeNumber('--limit'));
}

function addFailed(webhooks: Command, running: Running): void {
  withFilter(webhooks.command('failed', { isDefault: true }))
    .description('deliveries that have spent their attempts, the newest first')
    .action((options: ListOptions) =>
      onServer(running, options, async (baton) => {
        const failed = await baton.failedWebhooks(filterOf(options));
        const rows = failed.map((one) => [
          ...[one.delivery, one.type, one.caseId, one.failedAt],
          ...[one.failure.code, one.failure.message],
        ]);
        const heads = ['delivery', 'type', 'case', 'failed at', 'code', 'what was wrong'];
        return {
          json: { failed },
          text: failed.length === 0 ? 'no failed deliveries\n' : table(heads, rows),
        };
      }),
    );
}

function addRedrive(webhooks: Command, running: Running): void {
  withFilter(webhooks.command('redrive'))
    .description('try failed deliveries again: one by its name, or all that `webhooks` lists')
    .argument('[delivery]', 'name of the delivery; all when absent')
    .action((delivery: string | undefined, options: ListOptions) =>
      onServer(running, options, async (baton) => {
        const wanted =
          delivery === undefined
            ? (await baton.failedWebhooks(filterOf(options))).map((one) => one.delivery)
            : [delivery];
        for (const one of wanted) await baton.redriveWebhook(one);
        return { json: { redriven: wanted }, text: `${String(wanted.length)} redriven\n` };
      }),
    );
}

function addDisabled(webhooks: Command, running: Running): void {
  withOutboxOptions(webhooks.command('disabled'))
    .description('endpoints that have said that they are gone, and how many events wait in the outbox')
    .action((options: OutboxOptions) =>
      onOutbox(running, options, async (outbox) => {
        const [disabled, waiting] = [await outbox.disabled(), await outbox.waiting()];
        const lines = disabled.map((one) => `${one.endpoint} since ${one.since}, at ${inert(one.url)}\n`);
        return {
          json: { disabled, waiting },
          text: `${lines.join('') || 'no endpoint is disabled\n'}${String(waiting)} events wait in the outbox\n`,
        };
      }),
    );
}

function addEnable(webhooks: Command, running: Running): void {
  withOutboxOptions(webhooks.command('enable'))
    .description('let an endpoint have events again')
    .argument('<endpoint>', 'name of the endpoint')
    .action((endpoint: string, options: OutboxOptions) =>
      onOutbox(running, options, async (outbox) => {
        if (!(await outbox.enable(endpoint))) {
          const detail = `${JSON.stringify(endpoint)} is not disabled`;
          throw new BatonError(failure('WEBHOOK_ENDPOINT_UNKNOWN', detail, 'endpoint'));
        }
        return { json: { enabled: endpoint }, text: `${inert(endpoint)} is enabled\n` };
      }),
    );
}

function filterOf({ endpoint, limit }: ListOptions): { endpoint?: string; limit?: number } {
  return { ...(endpoint === undefined ? {} : { endpoint }), ...(limit === undefined ? {} : { limit }) };
}

interface OutboxOptions {
  readonly json?: boolean;
  readonly ledger?: string;
}

function withOutboxOptions(command: Command): Command {
  return command
    .option(...JSON_OPTION)
    .option('--ledger <url>', 'ledger whose database has the outbox (else BATON_LEDGER_URL)');
}

function onOutbox(
  running: Running,
  options: OutboxOptions,
  work: (outbox: Outbox) => Promise<Answer>,
): Promise<void> {
  return answering(running, options, async () => {
    const { openOutbox } = await import('../../stores/open-stores.ts');
    const outbox = await openOutbox(options.ledger ?? ledgerUrl(running.host.environment));
    try {
      return await work(outbox);
    } finally {
      await outbox.close();
    }
  });
}
