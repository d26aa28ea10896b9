import type { FastifyReply } from 'fastify';
import type { Failure, FailureCode } from '../../contract/failures.ts';
import { failure, failureEntry } from '../../contract/failures.ts';

/** Fault of the one who asks, of nobody, or of the house: what every code of the catalogue is over HTTP. */
const STATUS = {
  VERSION_UNSUPPORTED: 400,
  INPUT_INVALID: 400,
  INPUT_TOO_LARGE: 413,
  PAYLOAD_UNDECODABLE: 400,
  TEAM_INVALID: 500,
  TEAM_UNKNOWN: 404,
  CASE_UNKNOWN: 404,
  CASE_EXISTS: 409,
  CASE_CLOSED: 410,
  FEEDBACK_TOO_EARLY: 409,
  FEEDBACK_GIVEN: 409,
  CASE_TERMINATED: 410,
  MESSAGE_CONFLICT: 409,
  TEXT_IN_CLEAR: 500,
  MESSAGES_UNREAD: 409,
  REVIEW_UNKNOWN: 404,
  REVIEW_DECIDED: 409,
  REVIEW_EXPIRED: 410,
  REVIEW_STALE: 409,
  REVIEW_FORBIDDEN: 403,
  PERSON_FORBIDDEN: 403,
  NOT_OWNED_BY_PERSON: 409,
  CLAIMED_BY_OTHER: 409,
  DEAD_LETTER_UNKNOWN: 404,
  LEDGER_DIVERGED: 500,
  LEDGER_GAP: 500,
  STORE_UNAVAILABLE: 503,
  STORE_IN_USE: 503,
  SERVER_UNREACHABLE: 503,
  SEARCH_ATTRIBUTE_MISSING: 500,
  NO_WORKER: 503,
  HISTORY_UNREADABLE: 500,
  CONFIGURATION_INVALID: 500,
  CODEC_KEY_MISSING: 503,
  REQUEST_FORBIDDEN: 409,
  AGENT_OUTPUT_INVALID: 500,
  AGENT_INPUT_INVALID: 500,
  FACT_UNMAPPABLE: 409,
  AGENT_FAILED: 500,
  AGENT_NEEDS_PERSON: 409,
  AGENT_UNKNOWN: 503,
  WORKER_TOO_OLD: 503,
  TARGET_UNKNOWN: 404,
  EDGE_MISSING: 409,
  HANDOFF_TO_SELF: 409,
  ASK_CYCLE: 409,
  ASK_DECLINED: 409,
  ASK_EXPIRED: 409,
  ASK_WITHDRAWN: 409,
  FAN_OUT_UNMET: 409,
  HOP_LIMIT: 409,
  HANDOFF_CYCLE: 409,
  NO_RETURN: 409,
  POLICY_DISPOSED: 409,
  NO_PREVIOUS_OWNER: 409,
  ACTION_NOT_ALLOWED: 403,
  AUTHORITY_EXCEEDED: 403,
  TURN_LIMIT: 409,
  TOOL_UNKNOWN: 404,
  TOOL_INPUT_INVALID: 400,
  TOOL_RATE_LIMITED: 503,
  TENANT_BUDGET_SPENT: 409,
  BUDGET_CHANGED: 409,
  EFFECT_REFUSED: 409,
  EFFECT_FAILED: 500,
  EFFECT_TOMBSTONED: 409,
  EFFECT_FENCED: 409,
  EFFECT_MISMATCH: 409,
  UNDO_FAILED: 500,
  UNDO_CONFLICT: 409,
  ENVELOPE_CHANGED: 500,
  ENVELOPE_UNSIGNED: 500,
  ENVELOPE_FORGED: 500,
  ENVELOPE_REPLAYED: 500,
  ENVELOPE_WIDENED: 500,
  SIGNING_KEY_MISSING: 500,
  OFFER_WITHDRAWN: 409,
  OFFER_DECLINED: 409,
  AGENT_NOT_READY: 503,
  OFFER_EXPIRED: 503,
  CONTEXT_CONFLICT: 409,
  CONTEXT_MISSING: 500,
  CONTEXT_CHANGED: 500,
  PERSON_ERASED: 410,
  PERSON_HAS_OPEN_CASES: 409,
  HISTORY_ERASED: 410,
  POLICY_INVALID: 500,
  POLICY_UNKNOWN: 404,
  POLICY_CONFLICT: 409,
  FIELD_NOT_MASKED: 404,
  UNMASK_FORBIDDEN: 403,
  ORIGINAL_NOT_KEPT: 404,
  GRANT_UNKNOWN: 404,
  GRANT_USED: 409,
  GRANT_EXPIRED: 410,
  MODEL_RATE_LIMITED: 503,
  MODEL_UNAVAILABLE: 503,
  MODEL_ANSWER_BROKEN: 503,
  MODEL_STALLED: 503,
  MODEL_ACCESS_DENIED: 500,
  MODEL_REQUEST_REFUSED: 500,
  MODEL_CONTEXT_TOO_LONG: 409,
  MODEL_ARGUMENTS_INVALID: 409,
  MODEL_TOOL_UNKNOWN: 409,
  MODEL_CHOICE_UNCLEAR: 409,
  MODEL_HANDOVER_NOT_CALLED: 409,
  MODEL_ANSWER_EMPTY: 409,
  MODEL_ANSWER_CUT: 409,
  MODEL_CALL_REPEATED: 409,
  BUDGET_SPENT: 409,
  MODEL_PRICE_UNKNOWN: 500,
  PRINCIPAL_UNKNOWN: 401,
  PRINCIPAL_FORBIDDEN: 403,
  RATE_LIMITED: 429,
  IDEMPOTENCY_KEY_REUSED: 422,
  IDEMPOTENCY_KEY_BUSY: 409,
  ROUTE_UNKNOWN: 404,
  MEDIA_TYPE_UNSUPPORTED: 415,
  SERVICE_FAILED: 500,
  SCHEMA_UNKNOWN: 404,
  SCHEMA_INVALID: 500,
  PROTOBUF_UNFIT: 400,
  PROTOBUF_UNREADABLE: 400,
  DIRECTORY_PENDING: 503,
  EDIT_FORBIDDEN: 409,
  QUESTION_FORBIDDEN: 409,
  USER_OPTED_OUT: 409,
  REVIEW_RELEASED: 409,
  PROOF_REQUIRED: 403,
  PROOF_PENDING: 503,
  PROOF_KEY_UNKNOWN: 503,
  PROOF_KEY_RETIRED: 403,
  PROOF_FORBIDDEN: 403,
  PROOF_EXPIRED: 409,
  PROOF_INVALID: 403,
  DOOR_KEY_MISSING: 500,
  DIRECTORY_INVALID: 500,
  MCP_UNREACHABLE: 503,
  MCP_PINS_INVALID: 500,
  MCP_TOOL_CHANGED: 500,
  A2A_UNREACHABLE: 503,
  A2A_CARD_UNFIT: 500,
  A2A_REFUSED: 500,
  A2A_ANSWER_INVALID: 500,
  A2A_OUTCOME_UNKNOWN: 500,
  A2A_TASK_FAILED: 500,
  A2A_TASK_OVERDUE: 503,
  WEBHOOK_UNDELIVERED: 503,
  WEBHOOK_ENDPOINT_GONE: 410,
  WEBHOOK_ENDPOINT_UNKNOWN: 404,
  WEBHOOK_UNKNOWN: 404,
  TICKET_SYSTEM_UNAVAILABLE: 503,
  TICKET_CREDENTIALS_REFUSED: 500,
  TICKET_REFUSED: 500,
  TICKET_CONFLICT: 503,
  TICKET_DESK_UNKNOWN: 404,
  TICKET_MIRROR_UNKNOWN: 404,
  TICKET_HOOK_REFUSED: 401,
  TICKET_CASE_UNKNOWN: 404,
  TICKET_AUTHOR_UNKNOWN: 403,
  TICKET_COMMAND_UNKNOWN: 400,
  TICKET_DECISION_REFUSED: 403,
} as const satisfies Readonly<Record<FailureCode, number>>;

