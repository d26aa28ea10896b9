/** Asks a Temporal server whether it is ready to work. */
import { Connection, type ConnectionOptions } from '@temporalio/client';

/** Connects and reads the namespace; resolves once the server answers both, rejects with the reason otherwise. */
export async function checkNamespace(options: ConnectionOptions, namespace: string): Promise<void> {
  const connection = await Connection.connect({ connectTimeout: 3_000, ...options });
  try {
    await connection.withDeadline(Date.now() + 5_000, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } finally {
    await connection.close();
  }
}
