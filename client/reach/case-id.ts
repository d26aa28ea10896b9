import { randomInt } from 'node:crypto';
import { BatonError } from '../../contract/failures.ts';
import type { Parsed } from '../../contract/parse.ts';
import { parseWith } from '../../contract/parse.ts';
import { idSchema } from '../../contract/words.ts';

/** Without vowels and look-alikes: nothing to misread on the telephone, and no words. */
const LETTERS = '23456789bcdfghjkmnpqrstvwxyz';

/** A new case id that people can read to each other, such as `case-7kq2-m9xd-4tzp`: 58 random bits. */
export function newCaseId(): string {
  const group = (): string => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `case-${group()}-${group()}-${group()}`;
}

/**
 * A case id that was given from outside.
 * @throws BatonError `INPUT_INVALID` naming `caseId`
 */
export function parseCaseId(value: unknown): string {
  const parsed = parseWith(idSchema(), value, 'caseId');
  if (!parsed.ok) throw new BatonError(parsed.failure);
  return parsed.value;
}

/** Unwraps what a validator of the contract answered. @throws BatonError with its failure */
export function accepted<Value>(parsed: Parsed<Value>): Value {
  if (!parsed.ok) throw new BatonError(parsed.failure);
  return parsed.value;
}
