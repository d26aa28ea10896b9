import { z } from 'zod';
import type { JsonValue } from '../../../contract/json.ts';
import type { ChangeAnswer, RecordTransaction } from '../../../contract/ports.ts';
import type { RecordReader } from './records.ts';
import { answering } from './refusal.ts';

interface About<Input> {
  /** The data set's own name of the tool with hyphens for underscores: names in Baton have none. */
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType<Input>;
}

/** A tool of the shop that only looks something up. */
export interface LookUp<Input> extends About<Input> {
  readonly kind: 'look-up';
  readonly answer: (records: RecordReader, input: Input) => Promise<ChangeAnswer>;
}

/** A tool of the shop that writes: a pure change of records, all checks before the first write. */
export interface Change<Input> extends About<Input> {
  readonly kind: 'change';
  readonly change: (records: RecordTransaction, input: Input) => Promise<ChangeAnswer>;
}

/** Defines a look-up from what it finds; {@link refuse} says no. */
export function lookUp<Input>(
  about: About<Input>,
  find: (records: RecordReader, input: Input) => Promise<JsonValue>,
): LookUp<Input> {
  return { ...about, kind: 'look-up', answer: (records, input) => answering(() => find(records, input)) };
}

/** Defines a change from what it does and answers; {@link refuse} says no. */
export function change<Input>(
  about: About<Input>,
  apply: (records: RecordTransaction, input: Input) => Promise<JsonValue>,
): Change<Input> {
  return { ...about, kind: 'change', change: (records, input) => answering(() => apply(records, input)) };
}

const Id = z.string().min(1).max(100);
const Line = z.string().max(500);

/** An id of an order, item, product, payment method or customer. */
export function id(what: string): z.ZodString {
  return Id.describe(what);
}

/** One line of text, possibly empty. */
export function line(what: string): z.ZodString {
  return Line.describe(what);
}

/** A list of item ids; an item that is there twice stands twice. */
export function itemIds(what: string): z.ZodArray<z.ZodString> {
  return z.array(Id).max(100).describe(what);
}

/**
 * Whom the shop may serve in this conversation: the customer whose identity was verified. Specialists fill it in
 * from the facts that were handed to them, never from what a customer says.
 */
export function verifiedUser(): { readonly verified_user_id: z.ZodString } {
  return { verified_user_id: Id.describe('customer whose identity was verified in this case') };
}

/** The fields of an address. */
export function addressFields(): Readonly<
  Record<'address1' | 'address2' | 'city' | 'state' | 'country' | 'zip', z.ZodString>
> {
  return {
    address1: line('street and number'),
    address2: line('suite or apartment, or empty'),
    city: line('city'),
    state: line('state, such as NY'),
    country: line('country, such as USA'),
    zip: line('postal code'),
  };
}
