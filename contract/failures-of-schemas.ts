import { entry, type FailureEntry } from './failure-entry.ts';

const ENTRIES = {
  SCHEMA_UNKNOWN: entry(
    'no shape of the contract has that name',
    false,
    'caller',
    'use a name that `baton schema` lists',
  ),
  SCHEMA_INVALID: entry(
    'this is no JSON Schema that facts can be checked by',
    false,
    'developer',
    'mend what the message names; facts are an object with `properties`',
  ),
  PROTOBUF_UNFIT: entry(
    'Protobuf cannot carry this without losing something',
    false,
    'caller',
    'leave out fields that the contract does not name, nest values less, or send JSON',
  ),
  PROTOBUF_UNREADABLE: entry(
    'the bytes are not this message of the contract',
    false,
    'caller',
    'write them by the .proto file of the contract version that they name',
  ),
} as const satisfies Record<string, FailureEntry>;

/** Failures of published schemas and of the contract's other forms. */
export function failuresOfSchemas(): typeof ENTRIES {
  return ENTRIES;
}
