import type { FailureEntry } from './failure-entry.ts';
import { failuresAtDoors } from './failures-at-doors.ts';
import { failuresAtRest } from './failures-at-rest.ts';
import { failuresAtWork } from './failures-at-work.ts';
import { failuresOfModels } from './failures-of-models.ts';
import { failuresOfPeople } from './failures-of-people.ts';
import { failuresOfRemotes } from './failures-of-remotes.ts';
import { failuresOfRequests } from './failures-of-requests.ts';
import { failuresOfSchemas } from './failures-of-schemas.ts';
import { failuresOfTickets } from './failures-of-tickets.ts';
import { failuresOfTools } from './failures-of-tools.ts';
import { failuresOfWebhooks } from './failures-of-webhooks.ts';
import { wellFormed } from './text.ts';

/**
 * Every way in which Baton says no or gives up. Codes are stable: they stand in histories, ledgers and exit codes
 * of scripts. `docs/failures.md` lists exactly these.
 */
const CATALOGUE = {
  ...failuresAtDoors(),
  ...failuresAtWork(),
  ...failuresOfModels(),
  ...failuresAtRest(),
  ...failuresOfRequests(),
  ...failuresOfSchemas(),
  ...failuresOfPeople(),
  ...failuresOfTools(),
  ...failuresOfRemotes(),
  ...failuresOfWebhooks(),
  ...failuresOfTickets(),
} as const;

/** A stable code of the failure catalogue. */
export type FailureCode = keyof typeof CATALOGUE;

/** A failure as plain data: what travels in results, ledger rows and dead letters. */
export type Failure = {
  readonly code: FailureCode;
  readonly message: string;
  /** Path of the field at fault, such as `facts.orderId`, where one is. */
  readonly field?: string;
};

/** All codes in order of the catalogue. */
export function failureCodes(): readonly FailureCode[] {
  return Object.keys(CATALOGUE) as FailureCode[];
}

/** What the catalogue says of a code. */
export function failureEntry(code: FailureCode): FailureEntry {
  return CATALOGUE[code];
}

/** Whether a word is a code of the catalogue: errors come back from the server as strings. */
export function isFailureCode(word: string): word is FailureCode {
  return Object.hasOwn(CATALOGUE, word);
}

/**
 * A failure from the catalogue with its particulars: `<what>: <detail>; <remedy>`.
 * @param detail what was wrong this time: the value got, the names allowed
 * @param field path of the field at fault
 */
export function failure(code: FailureCode, detail?: string, field?: string): Failure {
  const { message, remedy } = CATALOGUE[code];
  // Details quote models, people and thrown errors: what they say must have a digest.
  const text = `${message}${detail === undefined ? '' : `: ${wellFormed(detail)}`}; ${remedy}`;
  return field === undefined ? { code, message: text } : { code, message: text, field };
}

/**
 * A failure as something to throw outside workflows. It survives realms and module copies: recognise it by
 * {@link isBatonError}, never by `instanceof`.
 */
export class BatonError extends Error {
  override readonly name = 'BatonError';
  readonly code: FailureCode;
  readonly field: string | undefined;
  constructor(what: Failure, options?: ErrorOptions) {
    super(what.message, options);
    this.code = what.code;
    this.field = what.field;
  }
}

/** Whether something thrown is a {@link BatonError}. */
export function isBatonError(thrown: unknown): thrown is BatonError {
  return thrown instanceof Error && thrown.name === 'BatonError' && 'code' in thrown;
}
