import { BatonError, failure } from '../../contract/failures.ts';
import { caseTransitions, type CaseStage } from '../../contract/lifecycle.ts';
import { CASE_WORKFLOW } from '../../contract/queues.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';
import { DEFAULT_TENANT, isTenantName, tenantOfCase } from '../../contract/tenant.ts';
import type { Access } from '../reach/access.ts';
import { askServer } from '../reach/ask-server.ts';

/** Which cases to list; all that is given must hold. */
export interface ListFilter {
  /** Only cases of this tenant; of all when absent. */
  readonly tenant?: string;
  readonly team?: string;
  /** Only cases whose whole id begins so: letters, digits, `.`, `-`, `_` and `~`. */
  readonly idPrefix?: string;
  readonly stage?: CaseStage;
  /** An agent's name, or `people:<pool>`. */
  readonly owner?: string;
  /** `user`, `nobody`, `people:<pool>`, or `people` for any pool. */
  readonly waitingOn?: string;
  /** Only cases that have not ended. */
  readonly open?: boolean;
  /** At most so many, the newest first; 50 when absent, 1,000 at most. */
  readonly limit?: number;
}

/** One case of a list, as its search attributes have it. */
export interface ListedCase {
  readonly caseId: string;
  readonly team: string;
  readonly stage: string;
  readonly owner: string;
  readonly hops: number;
  readonly waitingOn: string;
  readonly openedAt: string;
  readonly closedAt?: string;
  /** How the workflow stands with the server; `stage` is what the case itself said last. */
  readonly execution: 'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed-out';
}

const LIMIT = 50;
const LARGEST_LIMIT = 1_000;
const WORD = /^[a-z][a-z0-9-]{0,63}$/;
const ID_PREFIX = /^[\w.~-]{1,200}$/;
const OWNER = /^(?:people:)?[a-z][a-z0-9-]{0,63}$/;

/**
 * Lists cases by what they are found by. Reads visibility only: needs no worker, and trails the cases by some
 * milliseconds.
 * @throws BatonError `INPUT_INVALID` naming the filter at fault, `SERVER_UNREACHABLE`
 */
export async function listCases(access: Access, filter: ListFilter = {}): Promise<readonly ListedCase[]> {
  const query = visibilityQuery(filter);
  const limit = limitOf(filter.limit);
  return askServer(access, undefined, async () => {
    const found: ListedCase[] = [];
    for await (const one of access.client.workflow.list({ query, pageSize: Math.min(limit, 200) })) {
      // Whoever starts a case around our client may leave the attribute out; the id says whose it is all the same.
      if (filter.tenant !== undefined && tenantOfCase(one.workflowId) !== filter.tenant) continue;
      const attributes = one.typedSearchAttributes;
      const text = (key: Parameters<typeof attributes.get>[0]): string => String(attributes.get(key) ?? '');
      found.push({
        caseId: one.workflowId,
        team: text(SEARCH_ATTRIBUTES.team),
        stage: text(SEARCH_ATTRIBUTES.stage),
        owner: text(SEARCH_ATTRIBUTES.owner),
        hops: attributes.get(SEARCH_ATTRIBUTES.hops) ?? 0,
        waitingOn: text(SEARCH_ATTRIBUTES.waitingOn),
        openedAt: one.startTime.toISOString(),
        ...(one.closeTime ? { closedAt: one.closeTime.toISOString() } : {}),
        execution: executionOf(one.status.name),
      });
      if (found.length >= limit) break;
    }
    return found;
  });
}

/** The visibility query of a filter. Every word in it is checked, so nothing needs escaping. */
export function visibilityQuery(filter: ListFilter): string {
  const conditions = [`WorkflowType = '${CASE_WORKFLOW}'`, `ExecutionStatus != 'ContinuedAsNew'`];
  const { tenant, team, idPrefix, stage, owner, waitingOn } = filter;
  if (tenant !== undefined) conditions.push(ofTenant(tenant));
  if (team !== undefined) conditions.push(`BatonTeam = '${matching(WORD, team, 'team')}'`);
  if (idPrefix !== undefined)
    conditions.push(`WorkflowId STARTS_WITH '${matching(ID_PREFIX, idPrefix, 'idPrefix')}'`);
  if (stage !== undefined) {
    if (!Object.hasOwn(caseTransitions(), stage)) {
      const known = Object.keys(caseTransitions()).join(', ');
      throw new BatonError(failure('INPUT_INVALID', `stage: one of ${known}`, 'stage'));
    }
    conditions.push(`BatonStage = '${stage}'`);
  }
  if (owner !== undefined) conditions.push(`BatonOwner = '${matching(OWNER, owner, 'owner')}'`);
  if (waitingOn === 'people') conditions.push(`BatonWaitingOn STARTS_WITH 'people:'`);
  else if (waitingOn !== undefined) {
    conditions.push(`BatonWaitingOn = '${matching(OWNER, waitingOn, 'waitingOn')}'`);
  }
  if (filter.open === true) conditions.push(`ExecutionStatus = 'Running'`);
  return conditions.join(' AND ');
}

function ofTenant(tenant: string): string {
  if (!isTenantName(tenant)) {
    throw new BatonError(failure('INPUT_INVALID', 'tenant: a name such as acme', 'tenant'));
  }
  return tenant === DEFAULT_TENANT ? 'BatonTenant IS NULL' : `BatonTenant = '${tenant}'`;
}

function matching(pattern: RegExp, word: unknown, field: string): string {
  if (typeof word === 'string' && pattern.test(word)) return word;
  const detail = `${field}: a name of lower-case letters, digits and hyphens`;
  throw new BatonError(failure('INPUT_INVALID', detail, field));
}

/** A limit within bounds; 50 when absent. @throws BatonError `INPUT_INVALID` */
export function limitOf(limit: number | undefined): number {
  if (limit === undefined) return LIMIT;
  if (Number.isInteger(limit) && limit > 0 && limit <= LARGEST_LIMIT) return limit;
  const detail = `limit: a whole number from 1 to ${String(LARGEST_LIMIT)}`;
  throw new BatonError(failure('INPUT_INVALID', detail, 'limit'));
}

function executionOf(status: string): ListedCase['execution'] {
  switch (status) {
    case 'COMPLETED':
      return 'completed';
    case 'FAILED':
      return 'failed';
    case 'CANCELLED':
      return 'cancelled';
    case 'TERMINATED':
      return 'terminated';
    case 'TIMED_OUT':
      return 'timed-out';
    default:
      return 'running';
  }
}
