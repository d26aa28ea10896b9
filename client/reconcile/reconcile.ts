import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { CaseInputWritten, Orphans } from '../../contract/case.ts';
import { parseCaseInput } from '../../contract/case.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import { getOwn, isJsonObject, type JsonValue } from '../../contract/json.ts';
import type { RecordStore } from '../../contract/ports.ts';
import { CASE_WORKFLOW } from '../../contract/queues.ts';
import { caseIdWithin, tenantOfCase } from '../../contract/tenant.ts';
import { CONTRACT_VERSION } from '../../contract/versions.ts';
import { startCase } from '../cases/open.ts';
import { limitOf } from '../cases/list.ts';
import { decodePayloads } from '../history/payloads.ts';
import { readRunChain, type RunChain } from '../history/run-chain.ts';
import type { Access } from '../reach/access.ts';
import { askServer, describeCase } from '../reach/ask-server.ts';
import { accepted } from '../reach/case-id.ts';
import { orphansInHistory, type Orphan } from './orphans-in-history.ts';

/** What a counterpart's store says of an effect's key. */
type KeyState = Awaited<ReturnType<RecordStore['look']>>;

/** An effect that nobody answers for, and all that its undo takes: the tool runs it by this key. */
export interface OrphanedEffect extends Orphan {
  /** What the store says, where one was asked. `unseen` may still be on its way until the key is tombstoned. */
  readonly state?: KeyState;
}

/** A case that ended without being asked, with effects that are neither kept by it nor undone. */
export interface OrphanedCase {
  readonly caseId: string;
  readonly trace: string;
  readonly team: string;
  readonly execution: 'terminated' | 'timed-out' | 'failed';
  readonly effects: readonly OrphanedEffect[];
  /** The case whose dead letters let people decide about the effects; absent until it is opened. */
  readonly followUp?: string;
}

/** What reconciling found, and what it opened. */
export interface Reconciliation {
  readonly orphaned: readonly OrphanedCase[];
  /** Cases that ended without being asked and were looked at. */
  readonly looked: number;
  /** Follow-up cases that were opened now. */
  readonly opened: readonly string[];
  /** Cases whose histories are encrypted with keys that this client does not have, or were erased with their person. */
  readonly unreadable: readonly string[];
}

/** What to reconcile. */
export interface ReconcileOptions {
  /** Only cases of this tenant; of all when absent. */
  readonly tenant?: string;
  /** Only this case. */
  readonly caseId?: string;
  /** At most so many cases, the newest first; 50 when absent. */
  readonly limit?: number;
  /** Opens a follow-up case for each that has none. */
  readonly open?: boolean;
  /** Asks the counterparts' store: effects that it has undone or tombstoned are no orphans. */
  readonly look?: (key: string) => Promise<KeyState>;
}

const ENDED = `ExecutionStatus IN ('Terminated', 'TimedOut', 'Failed')`;
const FOLLOW_UP = 'follow-up-';

/**
 * Finds what terminated cases left behind (F23): no code of theirs ran at the end, so their histories are held
 * against what was undone or kept. A follow-up case carries each effect as a dead letter, to be redriven, which
 * undoes it under its own key, or discarded, which keeps it. Looking needs no worker. Repeats are harmless: a case
 * has one follow-up, and one that people have dealt with is not found again.
 * @throws BatonError `INPUT_INVALID`, `CASE_UNKNOWN`, `REQUEST_FORBIDDEN` for a case that is open or ended by itself,
 * `SERVER_UNREACHABLE`
 */
export async function reconcile(access: Access, options: ReconcileOptions = {}): Promise<Reconciliation> {
  const named = options.caseId;
  const ids =
    named === undefined ? await endedCases(access, limitOf(options.limit), options.tenant) : [named];
  const orphaned: OrphanedCase[] = [];
  const opened: string[] = [];
  const unreadable: string[] = [];
  for (const caseId of ids) {
    const description = await describeCase(access, caseId);
    const execution = executionOf(description);
    if (execution === undefined) {
      if (named === undefined) continue;
      const detail = `${JSON.stringify(caseId)} is open, or ended by itself and saw to its effects`;
      throw new BatonError(failure('REQUEST_FORBIDDEN', detail, 'caseId'));
    }
    const chain = await readRunChain(access, caseId).catch((thrown: unknown) => {
      // One case that cannot be read must not hide all others.
      if (named === undefined && isBatonError(thrown) && thrown.code === 'CODEC_KEY_MISSING')
        return undefined;
      throw thrown;
    });
    if (!chain || chain.erased) {
      if (chain && named !== undefined)
        throw new BatonError(failure('HISTORY_ERASED', JSON.stringify(caseId), 'caseId'));
      unreadable.push(caseId);
      continue;
    }
    const found = orphansInHistory(chain.runs.flatMap(({ history }) => history.events ?? []));
    const effects = await stillStanding(found?.effects ?? [], options.look);
    if (!found || effects.length === 0) continue;
    const [id, before] = await findFollowUp(access, caseId, chain.trace);
    if (before === 'settled') continue;
    const one = { caseId, trace: chain.trace, team: found.team, execution, effects };
    if (before === 'none' && options.open === true) {
      if (await openFollowUp(access, id, chain, { ...found, effects })) opened.push(id);
    }
    orphaned.push(before === 'open' || options.open === true ? { ...one, followUp: id } : one);
  }
  return { orphaned, looked: ids.length, opened, unreadable };
}

