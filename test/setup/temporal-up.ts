/**
 * Before the `server` project: one tuned Temporal server for the whole run, and the bundle of the workflows. Tests
 * find them in `TEMPORAL_ADDRESS` and `BATON_TEST_BUNDLE`; each uses task queues and workflow ids of its own. A
 * `TEMPORAL_ADDRESS` given from outside is used instead.
 */
import { ensureTemporalServer, type TemporalServer } from '../../scripts/temporal-server.ts';
import { bundledWorkflows } from '../../examples/workflow-bundle.ts';

declare global {
  var batonTestServer: TemporalServer | undefined;
}

export default async function temporalUp(): Promise<void> {
  const [server, bundle] = await Promise.all([ensureTemporalServer({ headless: true }), bundledWorkflows()]);
  globalThis.batonTestServer = server;
  process.env['TEMPORAL_ADDRESS'] = server.address;
  process.env['TEMPORAL_NAMESPACE'] = server.namespace;
  process.env['BATON_TEST_BUNDLE'] = bundle;
}
