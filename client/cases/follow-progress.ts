import { setTimeout as delay } from 'node:timers/promises';
import type { ProgressEntry } from '../../contract/progress.ts';
import { contextOf } from '../persons/cases-of-person.ts';
import type { Access } from '../reach/access.ts';
import { describeCase } from '../reach/ask-server.ts';
import { parseCaseId } from '../reach/case-id.ts';
import type { FollowOptions } from './follow.ts';

/** Pause between two looks at a feed that has nothing new, in milliseconds. */
const LOOK_EVERY_MS = 150;
/** Looks without news after which the server is asked whether the case has ended. */
const LOOKS_BEFORE_ASKING = 10;
const ENTRIES_AT_ONCE = 200;

/**
 * What agents with a model say while they speak, in order of offsets, from where one left off and on as it comes,
 * until the case has ended or the signal aborts. A `restarted` voids what earlier attempts of its turn said. It is no
 * record: what counts stands in the ledger. Needs a context store, and no worker.
 * @throws BatonError `CASE_UNKNOWN`, `CONFIGURATION_INVALID` without a context store, `PERSON_ERASED`,
 * `SERVER_UNREACHABLE`, `STORE_UNAVAILABLE`
 */
export async function* followProgress(
  access: Access,
  caseId: string,
  options: FollowOptions = {},
): AsyncGenerator<ProgressEntry, void, undefined> {
  const { signal } = options;
  const context = contextOf(access);
  const id = parseCaseId(caseId);
  let after = options.after ?? 0;
  let description = await describeCase(access, id);
  const trace = description.raw.workflowExecutionInfo?.firstRunId || description.runId;
  for (let idle = 0; signal?.aborted !== true;) {
    const entries = await context.readProgress(trace, { after, limit: ENTRIES_AT_ONCE });
    for (const entry of entries) {
      after = entry.offset;
      yield entry;
    }
    if (entries.length > 0) {
      idle = 0;
      continue;
    }
    // Asked before the last look: nothing is told after the end of a case.
    if (description.status.name !== 'RUNNING') return;
    idle += 1;
    if (idle % LOOKS_BEFORE_ASKING === 0) description = await describeCase(access, id);
    await delay(LOOK_EVERY_MS, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}
