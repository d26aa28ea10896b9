import { z } from 'zod';

const Identity = z.object({
  customerId: z.string(),
  name: z.string(),
  email: z.string(),
});

/** What is on file of a customer: facts that triage finds out. */
export const CustomerOnFile = Identity.extend({
  card: z.string(),
  lineId: z.string(),
  network: z.enum(['own', 'partner']),
});

/** Triage begins with what the opening service knows, which may be nothing. */
export const TriageFacts = CustomerOnFile.partial();

/** What billing may know: the only specialist to whom the card crosses. */
export const BillingFacts = CustomerOnFile.partial({ card: true, lineId: true, network: true });

/** What technical may know: the line, and whom to write to. */
export const TechnicalFacts = Identity.extend({
  lineId: z.string(),
  network: z.enum(['own', 'partner']),
  /** Refund that lifted the reason for a block. */
  refundId: z.string().optional(),
});

/** What legal may know: who claims what. */
export const LegalFacts = Identity.extend({ claim: z.string() });