/** Ids of cases that ended without being asked. A follow-up that did is found again with its first case. */
async function endedCases(
  access: Access,
  limit: number,
  tenant: string | undefined,
): Promise<readonly string[]> {
  const query = `WorkflowType = '${CASE_WORKFLOW}' AND ${ENDED}`;
  return askServer(access, undefined, async () => {
    const ids = new Set<string>();
    for await (const { workflowId } of access.client.workflow.list({ query })) {
      const home = tenantOfCase(workflowId);
      const isFollowUp = workflowId.startsWith(followUpId(home, ''));
      if (!isFollowUp && (tenant ?? home) === home) ids.add(workflowId);
      if (ids.size >= limit) break;
    }
    return [...ids];
  });
}

function executionOf({ status }: WorkflowExecutionDescription): OrphanedCase['execution'] | undefined {
  const ended = { TERMINATED: 'terminated', TIMED_OUT: 'timed-out', FAILED: 'failed' } as const;
  return getOwn<OrphanedCase['execution']>(ended, status.name);
}

async function stillStanding(
  effects: readonly Orphan[],
  look: ReconcileOptions['look'],
): Promise<readonly OrphanedEffect[]> {
  if (!look) return effects;
  const seen = await Promise.all(effects.map(async (one) => ({ ...one, state: await look(one.key) })));
  return seen.filter(({ state }) => state === 'committed' || state === 'unseen');
}

/** The id of a follow-up: a case of the same tenant as what it follows. */
function followUpId(tenant: string, trace: string): string {
  return caseIdWithin(tenant, FOLLOW_UP + trace) ?? FOLLOW_UP + trace;
}

/** The follow-up of a case, and how far it is. Earlier releases opened all of them in the default tenant. */
async function findFollowUp(
  access: Access,
  caseId: string,
  trace: string,
): Promise<readonly [string, Awaited<ReturnType<typeof followUpOf>>]> {
  const ids = [followUpId(tenantOfCase(caseId), trace), FOLLOW_UP + trace];
  for (const id of ids) {
    const found = await followUpOf(access, id);
    if (found !== 'none') return [id, found];
  }
  return [ids[0] ?? '', 'none'];
}

/** Whether people have the effects before them, or have decided about all of them. */
async function followUpOf(access: Access, id: string): Promise<'none' | 'open' | 'settled'> {
  try {
    const description = await describeCase(access, id);
    if (executionOf(description) !== undefined) return 'none';
    return description.status.name === 'COMPLETED' ? 'settled' : 'open';
  } catch (thrown) {
    if (isBatonError(thrown) && thrown.code === 'CASE_UNKNOWN') return 'none';
    throw thrown;
  }
}

/** @returns whether it was opened now */
async function openFollowUp(
  access: Access,
  id: string,
  { caseId, trace, runs }: RunChain,
  found: { readonly team: string; readonly effects: readonly OrphanedEffect[] },
): Promise<boolean> {
  const orphans: Orphans = {
    caseId,
    trace,
    effects: found.effects.map(({ key, step, agent, tool, callId, arguments: input, epoch, outcome }) => {
      return { key, step, agent, tool, callId, arguments: input, epoch, outcome };
    }),
  };
  const started = runs[0]?.history.events?.[0]?.workflowExecutionStartedEventAttributes;
  const person = personOf(decodePayloads(started?.input)[0]);
  const input: CaseInputWritten = {
    version: CONTRACT_VERSION,
    team: found.team,
    task: { definition: `decide about the effects of ${caseId}, which was terminated` },
    openedBy: 'reconcile',
    // What it carries over is as personal as it was, and is erased with the person (M11).
    ...(person === undefined ? {} : { user: { id: person } }),
    orphans,
  };
  const handle = await startCase(access, id, accepted(parseCaseInput(input)), {
    // Where its workers are.
    ...(started?.taskQueue?.name ? { queue: started.taskQueue.name } : {}),
    again: true,
  });
  return handle !== undefined;
}

/** `user.id` of what a case was opened with. */
function personOf(opened: JsonValue | undefined): string | undefined {
  const user = isJsonObject(opened) ? opened['user'] : undefined;
  const id = isJsonObject(user) ? user['id'] : undefined;
  return typeof id === 'string' ? id : undefined;
}
