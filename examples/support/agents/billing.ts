import { z } from 'zod';
import type { Agent, Answer, Turn } from '../../../activities/agent.ts';
import { defineAgent } from '../../../activities/define-agent.ts';
import type { CallAnswer } from '../../../contract/activities.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { agrees, answerTo, askedIn } from '../answers.ts';
import { amountIn, concernOf } from '../concerns.ts';
import { BillingFacts } from '../facts.ts';
import type { Role } from '../role.ts';
import { issueCreditNote } from '../tools/issue-credit-note.ts';
import { FoundCharge, lookUpCharges } from '../tools/look-up-charges.ts';
import { queueMail } from '../tools/queue-mail.ts';
import { refundCharge } from '../tools/refund-charge.ts';

type Facts = z.output<typeof BillingFacts>;
type Charge = z.output<typeof FoundCharge>;

const Refund = z.object({ refundId: z.string(), amountEur: z.number() });

/** Offered when a larger refund was refused, and given for an outage. */
const GOODWILL_EUR = 15;

/** Refunds and credits. Its authority ends at 500 EUR; above 100 EUR a person of finance decides. */
export function billingRole(records: RecordStore): Role<Facts> {
  return {
    name: 'billing',
    version: '1.0.0',
    domain: 'finance',
    scope: 'Charges, refunds up to 500 EUR, credit notes',
    authority: { 'refund-charge': { amountEur: 500 } },
    accepts: BillingFacts,
    failures: { human: ['AccountLocked'] },
    tools: [lookUpCharges(records), refundCharge(records), issueCreditNote(records), queueMail(records)],
  };
}

/** By rules: what a keyword decides. */
export function billing(records: RecordStore): Agent {
  return defineAgent({
    ...billingRole(records),
    run: (turn) => {
      const credited = answerTo(turn, 'issue-credit-note');
      if (credited) return afterCredit(credited);
      if (answerTo(turn, 'queue-mail')) return afterMail(turn);
      const refund = answerTo(turn, 'refund-charge');
      if (refund) return afterRefund(turn, refund);
      const charges = answerTo(turn, 'look-up-charges');
      if (charges) return refundWhatFits(turn, charges);
      return onRequest(turn, askedIn(turn));
    },
  });
}

function onRequest(turn: Turn<Facts>, text: string): Answer {
  if (concernOf(text) === 'legal-claim') return toLegal(turn, text);
  if (turn.memory['offered'] === 'credit-note') return afterOffer(turn, text);
  // We stand in for technical: what nobody here can repair is made up for.
  if (turn.transfer?.reasonCode === 'line-fault') return credit(turn, 'a fault that is not ours to repair');
  const { customerId } = turn.facts;
  return {
    intent: { kind: 'call', calls: [{ id: 'look', tool: 'look-up-charges', arguments: { customerId } }] },
    recordsRead: [`charges of ${customerId}`],
  };
}

function refundWhatFits(turn: Turn<Facts>, found: CallAnswer['answer']): Answer {
  const charges = found.kind === 'done' ? FoundCharge.array().parse(found.result) : [];
  const open = charges.filter((charge) => charge.refundedEur === 0);
  const text = askedIn(turn);
  const charge = concernOf(text) === 'duplicate-charge' ? duplicateIn(open) : chargeMeant(open, text);
  if (!charge)
    return { intent: { kind: 'reply', text: 'I find no such charge. Which amount is it about, in EUR?' } };
  const { chargeId, amountEur } = charge;
  return {
    say: `I found the charge of ${amountEur.toFixed(2)} EUR and will see to the refund.`,
    intent: {
      kind: 'call',
      calls: [{ id: 'refund', tool: 'refund-charge', arguments: { chargeId, amountEur } }],
    },
    provenance: { confidence: 0.95, reason: `charge ${chargeId} fits the request` },
  };
}

function duplicateIn(charges: readonly Charge[]): Charge | undefined {
  return charges.find((charge, index) =>
    charges.slice(0, index).some((one) => one.text === charge.text && one.amountEur === charge.amountEur),
  );
}

function chargeMeant(charges: readonly Charge[], text: string): Charge | undefined {
  const amount = amountIn(text);
  return amount === undefined && charges.length === 1
    ? charges[0]
    : charges.find((charge) => charge.amountEur === amount);
}

function afterRefund(turn: Turn<Facts>, refund: CallAnswer['answer']): Answer {
  if (refund.kind === 'done') {
    const { refundId, amountEur } = Refund.parse(refund.result);
    const text = `We have refunded ${amountEur.toFixed(2)} EUR to ${turn.facts.card ?? 'your card'}.`;
    const mail = { customerId: turn.facts.customerId, text };
    return {
      intent: { kind: 'call', calls: [{ id: 'mail', tool: 'queue-mail', arguments: mail }] },
      facts: { refundId },
    };
  }
  if (refund.failure.code === 'AUTHORITY_EXCEEDED')
    return toFinance('above-authority', refund.failure.message);
  return {
    intent: {
      kind: 'reply',
      text: `I am sorry, the refund was not approved. May I credit ${String(GOODWILL_EUR)} EUR to your next bill instead?`,
    },
    facts: { offered: 'credit-note' },
  };
}

function afterMail(turn: Turn<Facts>): Answer {
  if (!turn.task.remaining.includes('restore the line'))
    return { intent: { kind: 'finish', outcome: 'refunded', text: 'The refund is on its way. Goodbye!' } };
  return {
    say: 'The refund is on its way.',
    intent: {
      kind: 'transfer',
      to: 'technical',
      reasonCode: 'line-blocked',
      explanation: 'The line was blocked for the charge that is now refunded',
      completed: ['refund the charge'],
      remaining: ['restore the line'],
    },
  };
}

function afterOffer(turn: Turn<Facts>, text: string): Answer {
  return agrees(text)
    ? credit(turn, 'goodwill')
    : toFinance('offer-declined', 'The customer does not want the credit note');
}

function credit(turn: Turn<Facts>, reason: string): Answer {
  const { customerId } = turn.facts;
  const credited = { customerId, amountEur: GOODWILL_EUR, reason };
  return {
    intent: { kind: 'call', calls: [{ id: 'credit', tool: 'issue-credit-note', arguments: credited }] },
    facts: { offered: 'nothing' },
  };
}

function afterCredit(credited: CallAnswer['answer']): Answer {
  return credited.kind === 'done'
    ? {
        intent: {
          kind: 'finish',
          outcome: 'credited',
          text: `Your next bill is ${String(GOODWILL_EUR)} EUR less. Goodbye!`,
        },
      }
    : toFinance('credit-refused', credited.failure.message);
}

function toLegal(turn: Turn<Facts>, claim: string): Answer {
  // A person of legal-counsel may have kept the case here: it is not proposed a second time.
  if (turn.notices.some((notice) => notice.kind === 'handoff-refused'))
    return {
      intent: { kind: 'reply', text: 'Let us settle this here. Which charge, in EUR, is it about?' },
    };
  return {
    intent: {
      kind: 'transfer',
      to: 'legal',
      reasonCode: 'legal-claim',
      explanation: 'The customer threatens legal action over a charge',
      facts: { claim: claim.slice(0, 500) },
      flags: ['legal'],
    },
  };
}

function toFinance(reasonCode: string, explanation: string): Answer {
  return {
    say: 'A colleague of finance will look at this.',
    intent: { kind: 'escalate', to: 'finance', reasonCode, explanation: explanation.slice(0, 500) },
  };
}
