import type { TemporalServer } from '../scripts/temporal-server.ts';

/** Address of a run in the Temporal UI, or what to open where the UI's own address is not known. */
export function caseAddress(
  server: Pick<TemporalServer, 'uiAddress' | 'namespace'>,
  caseId: string,
  runId: string,
): string {
  const path = `/namespaces/${server.namespace}/workflows/${encodeURIComponent(caseId)}/${runId}/history`;
  return server.uiAddress === undefined
    ? `${path} (in your Temporal UI; TEMPORAL_UI_ADDRESS names it)`
    : `${server.uiAddress.replace(/\/$/, '')}${path}`;
}
