import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import {
  ApplicationFailure,
  CancelledFailure,
  NamespaceNotFoundError,
  TerminatedFailure,
} from '@temporalio/common';
import type { Failure } from '../../contract/failures.ts';
import { BatonError, failure, isBatonError, isFailureCode } from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';

/** What was asked, for the message of its failure. */
export interface Asked {
  readonly address: string;
  readonly caseId?: string;
  /** Silence means that no worker answers, not that the server is gone. */
  readonly ofWorker?: boolean;
}

/** Numbers of gRPC's status codes that are told apart here. */
const GRPC = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/**
 * The one place where what Temporal throws becomes a failure of the catalogue. A workflow's own refusals pass
 * through as they are; nothing is thrown to callers but {@link BatonError}.
 */
export function failureOf(thrown: unknown, asked: Asked): BatonError {
  if (isBatonError(thrown)) return thrown;
  return new BatonError(describe(thrown, asked), { cause: thrown });
}

function describe(thrown: unknown, asked: Asked): Failure {
  const named = asked.caseId === undefined ? undefined : JSON.stringify(asked.caseId);
  if (thrown instanceof WorkflowUpdateFailedError) return ofWorkflow(thrown.cause, named);
  if (thrown instanceof WorkflowFailedError) return ofWorkflow(thrown.cause, named);
  if (thrown instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return silence(asked, named);
  if (thrown instanceof WorkflowExecutionAlreadyStartedError) return failure('CASE_EXISTS', named, 'caseId');
  if (thrown instanceof WorkflowNotFoundError) {
    return hasClosed(thrown.message)
      ? failure('CASE_CLOSED', named)
      : failure('CASE_UNKNOWN', named, 'caseId');
  }
  if (thrown instanceof NamespaceNotFoundError) {
    return failure('CONFIGURATION_INVALID', `there is no namespace ${JSON.stringify(thrown.namespace)}`);
  }
  if (thrown instanceof QueryNotRegisteredError) {
    return thrown.message.includes('did not register a handler')
      ? failure('CASE_UNKNOWN', `${named ?? 'the workflow'} is not a case`, 'caseId')
      : failure('NO_WORKER', `the worker could not answer: ${thrown.message}`);
  }
  // The SDK's converter names the encoding it does not know; a client without a codec meets an encrypted payload so.
  if (/Unknown encoding: binary\/encrypted/.test(messageOf(thrown)))
    return failure('CODEC_KEY_MISSING', 'this client was made without a codec', 'BATON_CODEC_KEYS');
  const rpc = rpcErrorOf(thrown);
  if (rpc) return ofServer(rpc, asked, named);
  return failure('SERVER_UNREACHABLE', `${asked.address}: ${messageOf(thrown)}`);
}

/** What the workflow itself said, which stands in the failure's type and details. */
function ofWorkflow(cause: Error | undefined, named: string | undefined): Failure {
  if (cause instanceof ApplicationFailure) {
    const { type, details } = cause;
    const [detail] = details ?? [];
    if (typeof type === 'string' && isFailureCode(type)) {
      const field = isJsonObject(detail) && typeof detail['field'] === 'string' ? detail['field'] : undefined;
      return { code: type, message: cause.message, ...(field === undefined ? {} : { field }) };
    }
    // The server's own words for an update that a closing workflow left behind.
    if (type === 'AcceptedUpdateCompletedWorkflow') return failure('CASE_CLOSED', named);
    return failure('REQUEST_FORBIDDEN', cause.message);
  }
  if (cause instanceof CancelledFailure) return failure('CASE_CLOSED', 'cancelled');
  if (cause instanceof TerminatedFailure) return failure('CASE_CLOSED', `terminated: ${cause.message}`);
  return failure('CASE_CLOSED', cause?.message ?? named);
}

function ofServer(rpc: RpcError, asked: Asked, named: string | undefined): Failure {
  switch (rpc.code) {
    case GRPC.unavailable:
      return failure('SERVER_UNREACHABLE', `nothing answers at ${asked.address}`);
    case GRPC.deadlineExceeded:
    case GRPC.cancelled:
      return silence(asked, named);
    case GRPC.notFound:
      return hasClosed(rpc.details)
        ? failure('CASE_CLOSED', named)
        : failure('CASE_UNKNOWN', named, 'caseId');
    case GRPC.aborted:
      return failure('CASE_CLOSED', named);
    case GRPC.failedPrecondition:
      // Else nobody has polled the queue for some minutes, so that the server does not even ask.
      return failure('NO_WORKER', saysTaskFails(rpc.details) ? taskFails(named) : rpc.details);
    case GRPC.permissionDenied:
    case GRPC.unauthenticated:
      return failure('CONFIGURATION_INVALID', `${asked.address} refuses the credentials: ${rpc.details}`);
    case GRPC.invalidArgument: {
      const [, attribute] = /search attribute (\S+)/.exec(rpc.details) ?? [];
      if (attribute !== undefined && /no mapping|not defined|not found|not valid/.test(rpc.details)) {
        return failure('SEARCH_ATTRIBUTE_MISSING', commandFor(attribute));
      }
      return /size|too large|exceeds/i.test(rpc.details)
        ? failure('INPUT_TOO_LARGE', rpc.details)
        : failure('INPUT_INVALID', rpc.details);
    }
    case GRPC.resourceExhausted:
      return /larger than max|too large/i.test(rpc.details)
        ? failure('INPUT_TOO_LARGE', rpc.details)
        : failure('REQUEST_FORBIDDEN', `the server has too much to do or a limit is reached: ${rpc.details}`);
    default:
      return failure('SERVER_UNREACHABLE', `${asked.address} answered: ${rpc.details}`);
  }
}

/**
 * Whether the server refuses a question because the case's workflow task failed. Nothing is taken then, and the task
 * is tried again: the next attempt may answer.
 */
export function isTaskFailing(thrown: unknown): boolean {
  const rpc = rpcErrorOf(thrown);
  return rpc?.code === GRPC.failedPrecondition && saysTaskFails(rpc.details);
}

/** The server's words from the third attempt of a task on, and those for an update in a task that it could not accept. */
function saysTaskFails(words: string): boolean {
  return /Workflow Task in failed state|unexpected workflow task failure/.test(words);
}

function taskFails(named: string | undefined): string {
  return `the workflow task of ${named ?? 'the case'} fails again and again: the log of its worker and its history in the Temporal UI say why`;
}

/** Whether the server means that the case is over; it says so of an update that the end overtook, too (F09). */
function hasClosed(words: string): boolean {
  return /already completed|aborted by closing workflow/.test(words);
}

/** The command that adds a missing search attribute, fit to be copied. */
function commandFor(attribute: string): string {
  const type = attribute === 'BatonHops' ? 'Int' : 'Keyword';
  return `${attribute}; temporal operator search-attribute create --name ${attribute} --type ${type}`;
}

function silence(asked: Asked, named: string | undefined): Failure {
  return asked.ofWorker === true
    ? failure('NO_WORKER', `${named ?? 'the case'} got no answer in time`)
    : failure('SERVER_UNREACHABLE', `no answer from ${asked.address} in time`);
}

interface RpcError {
  readonly code: number;
  readonly details: string;
}

/** The gRPC error at the root of what was thrown. */
function rpcErrorOf(thrown: unknown): RpcError | undefined {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    if (isGrpcServiceError(error)) return { code: error.code, details: error.details || error.message };
  }
  return undefined;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : 'an unknown error';
}
