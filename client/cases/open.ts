import {
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandleWithFirstExecutionRunId,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { CaseInput, CaseInputWritten } from '../../contract/case.ts';
import { parseCaseInput } from '../../contract/case.ts';
import { digestOf } from '../../contract/digest.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { keptTextOf } from '../../contract/kept-text.ts';
import { CASE_QUEUE, CASE_WORKFLOW } from '../../contract/queues.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';
import { caseIdWithin, DEFAULT_TENANT, isTenantName, tenantOfCase } from '../../contract/tenant.ts';
import { CONTRACT_VERSION } from '../../contract/versions.ts';
import type { Access } from '../reach/access.ts';
import { askServer, describeCase } from '../reach/ask-server.ts';
import { giveKey } from '../reach/case-keys.ts';
import { accepted, newCaseId, parseCaseId } from '../reach/case-id.ts';
import { openingAtDoor } from '../reach/private-doors.ts';
import { inertMarkdown } from '../reach/inert-markdown.ts';

/** What opens a case, as a service writes it. The version is that of this release where it is left out. */
export type OpenInput = Omit<CaseInputWritten, 'version' | 'carried' | 'orphans'> & {
  readonly version?: string;
};

/** A case that was opened. */
export interface OpenedCase {
  readonly caseId: string;
  /** Trace id of the whole case: the run id of its first execution (H4). */
  readonly trace: string;
  /** The very same open was made before, under this id: nothing was started now. */
  readonly joined: boolean;
}

/** Under which id a case is opened. */
export interface OpenOptions {
  /** An id of the caller's own; a new one when absent. */
  readonly caseId?: string;
  /** Whose case it is; that of the id, or `default`, when absent. */
  readonly tenant?: string;
  /** Task queue of the workers that run it (`caseQueue` of theirs); the usual one when absent. */
  readonly queue?: string;
}

/** Memo under which a case keeps the digest of what opened it, so that a repeated open is known again (F08). */
const OPENED_WITH = 'batonOpenedWith';
const SUMMARY_CHARACTERS = 100;

/**
 * Opens a case. With an id of the caller's, the same open again joins the case that is there, open or closed; any
 * other content under that id is refused (F08). An id belongs to the tenant it names, as in `acme~order-7`.
 * @throws BatonError `INPUT_INVALID`, `INPUT_TOO_LARGE`, `VERSION_UNSUPPORTED`, `CASE_EXISTS`,
 * `SEARCH_ATTRIBUTE_MISSING`, `SERVER_UNREACHABLE`
 */
export async function openCase(
  access: Access,
  input: OpenInput,
  options: OpenOptions = {},
): Promise<OpenedCase> {
  const caseId = idOfNewCase(options);
  const value = accepted(parseCaseInput(withVersion(input)));
  if (value.carried !== undefined) {
    const detail = 'carried is written by a case that continues, never by a client';
    throw new BatonError(failure('INPUT_INVALID', detail, 'case.carried'));
  }
  if (value.orphans !== undefined) {
    const detail = 'orphans are found by `baton reconcile`, never written by a client';
    throw new BatonError(failure('INPUT_INVALID', detail, 'case.orphans'));
  }
  const sent = await openingAtDoor(access, caseId, value);
  const openedWith = digestOf(sent);
  const { queue } = options;
  const handle = await startCase(access, caseId, sent, queue === undefined ? {} : { queue });
  if (handle) return { caseId, trace: handle.firstExecutionRunId, joined: false };
  const description = await describeCase(access, caseId);
  if (description.memo?.[OPENED_WITH] !== openedWith) {
    throw new BatonError(
      failure('CASE_EXISTS', `${JSON.stringify(caseId)}, opened with another input`, 'caseId'),
    );
  }
  const trace = description.raw.workflowExecutionInfo?.firstRunId || description.runId;
  return { caseId, trace, joined: true };
}

/**
 * Starts the workflow of a case.
 * @param options `queue` instead of the usual one; `again` starts it anew where it ended without being asked
 * @returns undefined when there is a case under this id
 */
export async function startCase(
  access: Access,
  caseId: string,
  value: CaseInput,
  options: { readonly queue?: string; readonly again?: boolean } = {},
): Promise<WorkflowHandleWithFirstExecutionRunId | undefined> {
  await giveKey(access, caseId, value.user?.id);
  const kept = keptTextOf(value.task.definition) !== undefined;
  const summary = kept
    ? value.team
    : `${value.team}: ${inertMarkdown(value.task.definition, SUMMARY_CHARACTERS)}`;
  return askServer(access, caseId, () =>
    access.client.workflow
      .start(CASE_WORKFLOW, {
        args: [value],
        workflowId: caseId,
        taskQueue: options.queue ?? CASE_QUEUE,
        workflowIdReusePolicy: options.again === true ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        // A worker that dies within a task costs its case so long, not the default 10 seconds.
        workflowTaskTimeout: 2_000,
        memo: { [OPENED_WITH]: digestOf(value) },
        typedSearchAttributes: new TypedSearchAttributes([
          { key: SEARCH_ATTRIBUTES.team, value: value.team },
          { key: SEARCH_ATTRIBUTES.stage, value: 'opening' },
          { key: SEARCH_ATTRIBUTES.hops, value: 0 },
          { key: SEARCH_ATTRIBUTES.waitingOn, value: 'nobody' },
          ...(tenantOfCase(caseId) === DEFAULT_TENANT
            ? []
            : [{ key: SEARCH_ATTRIBUTES.tenant, value: tenantOfCase(caseId) }]),
        ]),
        staticSummary: summary,
        staticDetails: kept ? value.team : inertMarkdown(value.task.definition),
      })
      .catch((thrown: unknown) => {
        if (thrown instanceof WorkflowExecutionAlreadyStartedError) return undefined;
        throw thrown;
      }),
  );
}

function idOfNewCase({ caseId, tenant }: OpenOptions): string {
  const given = caseId === undefined ? newCaseId() : parseCaseId(caseId);
  if (tenant === undefined) return given;
  const whole = isTenantName(tenant) ? caseIdWithin(tenant, given) : undefined;
  if (whole !== undefined) return parseCaseId(whole);
  const detail = `a case of ${JSON.stringify(tenant)} cannot have the id ${JSON.stringify(given)}`;
  throw new BatonError(failure('INPUT_INVALID', detail, 'tenant'));
}

/** Fills in this release's version, for objects only: anything else is refused as what it is. */
function withVersion(input: unknown): unknown {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return isObject && !('version' in input) ? { version: CONTRACT_VERSION, ...input } : input;
}
