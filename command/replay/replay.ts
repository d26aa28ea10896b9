import type { Command } from 'commander';
import { BatonError, failure } from '../../contract/failures.ts';
import type { CommonOptions, Running } from '../run-command.ts';
import { answering, onServer, payloadsHere, UsageError, withServerOptions } from '../run-command.ts';

/** `baton replay` */
export function addReplay(program: Command, running: Running): void {
  withServerOptions(program.command('replay'))
    .description('replay a case offline on this code, plain and strict, and tell what happened')
    .argument('[case]', 'id of the case: all its runs are read from the server')
    .option('--file <place>', 'a history file, or a folder of them; needs no server')
    .action((caseId: string | undefined, options: CommonOptions & { file?: string }) => {
      const { file } = options;
      if ((caseId === undefined) === (file === undefined)) throw new UsageError('give a case or --file');
      if (file !== undefined) {
        return answering(running, options, async () => {
          const { readHistories } = await import('./read-history.ts');
          const { replayHistories } = await import('./replay-histories.ts');
          const payloads = await payloadsHere(running.host);
          const histories = await readHistories(file, payloads?.codec).finally(() => payloads?.close());
          return replayHistories(histories.map((one) => ({ name: one.file, history: one.history })));
        });
      }
      return onServer(running, options, async (baton) => {
        const chain = await baton.histories(String(caseId));
        const { runs, erased } = chain;
        if (erased) throw new BatonError(failure('HISTORY_ERASED', JSON.stringify(chain.caseId)));
        const { replayHistories } = await import('./replay-histories.ts');
        return replayHistories(
          runs.map(({ runId, history }, index) => ({
            name: runs.length === 1 ? chain.caseId : `${chain.caseId} (run ${String(index + 1)}, ${runId})`,
            workflowId: chain.caseId,
            history,
          })),
        );
      });
    });
}
