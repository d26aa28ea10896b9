import type { Command } from 'commander';
import { BatonError, failure } from '../../contract/failures.ts';
import type { Pushes } from '../../service/a2a/push-configs.ts';
import { ledgerUrl } from '../../stores/ledger-url.ts';
import { interruption } from '../host.ts';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServerAndContext, wholeNumber, withServerOptions } from '../run-command.ts';

interface ServeOptions extends CommonOptions {
  readonly port: number;
  readonly host: string;
  readonly access?: string;
  readonly tickets?: string;
  readonly trustProxy?: boolean;
  readonly ledger?: string;
  readonly a2a?: string;
}

/** `baton serve` */
export function addServe(program: Command, running: Running): void {
  withServerOptions(program.command('serve'))
    .description('serve cases over HTTP, until interrupted (OpenAPI at /openapi.json)')
    .option('--port <number>', 'port to listen on', wholeNumber('--port'), 8080)
    .option(
      '--host <address>',
      'address to listen on; another than this host should stand behind TLS',
      '127.0.0.1',
    )
    .option('--access <json or file>', 'who may ask (else BATON_SERVICE_ACCESS)')
    .option('--tickets <json or file>', 'desks whose ticket systems send hooks (else BATON_TICKETS)')
    .option('--trust-proxy', 'believe X-Forwarded-For, behind a proxy of your own')
    .option('--ledger <url>', 'ledger that verify reads (else BATON_LEDGER_URL)')
    .option('--a2a <json or file>', 'teams to serve as agents of A2A 1.0 too (else BATON_A2A)')
    .action((options: ServeOptions) =>
      onServerAndContext(running, options, async (baton) => {
        const { host } = running;
        const access = options.access ?? host.environment['BATON_SERVICE_ACCESS'];
        if (!access) {
          const detail = 'BATON_SERVICE_ACCESS is not set: it holds or names who may ask';
          throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'BATON_SERVICE_ACCESS'));
        }
        // Only this command needs an HTTP server.
        const { parseServiceAccess } = await import('../../service/access/service-access.ts');
        const { parseServedTeams } = await import('../../service/a2a/parse-served-teams.ts');
        const teams = options.a2a ?? host.environment['BATON_A2A'];
        const a2a = teams ? parseServedTeams(teams) : [];
        const { decisionSignerOfEnvironment } = await import('../../security/index.ts');
        const signer = decisionSignerOfEnvironment(host.environment);
        const { readTicketHooks } = await import('../../service/tickets/read-hooks.ts');
        const desks = options.tickets ?? host.environment['BATON_TICKETS'];
        const tickets = desks ? readTicketHooks(desks, host.environment) : undefined;
        const stores = await import('../../stores/open-stores.ts');
        const database = options.ledger ?? ledgerUrl(host.environment);
        const policies = await stores.openPolicyStore(database);
        const budgets = await stores.openTenantBudgets(database);
        const rates = await stores.openToolRates(database);
        const pushSettings = host.environment['BATON_A2A_PUSH'];
        const a2aPush = pushSettings && a2a.length > 0 ? await openPushes(pushSettings, database) : undefined;
        const { readA2aCallback } = await import('../../contract/a2a-callback.ts');
        const a2aCallback = readA2aCallback(host.environment['BATON_A2A_CALLBACK']);
        const { serveHttp } = await import('../../service/http/serve-http.ts');
        const { address, close } = await serveHttp({
          baton,
          access: parseServiceAccess(access),
          policies,
          budgets,
          rates,
          ...(signer ? { signer } : {}),
          ...(tickets ? { tickets } : {}),
          ...(a2a.length > 0 ? { a2a } : {}),
          ...(a2aPush ? { a2aPush } : {}),
          ...(a2aCallback ? { a2aCallback } : {}),
          trustProxy: options.trustProxy === true,
          port: options.port,
          host: options.host,
        });
        host.write(`serving at ${address}; described at ${address}/openapi.json\n`);
        for (const { team } of a2a) host.write(`${team} is an agent of A2A at ${address}/a2a/${team}\n`);
        await interruption(host.signal);
        await close();
        await Promise.all([policies.close(), budgets.close(), rates.close(), a2aPush?.configs.close()]);
        return { text: '' };
      }),
    );
}

/** Reads `BATON_A2A_PUSH`, and opens where configurations are kept. */
async function openPushes(settings: string, ledger: string): Promise<Pushes> {
  const { parsePushSettings } = await import('../../service/a2a/parse-served-teams.ts');
  const { openPushStore } = await import('../../stores/open-stores.ts');
  return { settings: parsePushSettings(settings), configs: await openPushStore(ledger) };
}
