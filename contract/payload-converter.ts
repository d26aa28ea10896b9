import {
  defaultPayloadConverter,
  METADATA_ENCODING_KEY,
  type Payload,
  type PayloadConverter,
} from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding.js';
import { poison } from './poison.ts';

/**
 * Temporal's default converter, except that decoding never throws: what cannot be decoded becomes a marker that
 * handlers refuse and record (F17). Both the worker and the workflow bundle load this module by path.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  // The converter's interface lets the caller name the type it expects.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  fromPayload: <Value>(payload: Payload): Value => {
    try {
      return defaultPayloadConverter.fromPayload<Value>(payload);
    } catch (error) {
      const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
      const name = encoding ? decode(encoding) : 'none';
      return poison(name, error instanceof Error ? error.message : String(error)) as Value;
    }
  },
};