/** The HTTP status of a failure: 4xx where another request would help, 5xx where it would not. */
export function statusOf(code: FailureCode): number {
  return STATUS[code];
}

/** A failure as a problem document (RFC 9457). `type` names the kind and is no address to fetch. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: FailureCode;
  readonly field?: string;
  readonly retryable: boolean;
}

/** The problem document of a failure. */
export function problemOf({ code, message, field }: Failure): Problem {
  const { message: title, retryable } = failureEntry(code);
  return {
    type: `urn:baton:${code}`,
    title,
    status: statusOf(code),
    detail: message,
    code,
    ...(field === undefined ? {} : { field }),
    retryable,
  };
}

/** Answers with the problem document of a failure. */
export function replyWithFailure(reply: FastifyReply, failed: Failure): FastifyReply {
  const problem = problemOf(failed);
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="baton"');
  if (problem.status === 503) void reply.header('retry-after', '1');
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem));
}

/**
 * What a request's error amounts to: the words of a fault of our own or of a library stay in the log.
 * @param requestId by which the log has it
 */
export function failureOfRequest(
  thrown: { readonly statusCode?: number; readonly message: string },
  requestId: string,
): Failure {
  const { statusCode = 500, message } = thrown;
  if (statusCode === 413) return failure('INPUT_TOO_LARGE', message, 'body');
  if (statusCode === 415) return failure('MEDIA_TYPE_UNSUPPORTED');
  if (statusCode === 429) return failure('RATE_LIMITED');
  if (statusCode === 404) return failure('ROUTE_UNKNOWN');
  if (statusCode >= 400 && statusCode < 500) return failure('INPUT_INVALID', message, 'body');
  return failure('SERVICE_FAILED', `request ${requestId}`);
}
