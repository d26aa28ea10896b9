import pg from 'pg';
import { BatonError, failure } from '../../contract/failures.ts';

/** SQLSTATEs after which the same request may succeed: connection, resources, intervention, system, rollback, locks. */
const PASSING = /^(08|53|57|58|40|55P03|25P02|25P03|25P04)/;
/** Login refused, no such database or schema, not allowed, a server that lacks a feature. */
const MISCONFIGURED = /^(28|3D|3F|42501|0A)/;

/** A certificate that is not trusted, or is another host's, and a server that speaks no TLS: waiting mends none. */
const DISTRUSTED = /CERT|certificate|SELF_SIGNED|UNABLE_TO_|does not support SSL/;

/** Whether the server ended the transaction so that another could go on: nothing of it is left. */
export function isDeadlock(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return cause instanceof pg.DatabaseError && (cause.code === '40P01' || cause.code === '40001');
}

/** What a query or a connection threw, in terms of the failure catalogue. */
export function storeFailure(name: string, thrown: unknown): Error {
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (!(cause instanceof pg.DatabaseError))
    return DISTRUSTED.test(`${codeOf(cause)} ${cause.message}`)
      ? misconfigured(name, cause)
      : unavailable(name, cause);
  const code = cause.code ?? '';
  if (PASSING.test(code)) return unavailable(name, cause);
  if (!MISCONFIGURED.test(code)) return cause;
  return misconfigured(name, cause);
}

function misconfigured(name: string, cause: Error): BatonError {
  return new BatonError(failure('CONFIGURATION_INVALID', `${name}: ${cause.message}`), { cause });
}

function codeOf(cause: Error): string {
  return 'code' in cause ? String(cause.code) : '';
}

function unavailable(name: string, cause: Error): BatonError {
  // Node reports a refused connection to several addresses as one error without a message.
  const reason = cause.message === '' && 'code' in cause ? String(cause.code) : cause.message;
  return new BatonError(failure('STORE_UNAVAILABLE', `${name}: ${reason}`), { cause });
}
