import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import {
  failure,
  isBatonError,
  isFailureCode,
  type Failure,
  type FailureCode,
} from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';
import { classifyFailure } from '../classify-failure.ts';
import { keepFailure, type Privacy } from './keep-private.ts';

/** Failures whose particulars are Baton's own: names, digests, numbers. They stay as they are. */
const OWN_WORDS: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'STORE_UNAVAILABLE',
  'PERSON_ERASED',
  'CONTEXT_MISSING',
  'CONTEXT_CHANGED',
  'CONTEXT_CONFLICT',
  'WORKER_TOO_OLD',
  'LEDGER_DIVERGED',
  'LEDGER_GAP',
  'TOOL_RATE_LIMITED',
]);

/**
 * What an activity of a private team throws, as the history may have it: errors quote what they fail at, and Temporal
 * keeps their messages, stacks and causes. Code, retryability and pause stay.
 */
export async function keepThrown(privacy: Privacy, thrown: unknown): Promise<unknown> {
  if (thrown instanceof CancelledFailure || (thrown instanceof Error && thrown.name === 'AbortError'))
    return thrown;
  const classified = isBatonError(thrown) ? classifyFailure(thrown) : thrown;
  const known = classified instanceof ApplicationFailure ? classified : undefined;
  const type = known?.type ?? (classified instanceof Error ? classified.name : 'Error');
  const what = failureIn(known, classified);
  if (OWN_WORDS.has(what.code)) return classified;
  const sealed = await kept(privacy, what);
  // Baton names pauses in milliseconds alone.
  const pause = known?.nextRetryDelay as number | null | undefined;
  return ApplicationFailure.create({
    message: sealed.message,
    type,
    nonRetryable: known?.nonRetryable ?? false,
    // What stands behind the failure is numbers.
    details: [sealed, ...(known?.details?.slice(1) ?? [])],
    ...(pause == null ? {} : { nextRetryDelay: pause }),
  });
}

function failureIn(known: ApplicationFailure | undefined, thrown: unknown): Failure {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const detail: unknown = known?.details?.[0];
  const code = known?.type != null && isFailureCode(known.type) ? known.type : undefined;
  if (code === undefined) return failure('AGENT_FAILED', message);
  const field = isJsonObject(detail) && typeof detail['field'] === 'string' ? detail['field'] : undefined;
  return { code, message, ...(field === undefined ? {} : { field }) };
}

async function kept(privacy: Privacy, what: Failure): Promise<Failure> {
  try {
    const sealed = keepFailure(privacy, what);
    await privacy.write();
    return sealed;
  } catch {
    return failure(
      what.code,
      'the context store, which keeps the particulars, does not take them',
      what.field,
    );
  }
}
