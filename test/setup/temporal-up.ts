/**
 * Before the `server` project: one tuned Temporal server for the whole run. Tests find it in `TEMPORAL_ADDRESS`;
 * each uses task queues and workflow ids of its own. A `TEMPORAL_ADDRESS` given from outside is used instead.
 */
import { ensureTemporalServer, type TemporalServer } from '../../scripts/temporal-server.ts';

declare global {
  var batonTestServer: TemporalServer | undefined;
}

export default async function temporalUp(): Promise<void> {
  const server = await ensureTemporalServer({ headless: true });
  globalThis.batonTestServer = server;
  process.env['TEMPORAL_ADDRESS'] = server.address;
  process.env['TEMPORAL_NAMESPACE'] = server.namespace;
}
