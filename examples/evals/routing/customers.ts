import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import { seedRecords } from '../../support/seed.ts';
import type { LabelledConversation } from './labelled-folder.ts';

type Records = Record<string, Record<string, JsonObject>>;

/** Id of a conversation's customer: everybody has records of their own, and no conversation changes another's. */
export function customerIdOf({ customer, id }: LabelledConversation): string {
  return `${customer}-${id}`;
}

/** The company's records with a customer for each conversation, and every technician within reach. */
export function recordsFor(conversations: readonly LabelledConversation[]): Records {
  const seed: Readonly<Record<string, Readonly<Record<string, JsonObject>>>> = seedRecords();
  const all = (collection: string): readonly [string, JsonObject][] => Object.entries(seed[collection] ?? {});
  const records: Records = {
    customers: {},
    charges: {},
    lines: {},
    stock: { router: { available: 10_000 } },
  };
  const put = (collection: string, id: string, record: JsonObject): void => {
    records[collection] = { ...records[collection], [id]: record };
  };
  for (const [town, depot] of all('depots'))
    put('depots', town, { ...depot, reachable: true, freeSlots: 10_000 });
  for (const one of conversations) {
    const { customer, id } = one;
    const customerId = customerIdOf(one);
    for (const [ofCustomer, record] of all('customers'))
      if (ofCustomer === customer)
        put('customers', customerId, { ...record, lineId: lineIdOf(record['lineId'], id) });
    for (const collection of ['charges', 'lines'])
      for (const [ofRecord, record] of all(collection))
        if (record['customerId'] === customer)
          put(collection, `${ofRecord}-${id}`, { ...record, customerId });
  }
  return records;
}

function lineIdOf(lineId: JsonValue | undefined, id: string): JsonValue {
  return typeof lineId === 'string' ? `${lineId}-${id}` : null;
}
