import { TestWorkflowEnvironment } from '@temporalio/testing';
import { timeSkippingServerPath } from '../../scripts/time-skipping-server.ts';

const tries = 20;

/**
 * An environment whose server skips time. The SDK gives the server 5 s to listen, which its Java machine does not
 * always manage next to other tests, so a start that took longer is tried again.
 * @throws what the SDK said, when it never came up
 */
export async function skipTime(): Promise<TestWorkflowEnvironment> {
  const executable = { type: 'existing-path', path: await timeSkippingServerPath() } as const;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
    } catch (thrown) {
      if (attempt === tries || !String(thrown).includes('did not start within')) throw thrown;
    }
  }
}
