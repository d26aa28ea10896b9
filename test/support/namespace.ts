import { Client, type Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';
import { until } from '../../scripts/ports.ts';

/** Adds a namespace as it comes: without any search attributes of ours. */
export async function registerNamespace(connection: Connection, namespace: string): Promise<void> {
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
}

/** Adds a namespace with the search attributes of cases, and waits until all parts of the server know of both. */
export async function addNamespace(connection: Connection, namespace: string): Promise<void> {
  await registerNamespace(connection, namespace);
  const types = { KEYWORD: 2, INT: 3 } as const;
  const searchAttributes = Object.fromEntries(
    Object.values(SEARCH_ATTRIBUTES).map((key) => [key.name, types[key.type]]),
  );
  const added = (): Promise<boolean> =>
    connection.operatorService.addSearchAttributes({ namespace, searchAttributes }).then(
      () => true,
      () => false,
    );
  await until(added, { limitMs: 60_000 });
  if (!(await namespaceWorks(connection, namespace)))
    throw new Error(`namespace ${namespace} does not come up`);
}

/** Waits for a namespace: the server's parts learn of it and its attributes one after another. */
export async function namespaceWorks(connection: Connection, namespace: string): Promise<boolean> {
  const client = new Client({ connection, namespace });
  const works = async (): Promise<boolean> => {
    try {
      for await (const _ of client.workflow.list({ query: "BatonTeam = 'x' AND BatonHops = 1" })) return true;
      const probe = await client.workflow.start('probe', {
        workflowId: 'probe',
        taskQueue: 'probe',
        typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.team, value: 'probe' }],
      });
      await probe.terminate();
      return true;
    } catch {
      return false;
    }
  };
  return until(works, { limitMs: 60_000 });
}
