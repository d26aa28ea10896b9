import type { Command } from 'commander';
import { BatonError, failure } from '../../contract/failures.ts';
import { interruption } from '../host.ts';
import type { Running } from '../run-command.ts';
import { answering, payloadsHere, wholeNumber } from '../run-command.ts';

/** `baton codec` */
export function addCodec(program: Command, running: Running): void {
  program
    .command('codec')
    .description('serve the codec endpoint for the Temporal UI and the temporal command, until interrupted')
    .option('--port <number>', 'port to listen on', wholeNumber('--port'), 8888)
    .option(
      '--host <address>',
      'address to listen on; another than this host should stand behind TLS',
      '127.0.0.1',
    )
    .option('--access <json or file>', 'who may see clear text (else BATON_CODEC_ACCESS)')
    .action((options: { port: number; host: string; access?: string }) =>
      answering(running, {}, async () => {
        const { host } = running;
        const payloads = await payloadsHere(host);
        if (!payloads) throw unset('BATON_CODEC_KEYS', 'it holds or names the keys to decode with');
        try {
          const access = options.access ?? host.environment['BATON_CODEC_ACCESS'];
          if (!access) throw unset('BATON_CODEC_ACCESS', 'it holds or names who may see clear text');
          // Only this command needs an HTTP server.
          const { parseCodecAccess } = await import('../../service/codec/access.ts');
          const { serveCodec } = await import('../../service/codec/serve-codec.ts');
          const { address, close } = await serveCodec({
            codec: payloads.codec,
            access: parseCodecAccess(access),
            port: options.port,
            host: options.host,
          });
          host.write(`codec endpoint at ${address}; sign in at ${address}/sign-in\n`);
          await interruption(host.signal);
          await close();
        } finally {
          await payloads.close();
        }
        return { text: '' };
      }),
    );
}

function unset(variable: string, why: string): BatonError {
  return new BatonError(failure('CONFIGURATION_INVALID', `${variable} is not set: ${why}`, variable));
}
