import type { Script } from './script.ts';

/** The specialists of the retail desk. */
export type Specialist = 'identification' | 'pending-orders' | 'delivered-orders' | 'profile';

/** What a specialist is for. */
export interface SpecialistProfile {
  readonly domain: string;
  readonly scope: string;
  /** Tools that nobody else has. Every write has one owner. */
  readonly owns: readonly string[];
}

const SPECIALISTS: Readonly<Record<Specialist, SpecialistProfile>> = {
  identification: {
    domain: 'identity',
    scope: 'Verifies who the customer is, by e-mail address or by name and zip code. Changes nothing.',
    owns: ['find-user-id-by-email', 'find-user-id-by-name-zip'],
  },
  'pending-orders': {
    domain: 'orders',
    scope: 'Cancels pending orders and changes their address, items or payment.',
    owns: [
      'cancel-pending-order',
      'modify-pending-order-address',
      'modify-pending-order-items',
      'modify-pending-order-payment',
    ],
  },
  'delivered-orders': {
    domain: 'returns',
    scope: 'Takes returns and exchanges of delivered orders.',
    owns: ['return-delivered-order-items', 'exchange-delivered-order-items'],
  },
  profile: {
    domain: 'customers',
    scope: 'Changes the default address, and informs about the profile, orders and products.',
    owns: ['modify-user-address'],
  },
};

/**
 * Look-ups that every specialist has: they change nothing, and sending a case back and forth for the details of an
 * order would be a handoff without a reason.
 */
const SHARED: readonly string[] = [
  'get-user-details',
  'get-order-details',
  'get-product-details',
  'get-item-details',
  'list-all-product-types',
  'calculate',
];

/** Not a tool: the case is escalated to the people of the desk. */
export const TO_PEOPLE = 'transfer-to-human-agents';

/** All specialists by name. */
export function specialists(): Readonly<Record<Specialist, SpecialistProfile>> {
  return SPECIALISTS;
}

/** Names of the tools of a specialist. */
export function toolsOf(specialist: Specialist): readonly string[] {
  return [...SPECIALISTS[specialist].owns, ...SHARED];
}

/**
 * Who should have the case at a place of a script. A look-up is done by whoever owns the call it prepares; when
 * nothing owned follows, the case stays, or goes from identification to profile, which informs customers.
 * @param verified whether the identity is known; nobody but identification takes a case without
 */
export function specialistFor(
  script: Script,
  cursor: number,
  at: { readonly owner: Specialist; readonly verified: boolean },
): Specialist {
  for (const step of script.steps.slice(cursor)) {
    const owner = ownerOf(step.tool);
    if (owner) return at.verified || owner === 'identification' ? owner : at.owner;
  }
  const looksUp = script.steps.slice(cursor).some((step) => SHARED.includes(step.tool));
  return looksUp && at.verified && at.owner === 'identification' ? 'profile' : at.owner;
}

function ownerOf(tool: string): Specialist | undefined {
  return (Object.keys(SPECIALISTS) as Specialist[]).find((name) => SPECIALISTS[name].owns.includes(tool));
}
