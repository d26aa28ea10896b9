import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { JsonValue } from '../../contract/json.ts';
import type { Access } from '../reach/access.ts';
import { readRunChain } from './run-chain.ts';

/** The histories of a case as JSON, as `temporal workflow show --output json` and replayers have them. */
export interface HistoryJson {
  readonly caseId: string;
  readonly trace: string;
  readonly erased: boolean;
  readonly closed: boolean;
  readonly runs: readonly { readonly runId: string; readonly history: JsonValue }[];
}

/**
 * Reads the histories of all runs of a case, in clear. Needs no worker.
 * @throws BatonError `CASE_UNKNOWN`, `SERVER_UNREACHABLE`, `CODEC_KEY_MISSING`
 */
export async function readHistoryJson(access: Access, caseId: string): Promise<HistoryJson> {
  const { trace, erased, closed, runs } = await readRunChain(access, caseId);
  const written = runs.map(({ runId, history }) => ({
    runId,
    history: JSON.parse(historyToJSON(history)) as JsonValue,
  }));
  return { caseId, trace, erased, closed, runs: written };
}
