// @ts-check
/**
 * Lets the Temporal SDK download one of its servers into a folder, by starting it once. A process of its own, so
 * that a download which hangs can simply be ended. Arguments: `local` or `time-skipping`, and the folder.
 */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [kind, downloadDir] = process.argv.slice(2);
if (downloadDir === undefined) throw new Error('usage: sdk-download.js local|time-skipping FOLDER');
Runtime.install({ logger: new DefaultLogger('ERROR') });
/** @type {{ executable: { type: 'cached-download', downloadDir: string } }} */
const server = { executable: { type: 'cached-download', downloadDir } };
try {
  const environment =
    kind === 'local'
      ? await TestWorkflowEnvironment.createLocal({ server })
      : await TestWorkflowEnvironment.createTimeSkipping({ server });
  await environment.teardown();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
