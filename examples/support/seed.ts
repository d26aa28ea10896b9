import type { JsonObject } from '../../contract/json.ts';

/** The company's records as every conversation finds them. Each customer has one story; see `conversations/`. */
export function seedRecords(): Readonly<Record<string, Readonly<Record<string, JsonObject>>>> {
  return {
    customers: {
      'C-1001': customer('Ada Brandt', 'L-1001', '4421'),
      'C-1002': customer('Boris Levy', 'L-1002', '9080'),
      'C-1003': customer('Chioma Okafor', 'L-1003', '1234'),
      'C-1004': customer('Dorothea Weiss', 'L-1004', '7777'),
    },
    charges: {
      'CH-1': charge('C-1001', 'March', 39.9),
      'CH-2': charge('C-1001', 'March', 39.9),
      'CH-3': charge('C-1002', 'Installation', 412.5),
      'CH-4': charge('C-1002', 'Office network', 890),
      'CH-5': charge('C-1003', 'March', 29.9),
      'CH-6': charge('C-1004', 'March', 29.9),
    },
    lines: {
      // Dunning blocked it for the charge that never should have been.
      'L-1001': line('C-1001', { status: 'blocked', town: 'Graz' }),
      'L-1002': line('C-1002', { status: 'ok', town: 'Graz' }),
      'L-1003': line('C-1003', { status: 'router-broken', town: 'Linz' }),
      'L-1004': line('C-1004', { status: 'ok', town: 'Wels', network: 'partner' }),
    },
    stock: { router: { available: 7 } },
    depots: {
      Graz: { reachable: true, freeSlots: 4 },
      Linz: { reachable: false, freeSlots: 2 },
      Wels: { reachable: true, freeSlots: 1 },
    },
  };
}

function customer(name: string, lineId: string, digits: string): JsonObject {
  const email = `${name.toLowerCase().replace(' ', '.')}@example.com`;
  return { name, email, card: `**** ${digits}`, lineId };
}

function charge(customerId: string, text: string, amountEur: number): JsonObject {
  return { customerId, text, amountEur, refundedEur: 0 };
}

function line(customerId: string, more: JsonObject): JsonObject {
  return { customerId, network: 'own', ...more };
}
